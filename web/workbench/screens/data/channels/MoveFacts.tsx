import { Link } from '@tanstack/react-router'
import type { Channel } from '@zhenghe/server/data/channels/channel.contract.ts'
import type { Evidence, Plan } from '@zhenghe/server/data/channels/evidence.contract.ts'
import { Day, Moment } from '@zhenghe/ui/Figures.tsx'
import { formatCount } from '@zhenghe/ui/format.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Alert } from 'antd'
import { channelWords as words } from '../../../texts/channels.ts'

/** How the move stands: the plan, what the exchange shows, the closing record, or why the channel is kept. */
export function MoveFacts({ channel: { plan, evidence, closing, retention, state, providerName, consumerName } }: { channel: Channel }) {
  const { say } = useLanguage()
  return (
    <>
      {retention && (
        <Section title={say(words.retention)}>
          <div className="stack">
            <Alert
              type="info"
              showIcon
              title={
                retention.approvedByName
                  ? say(words.retentionApproved, { name: retention.approvedByName, until: retention.until })
                  : say(words.retentionAsked, { name: retention.askedByName, until: retention.until })
              }
            />
            <KeyValue
              columns={1}
              pairs={[
                { label: say(words.reason), value: retention.reason },
                { label: say(words.basis), value: retention.basis },
              ]}
            />
          </div>
        </Section>
      )}
      {closing && (
        <Section title={say(words.closing)}>
          <KeyValue
            pairs={[
              { label: say(words.switchedOff), value: closing.switchedOff, wide: true },
              { label: say(words.closedOn), value: <Day value={closing.on} /> },
              { label: say(words.closedBy), value: closing.by },
              { label: say(words.document), value: <span className="mono">{closing.document}</span>, wide: true },
            ]}
          />
        </Section>
      )}
      {plan && (
        <Section title={say(words.move)}>
          <PlanFacts plan={plan} units={{ provider: providerName, consumer: consumerName }} />
        </Section>
      )}
      {plan && evidence && (
        <Section title={say(words.evidence)} extra={!evidence.granted && <Link to={`/catalog/${plan.target}/request`}>{say(words.toRequest)}</Link>}>
          <div className="stack">
            {state !== 'closed' && <Alert type={evidence.holds ? 'success' : 'warning'} showIcon title={say(evidence.holds ? words.holds : words.holdsNot)} />}
            <EvidenceFacts evidence={evidence} />
          </div>
        </Section>
      )}
    </>
  )
}

function PlanFacts({ plan, units }: { plan: Plan; units: Record<Plan['responsible'], string> }) {
  const { say } = useLanguage()
  const steps = (
    <ol>
      {plan.steps.map((step, index) => (
        <li key={step}>{`${index + 1}. ${step}`}</li>
      ))}
    </ol>
  )
  return (
    <KeyValue
      pairs={[
        { label: say(words.target), value: <Link to={`/catalog/${plan.target}`}>{`${plan.targetCode} ${plan.targetName}`}</Link>, wide: true },
        { label: say(words.responsible), value: units[plan.responsible] },
        { label: say(words.dueOn), value: <Day value={plan.dueOn} /> },
        { label: say(words.steps), value: steps, wide: true },
      ]}
    />
  )
}

function EvidenceFacts({ evidence: { granted, deliveries, rows, lastAt, freshUntil } }: { evidence: Evidence }) {
  const { say } = useLanguage()
  return (
    <KeyValue
      pairs={[
        { label: say(words.granted), value: say(granted ? words.inForce : words.none) },
        { label: say(words.deliveries), value: say(words.deliveryCount, { count: formatCount(deliveries), rows: formatCount(rows) }) },
        { label: say(words.lastAt), value: <Moment value={lastAt} /> },
        { label: say(words.freshUntil), value: <Day value={freshUntil} /> },
      ]}
    />
  )
}
