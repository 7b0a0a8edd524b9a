import { ToolOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { operationsWords as words } from '../../../texts/operations.ts'

export const operations: ScreenModule = {
  routes: [{ path: '/operations', load: () => import('./OperationsScreen.tsx').then(({ OperationsScreen }) => OperationsScreen) }],
  menu: [{ path: '/operations', text: words.operations, icon: <ToolOutlined />, group: 'platform', rights: ['kernel.operate'] }],
}
