import { LockOutlined, UserOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { accountWords as words } from '../../../texts/account.ts'

export const identity: ScreenModule = {
  routes: [
    { path: '/account', load: () => import('./AccountScreen.tsx').then(({ AccountScreen }) => AccountScreen) },
    { path: '/accounts', load: () => import('./AccountsScreen.tsx').then(({ AccountsScreen }) => AccountsScreen) },
  ],
  menu: [
    { path: '/accounts', text: words.accounts, icon: <LockOutlined />, group: 'city', rights: ['identity.administer'] },
    { path: '/account', text: words.myAccount, icon: <UserOutlined />, group: 'home', phone: true },
  ],
}
