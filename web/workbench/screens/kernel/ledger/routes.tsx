import { SafetyCertificateOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { ledgerWords as words } from '../../../texts/ledger.ts'

export const ledger: ScreenModule = {
  routes: [{ path: '/ledger', load: () => import('./LedgerScreen.tsx').then(({ LedgerScreen }) => LedgerScreen) }],
  menu: [{ path: '/ledger', text: words.ledger, icon: <SafetyCertificateOutlined />, group: 'trust' }],
}
