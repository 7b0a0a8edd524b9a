import { PlusOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { type ObjectionHead, ObjectionKind, ObjectionState } from '@zhenghe/server/data/objections/contract.ts'
import { objectionKinds, topics } from '@zhenghe/server/data/objections/texts.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { objectionStates } from '@zhenghe/ui/states.ts'
import { Button, Segmented, Select } from 'antd'
import { z } from 'zod'
import { objections } from '../../../api/objections.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { bracketed } from '../../../parts/wording.ts'
import { useMay } from '../../../session.ts'
import { common } from '../../../texts/common.ts'
import { objectionWords as words } from '../../../texts/objections.ts'

const Side = z.enum(['mine', 'handling', 'all'])
const Address = z.object({ side: Side.optional().catch(undefined), state: manyOf(ObjectionState), kind: ObjectionKind.optional().catch(undefined) })

/** Objections one's unit raised, those it answers, or all one may see; the newest first. */
export function ObjectionsScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const may = useMay()
  const [{ side: chosen, state, kind }, set] = useSearchState(Address)
  const raises = may('objections.raise')
  const sides = Side.options.filter((one) => (one === 'mine' ? raises : one === 'handling' ? may('objections.handle') : true))
  const side = chosen ?? 'all'
  const asked = { side, ...(state.length > 0 ? { state } : {}), ...(kind ? { kind } : {}) }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => objections.query('objections', { ...asked, ...(after ? { after } : {}) }))
  const handling = side === 'handling'
  const narrowed = state.length > 0 || kind !== undefined
  const raise = raises && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: '/objections/new' })}>
      {say(words.raise)}
    </Button>
  )
  const empty = narrowed ? (
    <Empty title={say(common.nothingFound)} next={say(common.nothingFoundNext)} />
  ) : (
    <Empty title={say(handling ? words.emptyHandling : words.empty)} next={say(handling ? words.emptyHandlingNext : words.emptyNext)} />
  )
  return (
    <Page title={say(words.objections)} lead={say(words.lead)} action={raise}>
      <DataTable
        id="objections"
        label={say(words.objections)}
        columns={useColumns()}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/objections/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={empty}
        tools={
          <div className="row">
            <Segmented
              aria-label={say(words.objections)}
              value={side}
              options={sides.map((value) => ({ value, label: say(words[value]) }))}
              onChange={(value) => set({ side: value })}
            />
            <Select
              value={kind ?? null}
              onChange={(value) => set({ kind: value ?? undefined })}
              options={ObjectionKind.options.map((value) => ({ value, label: say(objectionKinds[value]) }))}
              placeholder={say(words.kind)}
              aria-label={say(words.kind)}
              style={{ minWidth: 150 }}
              allowClear
            />
            <Select
              mode="multiple"
              value={state}
              onChange={(value) => set({ state: value })}
              options={ObjectionState.options.map((value) => ({ value, label: say(objectionStates[value].text) }))}
              placeholder={say(common.state)}
              aria-label={say(common.state)}
              style={{ minWidth: 160 }}
              allowClear
            />
          </div>
        }
      />
    </Page>
  )
}

function useColumns(): Column<ObjectionHead>[] {
  const { say, language } = useLanguage()
  return [
    { key: 'title', title: words.titleOf, lead: true, render: ({ title }) => title },
    { key: 'state', title: common.state, render: ({ state }) => <StateTag look={objectionStates[state]} /> },
    { key: 'clock', title: words.clock, render: ({ clock }) => (clock ? <ClockChip clock={clock} /> : <span className="faint">—</span>) },
    {
      key: 'kind',
      title: words.kind,
      render: ({ kind, topic }) => bracketed(say(objectionKinds[kind]), topic === 'other' ? null : say(topics[topic]), language),
    },
    { key: 'raiser', title: words.raiser, render: ({ raiserName }) => raiserName },
    { key: 'handler', title: words.against, render: ({ againstName }) => againstName },
    { key: 'phone', title: words.contactOf, extra: true, render: ({ contact, phone }) => `${contact}　${phone}` },
    { key: 'raisedAt', title: words.raisedAt, render: ({ raisedAt }) => <Moment value={raisedAt} /> },
    { key: 'number', title: words.number, render: ({ number }) => <span className="mono">{number}</span> },
  ]
}
