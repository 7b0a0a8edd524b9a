import { CalendarOutlined, HomeOutlined, LineChartOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { deskWords as words } from '../../../texts/desk.ts'

export const desk: ScreenModule = {
  routes: [
    { path: '/', load: () => import('./HomeScreen.tsx').then(({ HomeScreen }) => HomeScreen) },
    { path: '/facts', load: () => import('./FactsScreen.tsx').then(({ FactsScreen }) => FactsScreen) },
    { path: '/calendar', load: () => import('./CalendarScreen.tsx').then(({ CalendarScreen }) => CalendarScreen) },
  ],
  menu: [
    { path: '/', text: words.home, icon: <HomeOutlined />, group: 'home', phone: true },
    { path: '/facts', text: words.facts, icon: <LineChartOutlined />, group: 'home' },
    { path: '/calendar', text: words.calendar, icon: <CalendarOutlined />, group: 'platform', rights: ['kernel.calendar'] },
  ],
}
