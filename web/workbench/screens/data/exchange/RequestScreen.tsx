import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RequestView } from '@zhenghe/server/data/exchange/request.contract.ts'
import { requestSteps } from '@zhenghe/server/data/exchange/texts.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag, type Tone } from '@zhenghe/ui/StateTag.tsx'
import { requestStates } from '@zhenghe/ui/states.ts'
import { Timeline } from '@zhenghe/ui/Timeline.tsx'
import { exchange } from '../../../api/exchange.ts'
import { nodes } from '../../../api/nodes.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { requestWords as words } from '../../../texts/requests.ts'
import { ApplicationFacts } from './ApplicationPart.tsx'
import { Asked } from './Asked.tsx'
import { isEmpty } from './application-form.ts'
import { RequestActions } from './RequestActions.tsx'
import { RequestOutcome } from './RequestOutcome.tsx'
import { ReceivingFacts, UseFacts } from './WishFacts.tsx'

const crumbsOf = (label: string) => [{ key: 'requests', link: <Link to="/exchange/requests">{label}</Link> }]

/** One request: what is asked for and why, how it stands against its clock, and the next step of whoever must take it. */
export function RequestScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(exchange.query('requestById', { id }))
  return (
    <Loaded query={query} title={say(words.requests)} crumbs={crumbsOf(say(words.requests))}>
      {(request) => <RequestPage request={request} />}
    </Loaded>
  )
}

function RequestPage({ request }: { request: RequestView }) {
  const { say } = useLanguage()
  const { wish, state, clock } = request
  const { data: node } = useQuery(nodes.query('node', { id: wish.node }))
  return (
    <Page
      title={request.entryName}
      crumbs={crumbsOf(say(words.requests))}
      state={
        <>
          <StateTag look={requestStates[state]} />
          {clock && <ClockChip clock={clock} />}
        </>
      }
      lead={`${say(words.title, { number: request.number })}　${request.consumerName} → ${request.providerName}`}
      action={<RequestActions request={request} />}
      aside={<Steps request={request} />}
    >
      <RequestOutcome request={request} />
      <Section title={say(words.what)} extra={<Link to={`/catalog/${request.entry}`}>{request.entryCode}</Link>}>
        <Asked request={request} />
      </Section>
      <Section title={say(words.use)}>
        <UseFacts wish={wish} />
      </Section>
      <Section title={say(words.receiving)}>
        <ReceivingFacts wish={wish} node={node?.name} />
      </Section>
      {wish.application && !isEmpty(wish.application) && (
        <Section title={say(words.form)}>
          <ApplicationFacts application={wish.application} />
        </Section>
      )}
      <History subject={`exchange.request:${request.id}`} beside />
    </Page>
  )
}

const TONES: Partial<Record<RequestView['steps'][number]['act'], Tone>> = {
  asked: 'busy',
  supplement_asked: 'warn',
  granted: 'good',
  refused: 'bad',
  revoked: 'bad',
}

function Steps({ request: { steps } }: { request: RequestView }) {
  const { say } = useLanguage()
  const entries = steps.map(({ at, act, byName, note }) => ({
    key: `${at} ${act}`,
    at,
    title: say(requestSteps[act]),
    who: byName,
    tone: TONES[act] ?? ('quiet' as const),
    ...(note ? { note } : {}),
  }))
  return (
    <Section title={say(words.steps)}>
      <Timeline entries={entries} />
    </Section>
  )
}
