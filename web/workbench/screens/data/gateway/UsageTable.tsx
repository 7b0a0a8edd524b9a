import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { UsageRow } from '@zhenghe/server/data/gateway/usage.contract.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Bytes, Count, Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { gateway } from '../../../api/gateway.ts'
import { accessWords, gatewayWords as words } from '../../../texts/gateway.ts'

const REFRESH_MS = 15_000

function Milliseconds({ value }: { value: number | null }) {
  const { say } = useLanguage()
  return value === null ? <span className="faint">—</span> : <span className="number">{say(words.milliseconds, { n: value })}</span>
}

const COLUMNS: Column<UsageRow>[] = [
  { key: 'api', title: accessWords.api, lead: true, render: ({ apiName, n }) => `${apiName} v${n}` },
  { key: 'consumer', title: accessWords.consumer, render: ({ consumerName }) => consumerName },
  { key: 'calls', title: words.calls, align: 'end', render: ({ calls }) => <Count value={calls} /> },
  { key: 'errors', title: words.errors, align: 'end', render: ({ errors }) => <span className={errors > 0 ? 'sign-warn' : undefined}>{errors}</span> },
  { key: 'refused', title: words.refused, align: 'end', render: ({ refused }) => <Count value={refused} /> },
  { key: 'p50', title: words.p50, align: 'end', render: ({ p50 }) => <Milliseconds value={p50} /> },
  { key: 'p95', title: words.p95, align: 'end', render: ({ p95 }) => <Milliseconds value={p95} /> },
  { key: 'bytes', title: words.bytesOut, align: 'end', render: ({ bytesOut }) => <Bytes value={bytesOut} /> },
  { key: 'cached', title: words.cached, align: 'end', extra: true, render: ({ cached }) => <Count value={cached} /> },
  { key: 'lastAt', title: words.lastUsed, render: ({ lastAt }) => <Moment value={lastAt} precision="second" /> },
]

/** Calls of thirty days by interface and consumer; of one interface where it is named. */
export function UsageTable({ api }: { api?: string }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery({ ...gateway.query('usage', { days: 30, ...(api ? { api } : {}) }), refetchInterval: REFRESH_MS })
  return (
    <DataTable
      id="interface-usage"
      label={say(words.statistics)}
      columns={COLUMNS}
      rows={data}
      total={data?.length}
      keyOf={(row) => `${row.api} ${row.n} ${row.consumer}`}
      {...(api ? {} : { onOpen: (row: UsageRow) => void navigate({ to: `/interfaces/${row.api}` }) })}
      problem={error && <Problem error={error} onRetry={() => void refetch()} />}
      empty={<Empty title={say(words.noCalls)} next={say(words.noCallsNext)} />}
    />
  )
}
