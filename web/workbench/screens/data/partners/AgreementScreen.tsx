import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Agreement } from '@zhenghe/server/data/partners/contract.ts'
import { agreementAllows } from '@zhenghe/server/data/partners/rules.ts'
import { agreementSteps } from '@zhenghe/server/data/partners/texts.ts'
import { dayOf, systemNow } from '@zhenghe/server/kernel/time.ts'
import { Day } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { agreementStates } from '@zhenghe/ui/states.ts'
import { Timeline } from '@zhenghe/ui/Timeline.tsx'
import { Button } from 'antd'
import { useState } from 'react'
import { partners } from '../../../api/partners.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import type { Question } from '../../../parts/form-model.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { QuestionsDialog } from '../../../parts/QuestionsDialog.tsx'
import { partnerWords as words } from '../../../texts/partners.ts'
import { Price, Term } from './PartnersScreen.tsx'

const crumbsOf = (label: string) => [{ key: 'partners', link: <Link to="/partners">{label}</Link> }]
const SIGNING: readonly Question[] = [
  { name: 'signedOn', label: words.signedOn, kind: 'day' },
  { name: 'signedBy', label: words.signedBy, kind: 'text', least: 2, most: 120 },
  { name: 'document', label: words.document, hint: words.documentHint, kind: 'digest', wide: true },
]
const REASON: readonly Question[] = [{ name: 'reason', label: words.reason, kind: 'area', wide: true, least: 4, most: 500 }]

/** One agreement: its terms, how it stands, and the next step. */
export function AgreementScreen() {
  const { say } = useLanguage()
  const query = useQuery(partners.query('agreement', { id: useParam('id') }))
  return (
    <Loaded query={query} title={say(words.partners)} crumbs={crumbsOf(say(words.partners))}>
      {(agreement) => <AgreementPage agreement={agreement} />}
    </Loaded>
  )
}

function AgreementPage({ agreement }: { agreement: Agreement }) {
  const { say } = useLanguage()
  const { terms, signed, endReason, steps } = agreement
  return (
    <Page
      title={agreement.name}
      crumbs={crumbsOf(say(words.partners))}
      state={<StateTag look={agreementStates[agreement.state]} />}
      lead={<span className="mono">{agreement.number}</span>}
      action={<AgreementActions agreement={agreement} />}
      aside={
        <Section title={say(words.history)}>
          <Timeline
            entries={steps.map(({ at, act, byName, note }, index) => ({
              ...{ key: `${at} ${index}`, at, title: say(agreementSteps[act]), who: byName },
              ...(note ? { note } : {}),
            }))}
          />
        </Section>
      }
    >
      <Section title={say(words.terms)} extra={agreement.unit && <Link to={`/organizations/units/${agreement.unit}`}>{say(words.toUnit)}</Link>}>
        <KeyValue
          pairs={[
            { label: say(words.term), value: <Term from={agreement.fromOn} until={agreement.endsOn} /> },
            { label: say(words.price), value: <Price fen={agreement.priceFen} /> },
            { label: say(words.uscc), value: <span className="mono">{agreement.uscc}</span> },
            { label: say(words.keeper), value: agreement.keeperName },
            { label: say(words.scope), value: terms.scope, wide: true },
            { label: say(words.purpose), value: terms.purpose, wide: true },
            { label: say(words.security), value: terms.security, wide: true },
            ...(endReason ? [{ label: say(words.endReason), value: endReason, wide: true }] : []),
          ]}
        />
      </Section>
      {signed && (
        <Section title={say(words.signing)}>
          <KeyValue
            pairs={[
              { label: say(words.signedOn), value: <Day value={signed.on} /> },
              { label: say(words.signedBy), value: signed.by },
              { label: say(words.document), value: <span className="mono">{signed.document}</span>, wide: true },
            ]}
          />
        </Section>
      )}
      <History subject={`partners.agreement:${agreement.id}`} beside />
    </Page>
  )
}

function AgreementActions({ agreement: { id, state, keeper } }: { agreement: Agreement }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const keeps = useMayAt(keeper)('partners.keep')
  const [dialog, setDialog] = useState<'sign' | 'terminate'>()
  const close = () => setDialog(undefined)
  if (!keeps) return null
  return (
    <>
      {agreementAllows(state, 'discard') && (
        <ActButton act={() => partners.call.discard({ id })} confirm={{ title: say(words.discard), content: say(words.discardWhat), danger: true }}>
          {say(words.discard)}
        </ActButton>
      )}
      {agreementAllows(state, 'revise') && <Button onClick={() => void navigate({ to: `/partners/${id}/revise` })}>{say(words.revise)}</Button>}
      {agreementAllows(state, 'terminate') && <Button onClick={() => setDialog('terminate')}>{say(words.terminate)}</Button>}
      {agreementAllows(state, 'sign') && (
        <Button type="primary" onClick={() => setDialog('sign')}>
          {say(words.sign)}
        </Button>
      )}
      {(state === 'expiring' || state === 'expired') && (
        <Button type="primary" onClick={() => void navigate({ to: '/partners/new', search: { renew: id } as never })}>
          {say(words.renew)}
        </Button>
      )}
      {dialog === 'sign' && (
        <QuestionsDialog
          title={words.sign}
          consequence={words.signWhat}
          action={words.sign}
          questions={SIGNING}
          initial={{ signedOn: dayOf(systemNow()) }}
          act={(answers) => partners.call.sign({ id, ...(answers as { signedOn: string; signedBy: string; document: string }) })}
          onClose={close}
        />
      )}
      {dialog === 'terminate' && (
        <QuestionsDialog
          title={words.terminate}
          consequence={words.terminateWhat}
          danger
          action={words.terminate}
          questions={REASON}
          act={(answers) => partners.call.terminate({ id, reason: String(answers['reason']) })}
          onClose={close}
        />
      )}
    </>
  )
}
