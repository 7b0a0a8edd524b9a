import { MonitorOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { monitorWords as words } from '../../../texts/monitor.ts'

export const exchangeOperations: ScreenModule = {
  routes: [{ path: '/exchange/monitor', load: () => import('./MonitorScreen.tsx').then(({ MonitorScreen }) => MonitorScreen) }],
  menu: [
    {
      ...{ path: '/exchange/monitor', text: words.monitor, icon: <MonitorOutlined />, group: 'exchange' },
      rights: ['nodes.operate', 'nodes.supervise', 'exchange.supervise', 'exchange.receive'],
    },
  ],
}
