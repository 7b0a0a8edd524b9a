import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RequestView } from '@zhenghe/server/data/exchange/request.contract.ts'
import { requestAllows } from '@zhenghe/server/data/exchange/request.rules.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Alert, Radio } from 'antd'
import { useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { exchange } from '../../../api/exchange.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { answerWords as words } from '../../../texts/grants.ts'
import { requestWords } from '../../../texts/requests.ts'
import { Asked } from './Asked.tsx'
import { GrantForm } from './GrantForm.tsx'
import { RefuseForm, SupplementForm } from './RefuseForms.tsx'
import { useStandards } from './useStandards.ts'
import { UseFacts } from './WishFacts.tsx'

/** The provider's answer: grant item by item and sign, ask for what is missing, or refuse with reasons. */
export function AnswerScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...exchange.query('requestById', { id }), refetchOnWindowFocus: false })
  return (
    <Loaded query={query} title={say(requestWords.requests)}>
      {(request) => <Answer request={request} />}
    </Loaded>
  )
}

const DECISIONS = ['grant', 'supplement', 'refuse'] as const

function Answer({ request }: { request: RequestView }) {
  const { say } = useLanguage()
  const [decision, setDecision] = useState<(typeof DECISIONS)[number]>('grant')
  const answers = useMayAt(request.provider)('exchange.answer')
  const open = answers && requestAllows(request.state, 'grant')
  return (
    <Page
      title={say(words.title, { number: request.entryName })}
      lead={`${request.number}　${request.consumerName}`}
      state={request.clock && <ClockChip clock={request.clock} />}
      crumbs={[
        { key: 'requests', link: <Link to="/exchange/requests">{say(requestWords.requests)}</Link> },
        { key: 'request', link: <Link to={`/exchange/requests/${request.id}`}>{request.number}</Link> },
      ]}
    >
      <Section title={say(requestWords.what)}>
        <div className="stack">
          <Asked request={request} />
          <UseFacts wish={request.wish} />
        </div>
      </Section>
      {!open && <Alert type="info" showIcon title={say(words.cannotAnswer)} />}
      {open && (
        <>
          <Section title={say(words.decision)}>
            <Radio.Group
              aria-label={say(words.decision)}
              value={decision}
              options={DECISIONS.map((value) => ({ value, label: say(words[value]) }))}
              onChange={({ target }) => setDecision(target.value as (typeof DECISIONS)[number])}
            />
          </Section>
          {decision === 'grant' && <Granting request={request} />}
          {decision === 'supplement' && <SupplementForm id={request.id} />}
          {decision === 'refuse' && <RefuseForm id={request.id} />}
        </>
      )}
    </Page>
  )
}

function Granting({ request }: { request: RequestView }) {
  const { data: published } = useQuery(catalog.query('published', { id: request.entry, version: request.entryVersion }))
  const standards = useStandards(published?.content.items.filter(({ column }) => request.wish.fields.includes(column)))
  if (!published?.binding || !standards) return <Lines count={6} />
  return <GrantForm request={request} offer={{ ...published, binding: published.binding }} standards={standards} />
}
