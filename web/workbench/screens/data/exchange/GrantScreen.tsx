import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { GrantView } from '@zhenghe/server/data/exchange/grant.contract.ts'
import { suites } from '@zhenghe/server/data/exchange/texts.ts'
import { dayOf } from '@zhenghe/server/kernel/time.ts'
import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { Day, Moment } from '@zhenghe/ui/Figures.tsx'
import { formatMoment } from '@zhenghe/ui/format.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { grantStates } from '@zhenghe/ui/states.ts'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { answerWords, grantWords as words } from '../../../texts/grants.ts'
import { wishWords } from '../../../texts/requests.ts'
import { GrantFields } from './GrantWords.tsx'
import { SubscriptionList } from './SubscriptionList.tsx'

const crumbsOf = (label: string) => [{ key: 'grants', link: <Link to="/exchange/grants">{label}</Link> }]
const SHORTEST_REASON = 4

/** One grant: what it lets pass, who signed it, what rests on it. */
export function GrantScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(exchange.query('grantById', { id }))
  return (
    <Loaded query={query} title={say(words.grants)} crumbs={crumbsOf(say(words.grants))}>
      {(grant) => <GrantPage grant={grant} />}
    </Loaded>
  )
}

function GrantPage({ grant }: { grant: GrantView }) {
  const { say, language } = useLanguage()
  return (
    <Page
      title={say(words.title, { name: grant.entryName })}
      crumbs={crumbsOf(say(words.grants))}
      state={<StateTag look={grantStates[grant.state]} />}
      lead={`${grant.providerName} → ${grant.consumerName}`}
      action={<GrantActions grant={grant} />}
      aside={<History subject={`exchange.grant:${grant.id}`} />}
    >
      {grant.revokedAt && (
        <Alert type="error" showIcon title={say(words.revokedBecause, { time: formatMoment(grant.revokedAt, language), reason: grant.revokeReason ?? '—' })} />
      )}
      <Section title={say(words.terms)}>
        <div className="stack">
          <GrantFacts grant={grant} />
          <GrantFields fields={grant.fields} />
        </div>
      </Section>
      <Section title={say(words.signature)}>
        <KeyValue
          pairs={[
            { label: say(words.approvedBy), value: grant.approvedBy },
            { label: say(words.grantedAt), value: <Moment value={grant.grantedAt} precision="second" /> },
            { label: say(words.key), value: <Copyable text={grant.key} />, wide: true },
            { label: say(words.signatureText), value: <Copyable text={grant.signature} shown={`${grant.signature.slice(0, 32)}…`} />, wide: true },
          ]}
        />
      </Section>
      <Section title={say(words.subscriptions)}>
        <SubscriptionList entry={grant.entry} grant={grant.id} empty={say(words.noSubscriptions)} />
      </Section>
    </Page>
  )
}

function GrantFacts({ grant }: { grant: GrantView }) {
  const { say } = useLanguage()
  const lastDay = dayOf(new Date(Date.parse(grant.notAfter) - 1))
  return (
    <KeyValue
      pairs={[
        { label: say(words.resource), value: <Link to={`/catalog/${grant.entry}`}>{grant.entryName}</Link> },
        { label: say(words.request), value: <Link to={`/exchange/requests/${grant.request}`}>{say(words.seeRequest)}</Link> },
        { label: say(answerWords.rowsGiven), value: grant.filterWords ? say(grant.filterWords) : say(wishWords.allRows), wide: true },
        { label: say(wishWords.purpose), value: grant.purpose, wide: true },
        {
          label: say(answerWords.term),
          value: (
            <span>
              <Day value={dayOf(grant.notBefore)} /> – <Day value={lastDay} />
            </span>
          ),
        },
        { label: say(answerWords.suite), value: say(suites[grant.suite]) },
        { label: say(words.version), value: grant.version },
        { label: say(words.id), value: <Copyable text={grant.id} />, wide: true },
      ]}
    />
  )
}

function GrantActions({ grant }: { grant: GrantView }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const answers = useMayAt(grant.provider)('exchange.answer')
  const receives = useMayAt(grant.consumer)('exchange.receive')
  const [revoking, setRevoking] = useState(false)
  const revoke = useAct(exchange.call.revoke, () => setRevoking(false))
  const alive = grant.state === 'in_force' || grant.state === 'not_yet'
  return (
    <>
      {answers && alive && (
        <Button danger onClick={() => setRevoking(true)}>
          {say(words.revoke)}
        </Button>
      )}
      {receives && grant.state === 'in_force' && (
        <Button type="primary" onClick={() => void navigate({ to: `/exchange/grants/${grant.id}/subscribe` })}>
          {say(words.subscribe)}
        </Button>
      )}
      {revoking && (
        <ReasonDialog
          title={say(words.revoke)}
          consequence={say(words.revokeWhat, { consumer: grant.consumerName })}
          label={say(words.revokeWhy)}
          least={SHORTEST_REASON}
          action={say(words.revoke)}
          danger
          busy={revoke.busy}
          error={revoke.error}
          onDo={(reason) => revoke.run({ id: grant.id, reason })}
          onClose={() => setRevoking(false)}
        />
      )}
    </>
  )
}
