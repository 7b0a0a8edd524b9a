import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { PushView } from '@zhenghe/server/data/exchange/push.contract.ts'
import { pushAllows } from '@zhenghe/server/data/exchange/push.rules.ts'
import { deliveryModes } from '@zhenghe/server/data/exchange/texts.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { pushStates } from '@zhenghe/ui/states.ts'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { pushWords as words } from '../../../texts/pushes.ts'
import { wishWords } from '../../../texts/requests.ts'
import { DeliveriesTable } from './DeliveriesTable.tsx'
import { GrantFields } from './GrantWords.tsx'
import { Runs } from './ScheduleField.tsx'
import { saySchedule } from './schedule-words.ts'

const crumbsOf = (label: string) => [{ key: 'pushes', link: <Link to="/exchange/pushes">{label}</Link> }]
const REFRESH_MS = 15_000
const SHORTEST_REASON = 2

/** One push task: its plan and next runs, what its grant lets pass, its runs. */
export function PushScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...exchange.query('pushById', { id }), refetchInterval: REFRESH_MS })
  return (
    <Loaded query={query} title={say(words.pushes)} crumbs={crumbsOf(say(words.pushes))}>
      {(push) => <PushPage push={push} />}
    </Loaded>
  )
}

function PushPage({ push }: { push: PushView }) {
  const { say } = useLanguage()
  const { id, state, stopReason } = push
  return (
    <Page
      title={push.name}
      crumbs={crumbsOf(say(words.pushes))}
      state={<StateTag look={pushStates[state]} />}
      lead={`${push.number}　${push.providerName} → ${push.consumerName}`}
      action={<PushActions push={push} />}
      aside={<History subject={`exchange.push:${id}`} />}
    >
      {state === 'stopped' && <Alert type="warning" showIcon title={say(words.stoppedBecause, { reason: stopReason })} />}
      <Section title={say(words.plan)}>
        <Plan push={push} />
      </Section>
      <Section title={say(words.terms)}>
        <Terms push={push} />
      </Section>
      <Section title={say(words.runs)}>
        <DeliveriesTable subscription={push.subscription} push={id} />
      </Section>
    </Page>
  )
}

function Plan({ push }: { push: PushView }) {
  const { say, language } = useLanguage()
  const { nextRuns } = push
  return (
    <div className="stack">
      <KeyValue
        pairs={[
          { label: say(words.mode), value: say(deliveryModes[push.mode]) },
          { label: say(words.schedule), value: saySchedule(push.schedule, language) },
          { label: say(words.beginsAt), value: <Moment value={push.beginsAt} /> },
          { label: say(words.endsAt), value: <Moment value={push.endsAt} /> },
          { label: say(words.nextRuns), value: nextRuns.length > 0 ? <Runs runs={nextRuns} /> : say(words.noRuns), wide: true },
        ]}
      />
      <p className="faint">{say(words.catchUp)}</p>
    </div>
  )
}

function Terms({ push }: { push: PushView }) {
  const { say } = useLanguage()
  const { target, incrementField, fields } = push
  const increment = fields.find(({ name }) => name === incrementField)?.title ?? incrementField
  return (
    <div className="stack">
      <KeyValue
        pairs={[
          { label: say(words.resource), value: <Link to={`/catalog/${push.entry}`}>{push.entryName}</Link> },
          { label: say(words.subscription), value: <Link to={`/exchange/subscriptions/${push.subscription}`}>{say(words.open)}</Link> },
          { label: say(words.keys), value: push.keys.join('、') },
          { label: say(words.incrementField), value: increment ?? say(words.noIncrement) },
          { label: say(words.filter), value: push.filterWords ? say(push.filterWords) : say(wishWords.allRows), wide: true },
          { label: say(words.target), value: <span className="mono">{`${target.store} · ${target.schema}.${target.table}`}</span> },
          { label: say(words.grant), value: <Link to={`/exchange/grants/${push.grant}`}>{say(words.open)}</Link> },
        ]}
      />
      <GrantFields fields={fields} />
    </div>
  )
}

function PushActions({ push: { id, state, provider } }: { push: PushView }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const mine = useMayAt(provider)('exchange.push')
  const [stopping, setStopping] = useState(false)
  const stop = useAct(exchange.call.stopPush, () => setStopping(false))
  if (!mine) return null
  return (
    <>
      {pushAllows(state, 'change') && <Button onClick={() => void navigate({ to: `/exchange/pushes/${id}/edit` })}>{say(words.edit)}</Button>}
      {pushAllows(state, 'stop') && (
        <Button danger onClick={() => setStopping(true)}>
          {say(words.stop)}
        </Button>
      )}
      {pushAllows(state, 'publish') && (
        <ActButton type="primary" act={() => exchange.call.publishPush({ id })} confirm={{ title: say(words.publish), content: say(words.publishWhat) }}>
          {say(words.publish)}
        </ActButton>
      )}
      {pushAllows(state, 'start') && (
        <ActButton type="primary" act={() => exchange.call.startPush({ id })}>
          {say(words.start)}
        </ActButton>
      )}
      {stopping && (
        <ReasonDialog
          title={say(words.stop)}
          consequence={say(words.stopWhat)}
          label={say(words.reason)}
          least={SHORTEST_REASON}
          action={say(words.stop)}
          danger
          busy={stop.busy}
          error={stop.error}
          onDo={(reason) => stop.run({ id, reason })}
          onClose={() => setStopping(false)}
        />
      )}
    </>
  )
}
