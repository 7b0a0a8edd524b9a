import { BookOutlined, TagsOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { standardWords as words } from '../../../texts/standards.ts'

export const standards: ScreenModule = {
  routes: [
    { path: '/standards/codes', load: () => import('./CodeTablesScreen.tsx').then(({ CodeTablesScreen }) => CodeTablesScreen) },
    { path: '/standards/codes/$name', load: () => import('./CodeTableScreen.tsx').then(({ CodeTableScreen }) => CodeTableScreen) },
    { path: '/standards/elements', load: () => import('./ElementsScreen.tsx').then(({ ElementsScreen }) => ElementsScreen) },
  ],
  menu: [
    { path: '/standards/codes', text: words.codeTables, icon: <BookOutlined />, group: 'city' },
    { path: '/standards/elements', text: words.elements, icon: <TagsOutlined />, group: 'city' },
  ],
}
