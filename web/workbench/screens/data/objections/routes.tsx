import { ExceptionOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { objectionWords as words } from '../../../texts/objections.ts'

export const objections: ScreenModule = {
  routes: [
    { path: '/objections', load: () => import('./ObjectionsScreen.tsx').then(({ ObjectionsScreen }) => ObjectionsScreen) },
    { path: '/objections/new', load: () => import('./RaiseScreen.tsx').then(({ RaiseScreen }) => RaiseScreen) },
    { path: '/objections/$id', load: () => import('./ObjectionScreen.tsx').then(({ ObjectionScreen }) => ObjectionScreen) },
  ],
  menu: [{ path: '/objections', text: words.objections, icon: <ExceptionOutlined />, group: 'exchange' }],
}
