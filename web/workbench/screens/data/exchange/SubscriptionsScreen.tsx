import { useNavigate } from '@tanstack/react-router'
import type { Subscription } from '@zhenghe/server/data/exchange/subscription.contract.ts'
import { deliveryModes } from '@zhenghe/server/data/exchange/texts.ts'
import { type Column, DataTable } from '@zhenghe/ui/DataTable.tsx'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { formatCount } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { exchange } from '../../../api/exchange.ts'
import { usePages } from '../../../hooks/usePages.ts'
import { common } from '../../../texts/common.ts'
import { subscriptionWords as words } from '../../../texts/deliveries.ts'
import { saySchedule } from './schedule-words.ts'
import { subscriptionLook } from './subscription-look.ts'

/** Where granted rows go, and when they last did. */
export function SubscriptionsScreen() {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const { rows, total, paging, busy, error, retry } = usePages({}, (after) => exchange.query('subscriptions', after ? { after } : {}))
  const columns: Column<Subscription>[] = [
    { key: 'resource', title: words.resource, lead: true, render: ({ entryName }) => entryName },
    { key: 'state', title: common.state, render: (one) => <StateTag look={subscriptionLook(one)} /> },
    { key: 'provider', title: words.provider, render: ({ providerName }) => providerName },
    { key: 'consumer', title: words.consumer, render: ({ consumerName }) => consumerName },
    { key: 'target', title: words.target, render: ({ schema, table }) => <span className="mono">{`${schema}.${table}`}</span> },
    { key: 'mode', title: words.mode, render: ({ mode }) => say(deliveryModes[mode]) },
    { key: 'schedule', title: words.schedule, render: ({ schedule }) => saySchedule(schedule, language) },
    {
      key: 'last',
      title: words.last,
      render: ({ lastDelivery }) =>
        lastDelivery ? (
          <>
            <Moment value={lastDelivery.at} /> <span className="faint number">{say(words.rows, { rows: formatCount(lastDelivery.loaded) })}</span>
          </>
        ) : (
          <span className="faint">—</span>
        ),
    },
  ]
  return (
    <Page title={say(words.subscriptions)} lead={say(words.lead)}>
      <DataTable
        id="subscriptions"
        label={say(words.subscriptions)}
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        total={total}
        paging={paging}
        busy={busy}
        onOpen={({ id }) => void navigate({ to: `/exchange/subscriptions/${id}` })}
        problem={error !== undefined && <Problem error={error} onRetry={retry} />}
        empty={<Empty title={say(words.empty)} next={say(words.emptyNext)} />}
      />
    </Page>
  )
}
