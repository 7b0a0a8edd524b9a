import {
  DashboardOutlined,
  FileProtectOutlined,
  InteractionOutlined,
  NodeIndexOutlined,
  ScheduleOutlined,
  SolutionOutlined,
  SwapOutlined,
} from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { deliveryWords, overviewWords, quarantineWords, subscriptionWords } from '../../../texts/deliveries.ts'
import { grantWords } from '../../../texts/grants.ts'
import { pushWords } from '../../../texts/pushes.ts'
import { requestWords } from '../../../texts/requests.ts'

export const exchange: ScreenModule = {
  routes: [
    { path: '/exchange', load: () => import('./OverviewScreen.tsx').then(({ OverviewScreen }) => OverviewScreen) },
    { path: '/catalog/$id/request', load: () => import('./RequestFormScreen.tsx').then(({ RequestFormScreen }) => RequestFormScreen) },
    { path: '/exchange/requests', load: () => import('./RequestsScreen.tsx').then(({ RequestsScreen }) => RequestsScreen) },
    { path: '/exchange/requests/$id', load: () => import('./RequestScreen.tsx').then(({ RequestScreen }) => RequestScreen) },
    { path: '/exchange/requests/$id/answer', load: () => import('./AnswerScreen.tsx').then(({ AnswerScreen }) => AnswerScreen) },
    { path: '/exchange/grants', load: () => import('./GrantsScreen.tsx').then(({ GrantsScreen }) => GrantsScreen) },
    { path: '/exchange/grants/$id', load: () => import('./GrantScreen.tsx').then(({ GrantScreen }) => GrantScreen) },
    { path: '/exchange/grants/$id/subscribe', load: () => import('./SubscribeScreen.tsx').then(({ SubscribeScreen }) => SubscribeScreen) },
    { path: '/exchange/subscriptions', load: () => import('./SubscriptionsScreen.tsx').then(({ SubscriptionsScreen }) => SubscriptionsScreen) },
    { path: '/exchange/subscriptions/$id', load: () => import('./SubscriptionScreen.tsx').then(({ SubscriptionScreen }) => SubscriptionScreen) },
    { path: '/exchange/reconciliations/$id', load: () => import('./ReconciliationScreen.tsx').then(({ ReconciliationScreen }) => ReconciliationScreen) },
    { path: '/exchange/subscriptions/$id/push', load: () => import('./PushFormScreen.tsx').then(({ NewPushScreen }) => NewPushScreen) },
    { path: '/exchange/pushes', load: () => import('./PushesScreen.tsx').then(({ PushesScreen }) => PushesScreen) },
    { path: '/exchange/pushes/$id', load: () => import('./PushScreen.tsx').then(({ PushScreen }) => PushScreen) },
    { path: '/exchange/pushes/$id/edit', load: () => import('./PushFormScreen.tsx').then(({ EditPushScreen }) => EditPushScreen) },
    { path: '/exchange/deliveries', load: () => import('./DeliveriesScreen.tsx').then(({ DeliveriesScreen }) => DeliveriesScreen) },
    { path: '/exchange/deliveries/$id', load: () => import('./DeliveryScreen.tsx').then(({ DeliveryScreen }) => DeliveryScreen) },
    { path: '/exchange/quarantine', load: () => import('./QuarantineScreen.tsx').then(({ QuarantineScreen }) => QuarantineScreen) },
  ],
  menu: [
    { path: '/exchange', text: overviewWords.overview, icon: <DashboardOutlined />, group: 'exchange' },
    { path: '/exchange/requests', text: requestWords.requests, icon: <SolutionOutlined />, group: 'exchange', phone: true },
    { path: '/exchange/grants', text: grantWords.grants, icon: <FileProtectOutlined />, group: 'exchange' },
    { path: '/exchange/subscriptions', text: subscriptionWords.subscriptions, icon: <NodeIndexOutlined />, group: 'exchange' },
    { path: '/exchange/pushes', text: pushWords.pushes, icon: <ScheduleOutlined />, group: 'exchange' },
    { path: '/exchange/deliveries', text: deliveryWords.deliveries, icon: <SwapOutlined />, group: 'exchange', phone: true },
    { path: '/exchange/quarantine', text: quarantineWords.quarantine, icon: <InteractionOutlined />, group: 'exchange', rights: ['exchange.quarantine'] },
  ],
}
