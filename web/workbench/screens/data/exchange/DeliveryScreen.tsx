import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DeliveryView } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import { deliveryModes, routes, suites } from '@zhenghe/server/data/exchange/texts.ts'
import { Bytes, Moment } from '@zhenghe/ui/Figures.tsx'
import { formatDuration } from '@zhenghe/ui/format.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { deliveryStates } from '@zhenghe/ui/states.ts'
import { useEffect } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { deliveryWords as words } from '../../../texts/deliveries.ts'
import { answerWords } from '../../../texts/grants.ts'
import { Balance } from './Balance.tsx'
import { CapturePeriods } from './CapturePeriods.tsx'
import './Delivery.css'
import { DeliveryActions } from './DeliveryActions.tsx'
import { DeliveryProgress } from './DeliveryProgress.tsx'
import { Documents } from './Documents.tsx'
import { Troubles } from './Troubles.tsx'

const POLL_MS = 1000
const crumbsOf = (label: string) => [{ key: 'deliveries', link: <Link to="/exchange/deliveries">{label}</Link> }]
const ended = ({ state }: DeliveryView): boolean => state === 'done' || state === 'stopped' || state === 'cancelled'

/** One delivery: live while it runs, a receipt when it is done. */
export function DeliveryScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...exchange.query('deliveryById', { id }), refetchInterval: ({ state }) => (state.data && ended(state.data) ? false : POLL_MS) })
  return (
    <Loaded query={query} title={say(words.deliveries)} crumbs={crumbsOf(say(words.deliveries))}>
      {(delivery) => <DeliveryPage delivery={delivery} />}
    </Loaded>
  )
}

function DeliveryPage({ delivery }: { delivery: DeliveryView }) {
  const { say, language } = useLanguage()
  const { id, state, mode, replay, balance, target, startedAt, endedAt } = delivery
  const queries = useQueryClient()
  // biome-ignore lint/correctness/useExhaustiveDependencies: with every state the ledger has another line
  useEffect(() => void queries.invalidateQueries({ queryKey: ['desk', 'historyOf'] }), [state, queries])
  const provides = useMayAt(delivery.provider)('exchange.quarantine')
  return (
    <Page
      title={say(words.title, { name: delivery.entryName, mode: say(replay ? words.replay : deliveryModes[mode]) })}
      crumbs={crumbsOf(say(words.deliveries))}
      state={<StateTag look={deliveryStates[state]} />}
      lead={`${delivery.number}　${delivery.providerName} → ${delivery.consumerName}`}
      action={<DeliveryActions delivery={delivery} />}
      aside={
        <div className="no-print">
          <History subject={`exchange.delivery:${id}`} />
        </div>
      }
    >
      {state !== 'done' && <DeliveryProgress delivery={delivery} />}
      <Troubles delivery={delivery} />
      {mode === 'capture' && <CapturePeriods delivery={id} live={!ended(delivery)} />}
      {balance && <Balance balance={balance} delivery={delivery} />}
      {provides && delivery.rejected > 0 && (
        <p className="no-print">
          <Link to="/exchange/quarantine" search={{ delivery: id } as never}>
            {say(words.quarantine, { rows: delivery.rejected.toLocaleString('en-US') })}
          </Link>
        </p>
      )}
      {(delivery.manifest || delivery.receipt) && <Documents delivery={delivery} />}
      <Section title={say(words.facts)}>
        <KeyValue
          columns={3}
          pairs={[
            { label: say(words.provider), value: delivery.providerName },
            { label: say(words.consumer), value: delivery.consumerName },
            { label: say(words.target), value: <span className="mono">{`${target.store} · ${target.schema}.${target.table}`}</span> },
            { label: say(words.way), value: delivery.route ? say(routes[delivery.route]) : '—' },
            { label: say(answerWords.suite), value: say(suites[delivery.suite]) },
            { label: say(words.startedAt), value: <Moment value={startedAt} precision="second" /> },
            { label: say(words.endedAt), value: <Moment value={endedAt} precision="second" /> },
            { label: say(words.seconds), value: startedAt && endedAt ? formatDuration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000, language) : '—' },
            { label: say(words.bytes), value: delivery.manifest ? <Bytes value={delivery.manifest.body.bytes} /> : '—' },
            { label: say(words.subscription), value: <Link to={`/exchange/subscriptions/${delivery.subscription}`}>{delivery.entryName}</Link> },
          ]}
        />
      </Section>
    </Page>
  )
}
