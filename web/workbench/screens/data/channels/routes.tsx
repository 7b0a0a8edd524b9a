import { NodeExpandOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { channelWords } from '../../../texts/channels.ts'

export const channels: ScreenModule = {
  routes: [
    { path: '/channels', load: () => import('./ChannelsScreen.tsx').then(({ ChannelsScreen }) => ChannelsScreen) },
    { path: '/channels/new', load: () => import('./ChannelFormScreen.tsx').then(({ NewChannelScreen }) => NewChannelScreen) },
    { path: '/channels/import', load: () => import('./ImportScreen.tsx').then(({ ImportScreen }) => ImportScreen) },
    { path: '/channels/$id', load: () => import('./ChannelScreen.tsx').then(({ ChannelScreen }) => ChannelScreen) },
    { path: '/channels/$id/revise', load: () => import('./ChannelFormScreen.tsx').then(({ ReviseChannelScreen }) => ReviseChannelScreen) },
  ],
  menu: [{ path: '/channels', text: channelWords.channels, icon: <NodeExpandOutlined />, group: 'links', rights: ['channels.register', 'channels.supervise'] }],
}
