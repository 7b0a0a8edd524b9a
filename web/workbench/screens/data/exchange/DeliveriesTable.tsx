import { useNavigate } from '@tanstack/react-router'
import { type DeliveryHead, DeliveryState } from '@zhenghe/server/data/exchange/delivery.contract.ts'
import { deliveryModes } from '@zhenghe/server/data/exchange/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Count, Moment } from '@zhenghe/ui/Figures.tsx'
import { formatDuration } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { deliveryStates } from '@zhenghe/ui/states.ts'
import { Select } from 'antd'
import { z } from 'zod'
import { exchange } from '../../../api/exchange.ts'
import { manyOf, useSearchState } from '../../../hooks/useAddress.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { useRefreshWhile } from '../../../hooks/useRefreshWhile.ts'
import { common } from '../../../texts/common.ts'
import { subscriptionWords, deliveryWords as words } from '../../../texts/deliveries.ts'
import { pushWords } from '../../../texts/pushes.ts'

const Address = z.object({ state: manyOf(DeliveryState) })
const POLL_MS = 2000
const alive = ({ state }: DeliveryHead): boolean => state === 'ordered' || state === 'running'

/** Deliveries, newest first; while one runs its figures move. */
export function DeliveriesTable({ subscription, push }: { subscription?: string; push?: string }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const [{ state }, set] = useSearchState(Address)
  const asked = { ...(subscription ? { subscription } : {}), ...(push ? { push } : {}), ...(state.length > 0 ? { state } : {}) }
  const { rows, total, paging, busy, error, retry } = usePages(asked, (after) => exchange.query('deliveries', { ...asked, ...(after ? { after } : {}) }))
  useRefreshWhile(rows?.some(alive) ?? false, ['exchange', 'deliveries'], POLL_MS)
  const columns: Column<DeliveryHead>[] = [
    subscription
      ? { key: 'number', title: words.number, lead: true, render: ({ number }) => number }
      : { key: 'resource', title: words.resource, lead: true, render: ({ entryName }) => entryName },
    { key: 'state', title: common.state, render: (one) => <StateTag look={deliveryStates[one.state]} /> },
    ...(subscription
      ? []
      : [{ key: 'route', title: words.route, render: ({ providerName, consumerName }: DeliveryHead) => `${providerName} → ${consumerName}` }]),
    { key: 'mode', title: words.mode, render: ({ mode, replay }) => say(replay ? words.replay : deliveryModes[mode]) },
    {
      key: 'loaded',
      title: words.loaded,
      align: 'end',
      render: ({ loaded, progress }) => <Count value={progress ? Math.max(loaded, progress.rowsLoaded) : loaded} />,
    },
    { key: 'rejected', title: words.rejected, align: 'end', render: ({ rejected }) => <Count value={rejected} /> },
    { key: 'orderedAt', title: words.orderedAt, render: ({ orderedAt }) => <Moment value={orderedAt} /> },
    {
      key: 'seconds',
      title: words.seconds,
      align: 'end',
      render: ({ startedAt, endedAt }) =>
        startedAt && endedAt ? formatDuration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000, language) : <span className="faint">—</span>,
    },
    ...(subscription
      ? []
      : [{ key: 'number', title: words.number, extra: true as const, render: ({ number }: DeliveryHead) => <span className="mono">{number}</span> }]),
  ]
  return (
    <DataTable
      id="deliveries"
      label={say(words.deliveries)}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      total={total}
      paging={paging}
      busy={busy}
      onOpen={({ id }) => void navigate({ to: `/exchange/deliveries/${id}` })}
      problem={error !== undefined && <Problem error={error} onRetry={retry} />}
      empty={
        push ? (
          <Empty title={say(pushWords.noRunsYet)} next={say(pushWords.noRunsYetNext)} />
        ) : (
          <Empty title={say(words.empty)} next={say(subscription ? subscriptionWords.newLead : words.emptyNext)} />
        )
      }
      tools={
        <Select
          mode="multiple"
          value={state}
          onChange={(value) => set({ state: value })}
          options={DeliveryState.options.map((value) => ({ value, label: say(deliveryStates[value].text) }))}
          placeholder={say(common.state)}
          aria-label={say(common.state)}
          style={{ minWidth: 180 }}
          allowClear
        />
      }
    />
  )
}
