import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { purposeKinds } from '@zhenghe/server/data/exchange/texts.ts'
import type { AccessView } from '@zhenghe/server/data/gateway/access.contract.ts'
import { callKinds } from '@zhenghe/server/data/gateway/texts.ts'
import type { CallLine } from '@zhenghe/server/data/gateway/usage.contract.ts'
import { ClockChip } from '@zhenghe/ui/ClockChip.tsx'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Count, Day, Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue, type Pair } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { accessStates } from '@zhenghe/ui/states.ts'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { gateway } from '../../../api/gateway.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { common } from '../../../texts/common.ts'
import { gatewayWords, accessWords as words } from '../../../texts/gateway.ts'
import { AccessGrantForm } from './AccessGrantForm.tsx'

const SHORTEST_REASON = 4

/** One application and what became of it: the answer of the provider, the grant, the last calls. */
export function AccessScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(gateway.query('accessById', { id }))
  return (
    <Loaded query={query} title={say(words.accesses)}>
      {(access) => <AccessPage access={access} />}
    </Loaded>
  )
}

function AccessPage({ access }: { access: AccessView }) {
  const { say } = useLanguage()
  const answers = useMayAt(access.provider)('gateway.answer')
  const { state, terms } = access
  return (
    <Page
      title={`${access.apiName} v${access.n}`}
      lead={`${access.consumerName} · ${access.number}`}
      crumbs={[
        { key: 'accesses', link: <Link to="/interfaces/accesses">{say(words.accesses)}</Link> },
        { key: 'api', link: <Link to={`/interfaces/${access.api}`}>{access.apiName}</Link> },
      ]}
      state={
        <span className="row">
          <StateTag look={accessStates[state]} />
          {state === 'waiting' && access.clock && <ClockChip clock={access.clock} />}
        </span>
      }
      action={<AccessActions access={access} />}
    >
      {access.refusal && <Alert type="error" showIcon title={access.refusal.reasons.join('；')} description={access.refusal.basis} />}
      {access.revokeReason && <Alert type="warning" showIcon title={access.revokeReason} />}
      <Section>
        <KeyValue pairs={wishPairs(access, say)} />
      </Section>
      {state === 'waiting' && answers && <AccessGrantForm access={access} />}
      {access.grantedAt && terms && (
        <Section title={say(words.granted)}>
          <KeyValue
            pairs={[
              { label: say(words.quota), value: <Count value={terms.quotaPerDay} /> },
              { label: say(words.usedToday), value: <Count value={access.usedToday} /> },
              { label: say(words.rate), value: <Count value={terms.ratePerSecond} /> },
              { label: say(words.until), value: <Moment value={access.notAfter} /> },
              { label: say(words.operations), value: terms.operations.join('、') },
              { label: say(words.grantedBy), value: access.grantedByName ?? '—' },
              ...(terms.paths ? [{ label: say(words.paths), value: terms.paths.join('、'), wide: true }] : []),
              ...(terms.note ? [{ label: say(words.note), value: terms.note, wide: true }] : []),
            ]}
          />
          {access.signed && <p className="faint">{say(words.signedGrant)}</p>}
        </Section>
      )}
      {access.grantedAt && <LastCalls id={access.id} />}
    </Page>
  )
}

function wishPairs({ wish, askedAt, providerName, consumerName }: AccessView, say: ReturnType<typeof useLanguage>['say']): Pair[] {
  return [
    { label: say(words.consumer), value: consumerName },
    { label: say(gatewayWords.provider), value: providerName },
    { label: say(words.basis), value: wish.basis, wide: true },
    { label: say(words.purpose), value: `${say(purposeKinds[wish.purposeKind])}：${wish.purpose}`, wide: true },
    { label: say(words.quota), value: <Count value={wish.quotaPerDay} /> },
    { label: say(words.termUntil), value: <Day value={wish.termUntil} /> },
    { label: say(words.contact), value: wish.contact },
    { label: say(words.asked), value: <Moment value={askedAt} /> },
  ]
}

function AccessActions({ access: { id, state, provider, consumer } }: { access: AccessView }) {
  const { say } = useLanguage()
  const answers = useMayAt(provider)('gateway.answer')
  const applies = useMayAt(consumer)('gateway.apply')
  const [dialog, setDialog] = useState<'refuse' | 'revoke'>()
  const close = () => setDialog(undefined)
  const refuse = useAct(gateway.call.refuseAccess, close)
  const revoke = useAct(gateway.call.revokeAccess, close)
  return (
    <>
      {applies && state === 'waiting' && (
        <ActButton act={() => gateway.call.withdrawAccess({ id })} confirm={{ title: say(words.withdraw), content: say(words.withdrawWhat) }}>
          {say(words.withdraw)}
        </ActButton>
      )}
      {answers && state === 'waiting' && <Button onClick={() => setDialog('refuse')}>{say(words.refuse)}</Button>}
      {answers && (state === 'in_force' || state === 'not_yet') && (
        <Button danger onClick={() => setDialog('revoke')}>
          {say(words.revoke)}
        </Button>
      )}
      {dialog === 'refuse' && (
        <ReasonDialog
          title={say(words.refuse)}
          consequence={say(words.refuseWhat)}
          label={say(words.refuseReason)}
          least={SHORTEST_REASON}
          action={say(words.refuse)}
          busy={refuse.busy}
          error={refuse.error}
          onDo={(reason) => refuse.run({ id, reasons: [reason], basis: reason })}
          onClose={close}
        />
      )}
      {dialog === 'revoke' && (
        <ReasonDialog
          title={say(words.revoke)}
          consequence={say(words.revokeWhat)}
          label={say(gatewayWords.reason)}
          least={SHORTEST_REASON}
          action={say(words.revoke)}
          danger
          busy={revoke.busy}
          error={revoke.error}
          onDo={(reason) => revoke.run({ id, reason })}
          onClose={close}
        />
      )}
    </>
  )
}

function How({ how }: Pick<CallLine, 'how'>) {
  const { say } = useLanguage()
  return say(callKinds[how])
}

const CALLS: Column<CallLine>[] = [
  { key: 'at', title: common.time, lead: true, render: ({ at }) => <Moment value={at} precision="second" /> },
  { key: 'operation', title: gatewayWords.operation, render: ({ operation }) => <span className="mono">{operation}</span> },
  { key: 'status', title: words.status, align: 'end', render: ({ status }) => <span className={status >= 400 ? 'sign-warn number' : 'number'}>{status}</span> },
  { key: 'ms', title: words.duration, align: 'end', render: ({ ms }) => <span className="number">{`${ms} ms`}</span> },
  { key: 'how', title: gatewayWords.kind, render: ({ how }) => <How how={how} /> },
  { key: 'digest', title: words.digest, render: ({ answered }) => <span className="mono">{answered.slice(0, 16)}…</span> },
]

function LastCalls({ id }: { id: string }) {
  const { say } = useLanguage()
  const { data, error } = useQuery(gateway.query('calls', { id }))
  return (
    <Section title={say(words.lastCalls)}>
      <DataTable
        id="interface-calls"
        label={say(words.lastCalls)}
        columns={CALLS}
        rows={data}
        keyOf={(call) => call.id}
        problem={error && <Problem error={error} />}
        empty={<Empty title={say(words.noLastCalls)} next={say(words.noLastCallsNext)} />}
      />
    </Section>
  )
}
