import { ClusterOutlined, FileAddOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { applicationWords } from '../../../texts/applications.ts'
import { nodeWords as words } from '../../../texts/nodes.ts'

export const nodes: ScreenModule = {
  routes: [
    { path: '/exchange/nodes', load: () => import('./NodesScreen.tsx').then(({ NodesScreen }) => NodesScreen) },
    { path: '/exchange/nodes/apply', load: () => import('./ApplyScreen.tsx').then(({ ApplyScreen }) => ApplyScreen) },
    { path: '/exchange/nodes/applications', load: () => import('./ApplicationsScreen.tsx').then(({ ApplicationsScreen }) => ApplicationsScreen) },
    { path: '/exchange/nodes/applications/$id', load: () => import('./ApplicationScreen.tsx').then(({ ApplicationScreen }) => ApplicationScreen) },
    { path: '/exchange/nodes/$id', load: () => import('./NodeScreen.tsx').then(({ NodeScreen }) => NodeScreen) },
    { path: '/exchange/nodes/$id/stores/$store', load: () => import('./SchemaScreen.tsx').then(({ SchemaScreen }) => SchemaScreen) },
  ],
  menu: [
    { path: '/exchange/nodes', text: words.nodes, icon: <ClusterOutlined />, group: 'links' },
    {
      path: '/exchange/nodes/applications',
      text: applicationWords.applications,
      icon: <FileAddOutlined />,
      group: 'links',
      rights: ['nodes.apply', 'nodes.allocate', 'nodes.operate'],
    },
  ],
}
