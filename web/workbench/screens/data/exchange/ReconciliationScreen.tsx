import { DownloadOutlined, PrinterOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReconciliationReport } from '@zhenghe/server/data/exchange/reconciliation.contract.ts'
import { differences, reconciliationScopes } from '@zhenghe/server/data/exchange/texts.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { formatCount, formatMoment } from '@zhenghe/ui/format.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ReasonDialog } from '@zhenghe/ui/ReasonDialog.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { reconciliationStates } from '@zhenghe/ui/states.ts'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { csvOf } from '../../../parts/csv.ts'
import { download } from '../../../parts/download.ts'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { troubleOf } from '../../../parts/trouble-words.ts'
import { deliveryWords, subscriptionWords, reconciliationWords as words } from '../../../texts/deliveries.ts'
import { Differences } from './Differences.tsx'
import { Levels } from './Levels.tsx'

const POLL_MS = 1000
const SHORTEST_REASON = 2
const crumbsOf = (label: string) => [{ key: 'subscriptions', link: <Link to="/exchange/subscriptions">{label}</Link> }]
const under = ({ state }: ReconciliationReport) => state === 'ordered' || state === 'running'

/** One comparison as a report to print: every level, the rows that differ, and the decision on mending them. */
export function ReconciliationScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({
    ...exchange.query('reconciliationById', { id }),
    refetchInterval: ({ state }) => (state.data && under(state.data) ? POLL_MS : false),
  })
  return (
    <Loaded query={query} title={say(words.title)} crumbs={crumbsOf(say(subscriptionWords.subscriptions))}>
      {(report) => <Report report={report} />}
    </Loaded>
  )
}

function Report({ report }: { report: ReconciliationReport }) {
  const { say } = useLanguage()
  const { id, entryName, state, target, sample, trouble, declineReason } = report
  return (
    <Page
      title={say(words.reportTitle, { name: entryName })}
      crumbs={crumbsOf(say(subscriptionWords.subscriptions))}
      state={<StateTag look={reconciliationStates[state]} />}
      lead={`${report.providerName} → ${report.consumerName}`}
      action={<ReportActions report={report} />}
      aside={
        <div className="no-print">
          <History subject={`exchange.reconciliation:${id}`} />
        </div>
      }
    >
      {trouble && <Alert type="warning" showIcon title={say(troubleOf(trouble))} />}
      {declineReason && <Alert type="info" showIcon title={`${say(words.declineWhy)}：${declineReason}`} />}
      {state === 'asked' && <MendingGround report={report} />}
      <Section title={say(words.levels)}>
        <Levels report={report} />
      </Section>
      {sample.length > 0 && (
        <Section title={say(words.sample)}>
          <Differences rows={sample} headed />
        </Section>
      )}
      <Section title={say(deliveryWords.facts)}>
        <KeyValue
          columns={3}
          pairs={[
            { label: say(deliveryWords.target), value: <span className="mono">{`${target.store} · ${target.schema}.${target.table}`}</span> },
            { label: say(words.scope), value: say(reconciliationScopes[report.scope]) },
            { label: say(words.reportOrderedAt), value: <Moment value={report.orderedAt} precision="second" /> },
            { label: say(deliveryWords.startedAt), value: <Moment value={report.startedAt} precision="second" /> },
            { label: say(deliveryWords.endedAt), value: <Moment value={report.endedAt} precision="second" /> },
            {
              label: say(deliveryWords.subscription),
              value: <Link to={`/exchange/subscriptions/${report.subscription}`}>{entryName}</Link>,
            },
          ]}
        />
      </Section>
    </Page>
  )
}

/** What the mending is asked for: the comparison that found the differences, for whoever has to approve. */
function MendingGround({ report: { subscription, orderedAt } }: { report: ReconciliationReport }) {
  const { say, language } = useLanguage()
  const { data } = useQuery(exchange.query('reconciliations', { id: subscription }))
  const found = data?.find((one) => one.state === 'different' && one.orderedAt < orderedAt)
  if (!found) return null
  const counts = { missing: formatCount(found.missing ?? 0), extra: formatCount(found.extra ?? 0), differing: formatCount(found.differing ?? 0) }
  return (
    <Alert
      type="info"
      showIcon
      title={say(words.mendingGround, { at: formatMoment(found.orderedAt, language) })}
      description={
        <>
          <p>{say(words.differ, counts)}</p>
          <Link to={`/exchange/reconciliations/${found.id}`}>{say(words.seeGround)}</Link>
        </>
      }
    />
  )
}

function ReportActions({ report: { id, state, consumer, sample } }: { report: ReconciliationReport }) {
  const { say } = useLanguage()
  const decides = useMayAt(consumer)('exchange.approve_mending') && state === 'asked'
  const [declining, setDeclining] = useState(false)
  const decline = useAct(exchange.call.declineMending, () => setDeclining(false))
  return (
    <>
      {sample.length > 0 && (
        <Button
          icon={<DownloadOutlined />}
          onClick={() =>
            download('differences.csv', csvOf([[say(words.key), say(words.kind)], ...sample.map(({ key, kind }) => [key, say(differences[kind])])]))
          }
        >
          {say(words.saveList)}
        </Button>
      )}
      <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
        {say(deliveryWords.print)}
      </Button>
      {decides && (
        <Button danger onClick={() => setDeclining(true)}>
          {say(words.decline)}
        </Button>
      )}
      {decides && (
        <ActButton
          type="primary"
          act={() => exchange.call.approveMending({ id })}
          confirm={{ title: say(words.approve), content: `${say(words.approveWhat)}${say(words.mendWhat)}` }}
        >
          {say(words.approve)}
        </ActButton>
      )}
      {declining && (
        <ReasonDialog
          title={say(words.decline)}
          consequence={say(words.declineWhat)}
          label={say(words.declineWhy)}
          least={SHORTEST_REASON}
          action={say(words.decline)}
          busy={decline.busy}
          error={decline.error}
          onDo={(reason) => decline.run({ id, reason })}
          onClose={() => setDeclining(false)}
        />
      )}
    </>
  )
}
