import { useQuery } from '@tanstack/react-query'
import type { Reconciliation } from '@zhenghe/server/data/exchange/reconciliation.contract.ts'
import { differences } from '@zhenghe/server/data/exchange/texts.ts'
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
import { common } from '../../../texts/common.ts'
import { reconciliationWords as words } from '../../../texts/deliveries.ts'

const POLL_MS = 1000
const running = ({ state }: Reconciliation): boolean => state === 'ordered' || state === 'running'

const COLUMNS: Column<Reconciliation>[] = [
  { key: 'orderedAt', title: words.orderedAt, lead: true, render: ({ orderedAt }) => <Moment value={orderedAt} precision="second" /> },
  { key: 'state', title: common.state, render: ({ state }) => <StateTag look={reconciliationStates[state]} /> },
  { key: 'sourceRows', title: words.sourceRows, align: 'end', render: ({ sourceRows }) => <Count value={sourceRows} /> },
  { key: 'targetRows', title: words.targetRows, align: 'end', render: ({ targetRows }) => <Count value={targetRows} /> },
  { key: 'missing', title: words.missing, align: 'end', render: ({ missing }) => <Count value={missing} /> },
  { key: 'differing', title: words.differing, align: 'end', render: ({ differing }) => <Count value={differing} /> },
  { key: 'extra', title: words.extra, align: 'end', render: ({ extra }) => <Count value={extra} /> },
]

/** Comparing the whole target with its source: order it, see how it came out, mend what differs. */
export function Reconciliations({ subscription, orders }: { subscription: string; orders: boolean }) {
  const { say } = useLanguage()
  const { data, error } = useQuery({
    ...exchange.query('reconciliations', { id: subscription }),
    refetchInterval: ({ state }) => (state.data?.some(running) ? POLL_MS : false),
  })
  const [latest] = data ?? []
  const busy = data?.some(running) ?? false
  return (
    <Section
      title={say(words.title)}
      extra={
        orders && (
          <>
            {latest?.state === 'different' && (
              <ActButton
                act={() => exchange.call.reconcile({ id: subscription, mend: true })}
                confirm={{ title: say(words.mend), content: say(words.mendWhat) }}
              >
                {say(words.mend)}
              </ActButton>
            )}
            <ActButton act={() => exchange.call.reconcile({ id: subscription })} disabled={busy}>
              {say(words.order)}
            </ActButton>
          </>
        )
      }
    >
      <div className="stack">
        <p className="faint">{say(words.lead)}</p>
        {latest?.trouble && <Alert type="warning" showIcon title={latest.trouble} />}
        <DataTable
          id="reconciliations"
          label={say(words.title)}
          columns={COLUMNS}
          rows={data}
          keyOf={({ id }) => id}
          problem={error && <Problem error={error} />}
          empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} />}
        />
        {latest && latest.sample.length > 0 && <Sample rows={latest.sample} />}
      </div>
    </Section>
  )
}

type Difference = Reconciliation['sample'][number]

function Sample({ rows }: { rows: readonly Difference[] }) {
  const { say } = useLanguage()
  const columns: Column<Difference>[] = [
    { key: 'key', title: words.key, lead: true, render: ({ key }) => <span className="mono">{key}</span> },
    { key: 'kind', title: words.kind, render: ({ kind }) => say(differences[kind]) },
  ]
  return (
    <div>
      <p className="faint">{say(words.sample)}</p>
      <DataTable id="reconciliation-sample" label={say(words.sample)} columns={columns} rows={rows} keyOf={({ key, kind }) => `${kind} ${key}`} empty={null} />
    </div>
  )
}
