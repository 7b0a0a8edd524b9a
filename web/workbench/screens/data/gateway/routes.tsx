import { ApiOutlined, BarChartOutlined, FileDoneOutlined, KeyOutlined, LinkOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { accessWords, upstreamWords, gatewayWords as words } from '../../../texts/gateway.ts'

export const gateway: ScreenModule = {
  routes: [
    { path: '/interfaces', load: () => import('./ApisScreen.tsx').then(({ ApisScreen }) => ApisScreen) },
    { path: '/interfaces/register', load: () => import('./RegisterScreen.tsx').then(({ RegisterScreen }) => RegisterScreen) },
    { path: '/interfaces/keys', load: () => import('./KeysScreen.tsx').then(({ KeysScreen }) => KeysScreen) },
    { path: '/interfaces/usage', load: () => import('./UsageScreen.tsx').then(({ UsageScreen }) => UsageScreen) },
    { path: '/interfaces/upstreams', load: () => import('./UpstreamsScreen.tsx').then(({ UpstreamsScreen }) => UpstreamsScreen) },
    { path: '/interfaces/accesses', load: () => import('./AccessesScreen.tsx').then(({ AccessesScreen }) => AccessesScreen) },
    { path: '/interfaces/accesses/$id', load: () => import('./AccessScreen.tsx').then(({ AccessScreen }) => AccessScreen) },
    { path: '/interfaces/$id', load: () => import('./ApiScreen.tsx').then(({ ApiScreen }) => ApiScreen) },
    { path: '/interfaces/$id/draft', load: () => import('./RegisterScreen.tsx').then(({ DraftScreen }) => DraftScreen) },
    { path: '/interfaces/$id/try', load: () => import('./TryScreen.tsx').then(({ TryScreen }) => TryScreen) },
  ],
  menu: [
    { path: '/interfaces', text: words.apis, icon: <ApiOutlined />, group: 'interfaces' },
    { path: '/interfaces/accesses', text: accessWords.accesses, icon: <FileDoneOutlined />, group: 'interfaces' },
    { path: '/interfaces/keys', text: words.keys, icon: <KeyOutlined />, group: 'interfaces', rights: ['gateway.keys'] },
    { path: '/interfaces/usage', text: words.usage, icon: <BarChartOutlined />, group: 'interfaces' },
    { path: '/interfaces/upstreams', text: upstreamWords.upstreams, icon: <LinkOutlined />, group: 'platform', rights: ['gateway.allow_upstream'] },
  ],
}
