import { useQuery } from '@tanstack/react-query'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { exchange } from '../../../api/exchange.ts'
import { monitorWords as words } from '../../../texts/monitor.ts'
import { Alarms } from './Alarms.tsx'
import { Budgets } from './Budgets.tsx'
import { Flow } from './Flow.tsx'
import { Freshness } from './Freshness.tsx'
import { LiveDeliveries } from './LiveDeliveries.tsx'
import { NodesNow } from './NodesNow.tsx'
import './Monitor.css'

/** Asked for again and again rather than streamed: a short question passes every proxy of a closed network, and one that is lost is simply asked anew. */
const EVERY_MS = 5000

/** The exchange as it is now. Refreshes by itself, says when it last did, and says plainly when it no longer can. */
export function MonitorScreen() {
  const { say } = useLanguage()
  const { data, error, dataUpdatedAt, failureCount, isFetching, refetch } = useQuery({
    ...exchange.query('monitor', {}),
    refetchInterval: EVERY_MS,
    staleTime: 0,
  })
  if (!data) return <Page title={say(words.monitor)}>{error ? <Problem error={error} onRetry={() => void refetch()} /> : <Lines count={8} />}</Page>
  const age = { at: dataUpdatedAt, everyMs: EVERY_MS, failing: failureCount > 0 || error !== null }
  return (
    <Page title={say(words.monitor)} lead={say(words.lead, { seconds: EVERY_MS / 1000 })}>
      <Freshness age={age} busy={isFetching} onRefresh={() => void refetch()} />
      <Alarms openNow={data.openAlarms} />
      <NodesNow nodes={data.nodes} newest={data.newestVersion} at={data.at} />
      <LiveDeliveries deliveries={data.deliveries} />
      <Flow minutes={data.minutes} />
      <Budgets nodes={data.nodes} />
    </Page>
  )
}
