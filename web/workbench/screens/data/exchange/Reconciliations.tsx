import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Reconciliation } from '@zhenghe/server/data/exchange/reconciliation.contract.ts'
import type { Subscription } from '@zhenghe/server/data/exchange/subscription.contract.ts'
import { reconciliationScopes } from '@zhenghe/server/data/exchange/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Count, Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { reconciliationStates } from '@zhenghe/ui/states.ts'
import { Alert } from 'antd'
import { exchange } from '../../../api/exchange.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { troubleOf } from '../../../parts/trouble-words.ts'
import { common } from '../../../texts/common.ts'
import { reconciliationWords as words } from '../../../texts/deliveries.ts'
import { Differences } from './Differences.tsx'
import { ReconcileScheduleForm } from './ReconcileScheduleForm.tsx'

const POLL_MS = 1000
type Say = ReturnType<typeof useLanguage>['say']
const running = ({ state }: Reconciliation): boolean => state === 'ordered' || state === 'running'

const kindOf = ({ mend }: Reconciliation) => (mend ? words.mending : words.comparing)

function columnsOf(say: Say): Column<Reconciliation>[] {
  return [
    {
      key: 'orderedAt',
      title: words.orderedAt,
      lead: true,
      render: ({ id, orderedAt }) => (
        <Link to={`/exchange/reconciliations/${id}`}>
          <Moment value={orderedAt} precision="second" />
        </Link>
      ),
    },
    {
      key: 'kind',
      title: words.kindOf,
      render: (row) => (
        <>
          {say(kindOf(row))}
          <p className="faint">{say(reconciliationScopes[row.scope])}</p>
        </>
      ),
    },
    { key: 'state', title: common.state, render: ({ state }) => <StateTag look={reconciliationStates[state]} /> },
    { key: 'sourceRows', title: words.sourceRows, align: 'end', render: ({ sourceRows }) => <Count value={sourceRows} /> },
    { key: 'targetRows', title: words.targetRows, align: 'end', render: ({ targetRows }) => <Count value={targetRows} /> },
    { key: 'missing', title: words.missing, align: 'end', render: ({ missing }) => <Count value={missing} /> },
    { key: 'differing', title: words.differing, align: 'end', render: ({ differing }) => <Count value={differing} /> },
    { key: 'extra', title: words.extra, align: 'end', render: ({ extra }) => <Count value={extra} /> },
  ]
}

/** Comparing the whole target with its source: order it, see how it came out, have what differs mended, let it run by itself. */
export function Reconciliations({ subscription, orders }: { subscription: Subscription; orders: boolean }) {
  const { say } = useLanguage()
  const { id } = subscription
  const { data, error } = useQuery({
    ...exchange.query('reconciliations', { id }),
    refetchInterval: ({ state }) => (state.data?.some(running) ? POLL_MS : false),
  })
  const [latest] = data ?? []
  return (
    <Section title={say(words.title)} extra={orders && <Orders subscription={subscription} latest={latest} busy={data?.some(running) ?? false} />}>
      <div className="stack">
        <p className="faint">{say(words.lead)}</p>
        {orders && <ReconcileScheduleForm subscription={subscription} />}
        {latest?.trouble && <Alert type="warning" showIcon title={say(troubleOf(latest.trouble))} />}
        <DataTable
          id="reconciliations"
          label={say(words.title)}
          columns={columnsOf(say)}
          rows={data}
          keyOf={(row) => row.id}
          problem={error && <Problem error={error} />}
          empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} />}
        />
        {latest && latest.sample.length > 0 && <Differences rows={latest.sample} />}
      </div>
    </Section>
  )
}

type OrdersProps = { subscription: Subscription; latest: Reconciliation | undefined; busy: boolean }

function Orders({ subscription: { id, hasCursor }, latest, busy }: OrdersProps) {
  const { say } = useLanguage()
  return (
    <>
      {latest?.state === 'different' && (
        <ActButton act={() => exchange.call.askMending({ id })} confirm={{ title: say(words.askMending), content: say(words.mendWhat) }}>
          {say(words.askMending)}
        </ActButton>
      )}
      {hasCursor && (
        <ActButton act={() => exchange.call.reconcile({ id, scope: 'versions' })} disabled={busy}>
          {say(words.orderVersions)}
        </ActButton>
      )}
      <ActButton act={() => exchange.call.reconcile({ id })} disabled={busy}>
        {say(words.order)}
      </ActButton>
    </>
  )
}
