import { Link } from '@tanstack/react-router'
import type { Need, NeedItem } from '@zhenghe/server/data/demand/need.contract.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Day } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { itemStates } from '@zhenghe/ui/states.ts'
import { Button } from 'antd'
import { useState } from 'react'
import { demand } from '../../../api/demand.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import type { Question } from '../../../parts/form-model.ts'
import { QuestionsDialog } from '../../../parts/QuestionsDialog.tsx'
import { common } from '../../../texts/common.ts'
import { demandWords as words } from '../../../texts/demand.ts'

/** Who answers for which item until when, with the next step of whoever must take it. */
export function NeedParts({ need }: { need: Need }) {
  const { say } = useLanguage()
  if (need.parts.length === 0) return null
  const columns: Column<NeedItem>[] = [
    { key: 'item', title: words.item, lead: true, render: ({ item }) => item },
    { key: 'state', title: common.state, render: (part) => <PartState part={part} /> },
    { key: 'provider', title: words.itemProvider, render: ({ providerName }) => providerName },
    { key: 'entry', title: words.entry, render: ({ entry }) => <EntryLink entry={entry} /> },
    { key: 'dueOn', title: words.dueOn, render: ({ dueOn }) => <Day value={dueOn} /> },
    { key: 'next', title: { zh: '办理', en: 'Next' }, render: (part) => <PartActions need={need} part={part} /> },
  ]
  return (
    <Section title={say(words.duties)}>
      <DataTable id="need-parts" label={say(words.duties)} columns={columns} rows={need.parts} keyOf={({ id }) => id} empty={null} />
      {need.parts
        .filter(({ refusal }) => refusal)
        .map(({ id, item, refusal }) => (
          <p key={id} className="faint">{`${item}：${refusal?.reason}（${refusal?.basis}）`}</p>
        ))}
    </Section>
  )
}

function PartState({ part: { state, clock } }: { part: NeedItem }) {
  return (
    <>
      <StateTag look={itemStates[state]} /> {state === 'waiting' && clock && <ClockChip clock={clock} />}
    </>
  )
}

function EntryLink({ entry }: Pick<NeedItem, 'entry'>) {
  const { say } = useLanguage()
  return entry ? <Link to={`/catalog/${entry}`}>{say(words.entry)}</Link> : <span className="faint">{say(words.toCompile)}</span>
}

type Dialog = 'commit' | 'refuse' | 'entry'

function PartActions({ need, part }: { need: Need; part: NeedItem }) {
  const { say } = useLanguage()
  const supplies = useMayAt(part.provider)('demand.supply')
  const asks = useMayAt(need.asker)('exchange.request')
  const [dialog, setDialog] = useState<Dialog>()
  const { state, entry, request } = part
  const promised = state === 'committed' || state === 'overdue'
  return (
    <div className="row">
      {supplies && state === 'waiting' && (
        <>
          <Button size="small" type="primary" onClick={() => setDialog('commit')}>
            {say(words.commit)}
          </Button>
          <Button size="small" onClick={() => setDialog('refuse')}>
            {say(words.refuse)}
          </Button>
        </>
      )}
      {supplies && promised && !entry && (
        <Button size="small" onClick={() => setDialog('entry')}>
          {say(words.nameEntry)}
        </Button>
      )}
      {asks && promised && entry && !request && <Link to={`/catalog/${entry}/request`}>{say(words.toRequest)}</Link>}
      {request && <Link to={`/exchange/requests/${request}`}>{say(words.seeRequest)}</Link>}
      {dialog && <PartDialog dialog={dialog} part={part} onClose={() => setDialog(undefined)} />}
    </div>
  )
}

function PartDialog({ dialog, part: { id, provider, entry }, onClose }: { dialog: Dialog; part: NeedItem; onClose: () => void }) {
  const entryQuestion = (optional: boolean): Question => ({
    ...{ name: 'entry', label: words.entry, hint: words.entryHint, kind: 'entry', provider, wide: true },
    ...(optional ? { optional: true as const } : {}),
  })
  if (dialog === 'commit')
    return (
      <QuestionsDialog
        title={words.commit}
        action={words.commit}
        questions={[
          { name: 'dueOn', label: words.dueOn, kind: 'day' },
          entryQuestion(true),
          { name: 'note', label: words.note, kind: 'text', wide: true, optional: true, most: 500 },
        ]}
        initial={{ entry }}
        act={(answers) => demand.call.commit({ id, ...(answers as { dueOn: string }), entry: (answers['entry'] as string | null) || null })}
        onClose={onClose}
      />
    )
  if (dialog === 'entry')
    return (
      <QuestionsDialog
        title={words.nameEntry}
        action={words.nameEntry}
        questions={[entryQuestion(false)]}
        act={(answers) => demand.call.nameEntry({ id, entry: String(answers['entry']) })}
        onClose={onClose}
      />
    )
  return (
    <QuestionsDialog
      title={words.refuse}
      consequence={words.refuseWhat}
      danger
      action={words.refuse}
      questions={[
        { name: 'reason', label: words.reason, kind: 'area', wide: true, least: 4, most: 1000 },
        { name: 'basis', label: words.basis, kind: 'area', wide: true, least: 4, most: 500, rows: 2 },
      ]}
      act={(answers) => demand.call.refuse({ id, ...(answers as { reason: string; basis: string }) })}
      onClose={onClose}
    />
  )
}
