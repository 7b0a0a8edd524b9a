import { OrderedListOutlined, PullRequestOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { demandWords, listWords } from '../../../texts/demand.ts'

export const demand: ScreenModule = {
  routes: [
    { path: '/demand', load: () => import('./NeedsScreen.tsx').then(({ NeedsScreen }) => NeedsScreen) },
    { path: '/demand/new', load: () => import('./NeedFormScreen.tsx').then(({ NewNeedScreen }) => NewNeedScreen) },
    { path: '/demand/lists', load: () => import('./ListsScreen.tsx').then(({ ListsScreen }) => ListsScreen) },
    { path: '/demand/editions/$id', load: () => import('./EditionScreen.tsx').then(({ EditionScreen }) => EditionScreen) },
    { path: '/demand/negative/$id', load: () => import('./NegativeScreen.tsx').then(({ NegativeScreen }) => NegativeScreen) },
    { path: '/demand/$id', load: () => import('./NeedScreen.tsx').then(({ NeedScreen }) => NeedScreen) },
    { path: '/demand/$id/again', load: () => import('./NeedFormScreen.tsx').then(({ AskAgainScreen }) => AskAgainScreen) },
    { path: '/demand/$id/conclude', load: () => import('./ConclusionScreen.tsx').then(({ ConclusionScreen }) => ConclusionScreen) },
  ],
  menu: [
    { path: '/demand', text: demandWords.demand, icon: <PullRequestOutlined />, group: 'data' },
    { path: '/demand/lists', text: listWords.lists, icon: <OrderedListOutlined />, group: 'data' },
  ],
}
