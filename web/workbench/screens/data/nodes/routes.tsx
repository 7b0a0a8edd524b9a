import { ClusterOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { nodeWords as words } from '../../../texts/nodes.ts'

export const nodes: ScreenModule = {
  routes: [
    { path: '/exchange/nodes', load: () => import('./NodesScreen.tsx').then(({ NodesScreen }) => NodesScreen) },
    { path: '/exchange/nodes/$id', load: () => import('./NodeScreen.tsx').then(({ NodeScreen }) => NodeScreen) },
    { path: '/exchange/nodes/$id/stores/$store', load: () => import('./SchemaScreen.tsx').then(({ SchemaScreen }) => SchemaScreen) },
  ],
  menu: [{ path: '/exchange/nodes', text: words.nodes, icon: <ClusterOutlined />, group: 'exchange' }],
}
