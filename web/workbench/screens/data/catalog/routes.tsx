import { AuditOutlined, DatabaseOutlined, FormOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { catalogWords as words } from '../../../texts/catalog.ts'

export const catalog: ScreenModule = {
  routes: [
    { path: '/catalog', load: () => import('./SearchScreen.tsx').then(({ SearchScreen }) => SearchScreen) },
    { path: '/catalog/mine', load: () => import('./MyEntriesScreen.tsx').then(({ MyEntriesScreen }) => MyEntriesScreen) },
    { path: '/catalog/review', load: () => import('./ReviewQueueScreen.tsx').then(({ ReviewQueueScreen }) => ReviewQueueScreen) },
    { path: '/catalog/new', load: () => import('./NewEntryScreen.tsx').then(({ NewEntryScreen }) => NewEntryScreen) },
    { path: '/catalog/$id', load: () => import('./EntryScreen.tsx').then(({ EntryScreen }) => EntryScreen) },
    { path: '/catalog/$id/edit', load: () => import('./CompileScreen.tsx').then(({ CompileScreen }) => CompileScreen) },
    { path: '/catalog/$id/check', load: () => import('./CheckScreen.tsx').then(({ CheckScreen }) => CheckScreen) },
    { path: '/catalog/$id/bind', load: () => import('./BindScreen.tsx').then(({ BindScreen }) => BindScreen) },
    { path: '/catalog/$id/review', load: () => import('./ReviewScreen.tsx').then(({ ReviewScreen }) => ReviewScreen) },
  ],
  menu: [
    { path: '/catalog', text: words.catalogue, icon: <DatabaseOutlined />, group: 'data', phone: true },
    { path: '/catalog/mine', text: words.mine, icon: <FormOutlined />, group: 'data', rights: ['catalog.compile'] },
    { path: '/catalog/review', text: words.review, icon: <AuditOutlined />, group: 'data', rights: ['catalog.review', 'catalog.publish'] },
  ],
}
