import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Subscription } from '@zhenghe/server/data/exchange/subscription.contract.ts'
import { deliveryModes } from '@zhenghe/server/data/exchange/texts.ts'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { StateTag } from '@zhenghe/ui/StateTag.tsx'
import { exchange } from '../../../api/exchange.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { History } from '../../../parts/History.tsx'
import { Loaded } from '../../../parts/Loaded.tsx'
import { deliveryWords, planWords, subscriptionWords as words } from '../../../texts/deliveries.ts'
import { cursorWords } from './cursor-words.ts'
import { DeliveriesTable } from './DeliveriesTable.tsx'
import { NextDelivery } from './NextDelivery.tsx'
import { Reconciliations } from './Reconciliations.tsx'
import { SubscriptionPushes } from './SubscriptionPushes.tsx'
import { saySchedule } from './schedule-words.ts'
import { subscriptionLook } from './subscription-look.ts'
import { subscriptionOf } from './subscription-of.ts'

const crumbsOf = (label: string) => [{ key: 'subscriptions', link: <Link to="/exchange/subscriptions">{label}</Link> }]

/** One subscription: where its rows go, its deliveries, its reconciliations. */
export function SubscriptionScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ queryKey: ['exchange', 'subscription', id], queryFn: () => subscriptionOf(id) })
  return (
    <Loaded query={query} title={say(words.subscriptions)} crumbs={crumbsOf(say(words.subscriptions))}>
      {(subscription) => <SubscriptionPage subscription={subscription} />}
    </Loaded>
  )
}

function SubscriptionPage({ subscription }: { subscription: Subscription }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const { id, entryName, stoppedAt } = subscription
  const receives = useMayAt(subscription.consumer)('exchange.receive') && !stoppedAt
  return (
    <Page
      title={say(words.title, { name: entryName })}
      crumbs={crumbsOf(say(words.subscriptions))}
      state={<StateTag look={subscriptionLook(subscription)} />}
      lead={`${subscription.providerName} → ${subscription.consumerName}`}
      action={
        receives && (
          <>
            <ActButton act={() => exchange.call.stopSubscription({ id })} confirm={{ title: say(words.stop), content: say(words.stopWhat) }} danger>
              {say(words.stop)}
            </ActButton>
            <ActButton
              type="primary"
              act={() => exchange.call.deliver({ id })}
              after={(delivery) => void navigate({ to: `/exchange/deliveries/${delivery.id}` })}
            >
              {say(words.deliverNow)}
            </ActButton>
          </>
        )
      }
      aside={<History subject={`exchange.subscription:${id}`} />}
    >
      <Section title={say(words.facts)}>
        <KeyValue
          pairs={[
            { label: say(words.resource), value: <Link to={`/catalog/${subscription.entry}`}>{entryName}</Link> },
            { label: say(words.grant), value: <Link to={`/exchange/grants/${subscription.grant}`}>{say(words.seeGrant)}</Link> },
            { label: say(words.target), value: <span className="mono">{`${subscription.store} · ${subscription.schema}.${subscription.table}`}</span> },
            { label: say(words.mode), value: `${say(deliveryModes[subscription.mode])}　${saySchedule(subscription.schedule, language)}` },
            { label: say(words.madeAt), value: <Moment value={subscription.madeAt} /> },
            { label: say(words.cursor), value: subscription.cursor && cursorWords(subscription.cursor, language) },
            ...(receives ? [{ label: say(planWords.next), value: <NextDelivery subscription={id} /> }] : []),
          ]}
        />
      </Section>
      <SubscriptionPushes subscription={subscription} />
      <Reconciliations subscription={subscription} orders={receives} />
      <Section title={say(deliveryWords.deliveries)}>
        <DeliveriesTable subscription={id} />
      </Section>
    </Page>
  )
}
