import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Negative } from '@zhenghe/server/data/demand/list.contract.ts'
import { Day, Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { negativeStates } from '@zhenghe/ui/states.ts'
import { Button } from 'antd'
import { useState } from 'react'
import { demand } from '../../../api/demand.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import type { Question } from '../../../parts/form-model.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { QuestionsDialog } from '../../../parts/QuestionsDialog.tsx'
import { listWords as words } from '../../../texts/demand.ts'

/** One item of the negative list: what may not be shared, on which basis, until which review. */
export function NegativeScreen() {
  const { say } = useLanguage()
  const query = useQuery(demand.query('negative', { id: useParam('id') }))
  return (
    <Loaded query={query} title={say(words.lists)}>
      {(negative) => <NegativePage negative={negative} />}
    </Loaded>
  )
}

function NegativePage({ negative }: { negative: Negative }) {
  const { say } = useLanguage()
  const { item, number, unitName, state, basis, reason, entry, need, proposedAt, proposedByName, approvedAt, approvedByName, reviewOn, endReason } = negative
  const byAt = (name: string | null, at: string | null) =>
    at && (
      <>
        {name} <Moment value={at} />
      </>
    )
  return (
    <Page
      title={item}
      crumbs={[
        {
          key: 'lists',
          link: (
            <Link to="/demand/lists" search={{ list: 'negative' } as never}>
              {say(words.lists)}
            </Link>
          ),
        },
      ]}
      state={<StateTag look={negativeStates[state]} />}
      lead={`${number}　${unitName}`}
      action={<NegativeActions negative={negative} />}
    >
      <Section>
        <KeyValue
          pairs={[
            { label: say(words.basis), value: basis, wide: true },
            { label: say(words.reason), value: reason, wide: true },
            { label: say(words.proposedBy), value: byAt(proposedByName, proposedAt) },
            { label: say(words.approvedBy), value: byAt(approvedByName, approvedAt) },
            { label: say(words.reviewOn), value: <Day value={reviewOn} /> },
            { label: say(words.entry), value: entry && <Link to={`/catalog/${entry}`}>{say(words.entry)}</Link> },
            ...(need ? [{ label: say(words.need), value: <Link to={`/demand/${need}`}>{say(words.seeNeed)}</Link> }] : []),
            ...(endReason ? [{ label: say(words.opinion), value: endReason, wide: true }] : []),
          ]}
        />
      </Section>
      <History subject={`demand.negative:${negative.id}`} />
    </Page>
  )
}

function NegativeActions({ negative: { id, unit, state } }: { negative: Negative }) {
  const { say } = useLanguage()
  const decides = useMayAt(unit)('demand.analyse')
  const [open, setOpen] = useState(false)
  const deciding = state === 'candidate'
  if (!decides || (!deciding && state !== 'listed')) return null
  const yes = deciding ? 'approve' : 'keep'
  const questions: readonly Question[] = [
    { name: yes, label: deciding ? words.approve : words.keep, kind: 'yesno' },
    { name: 'reviewOn', label: words.reviewOn, hint: words.reviewOnHint, kind: 'day', when: (answers) => answers[yes] === true },
    { name: 'note', label: words.opinion, kind: 'area', wide: true, least: 4, most: 500, when: (answers) => answers[yes] === false },
  ]
  const title = deciding ? words.decide : words.review
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {say(title)}
      </Button>
      {open && (
        <QuestionsDialog
          title={title}
          action={title}
          questions={questions}
          act={(answers) =>
            deciding
              ? demand.call.decide({ id, ...(answers as { approve: boolean; reviewOn?: string; note?: string }) })
              : demand.call.review({ id, ...(answers as { keep: boolean; reviewOn?: string; note?: string }) })
          }
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}
