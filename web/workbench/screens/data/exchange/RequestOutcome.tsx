import { Link } from '@tanstack/react-router'
import type { RequestView } from '@zhenghe/server/data/exchange/request.contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { wishWords, requestWords as words } from '../../../texts/requests.ts'

/** What came of a request so far: what must be supplemented, why it was refused, or where the grant is. */
export function RequestOutcome({ request }: { request: RequestView }) {
  const { say } = useLanguage()
  const receives = useMayAt(request.consumer)('exchange.receive')
  if (request.state === 'granted' && request.grant)
    return (
      <Alert
        type="success"
        showIcon
        title={say(words.grantedTitle)}
        description={receives ? say(words.grantedNext) : undefined}
        action={<Link to={`/exchange/grants/${request.grant}`}>{say(words.seeGrant)}</Link>}
      />
    )
  if (request.refusal) return <Refused request={request} refusal={request.refusal} />
  if (request.state === 'supplement') return <Supplement request={request} />
  return null
}

function Refused({ request, refusal }: { request: RequestView; refusal: NonNullable<RequestView['refusal']> }) {
  const { say } = useLanguage()
  const own = useMayAt(request.consumer)('exchange.request')
  const { run, busy, error } = useAct(exchange.call.acknowledge)
  return (
    <Section
      title={say(words.refusedTitle)}
      extra={
        own && (
          <Button loading={busy} onClick={() => run({ id: request.id })}>
            {say(words.acknowledge)}
          </Button>
        )
      }
    >
      <div className="stack">
        <KeyValue
          columns={1}
          pairs={[
            { label: say(words.refusedReasons), value: refusal.reasons.join('\n') },
            { label: say(words.refusedBasis), value: refusal.basis },
          ]}
        />
        <p className="faint">{say(words.refusedNext)}</p>
        {error && <Problem error={error} />}
      </div>
    </Section>
  )
}

function Supplement({ request }: { request: RequestView }) {
  const { say } = useLanguage()
  const own = useMayAt(request.consumer)('exchange.request')
  const missing = (
    <ol>
      {request.supplement.map((one, index) => (
        <li key={one}>{`${index + 1}. ${one}`}</li>
      ))}
    </ol>
  )
  return (
    <>
      <Alert type="warning" showIcon title={say(words.supplementAsked)} description={missing} />
      {own && <SupplyForm request={request} />}
    </>
  )
}

function SupplyForm({ request: { id, wish } }: { request: RequestView }) {
  const { say } = useLanguage()
  const [supply, setSupply] = useState({ basis: wish.basis, purpose: wish.purpose, scenario: wish.scenario, note: '' })
  const { run, busy, error } = useAct(exchange.call.supply)
  const parts = [
    ['basis', wishWords.basis],
    ['purpose', wishWords.purpose],
    ['scenario', wishWords.scenario],
    ['note', words.supplyNote],
  ] as const
  return (
    <Section title={say(words.supplyTitle)}>
      <div className="stack">
        {parts.map(([name, text]) => (
          <Field key={name} id={`supply-${name}`} label={say(text)} optional={name === 'scenario' || name === 'note'}>
            {(control) => (
              <Input.TextArea
                {...control}
                rows={2}
                maxLength={1000}
                value={supply[name]}
                onChange={({ target }) => setSupply({ ...supply, [name]: target.value })}
              />
            )}
          </Field>
        ))}
        {error && <Problem error={error} />}
        <div className="row">
          <Button type="primary" loading={busy} onClick={() => run({ id, ...supply })}>
            {say(words.supply)}
          </Button>
        </div>
      </div>
    </Section>
  )
}
