import { ApartmentOutlined, IdcardOutlined, TeamOutlined, UsergroupAddOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { organizationWords as words } from '../../../texts/organizations.ts'

export const organizations: ScreenModule = {
  routes: [
    { path: '/organizations', load: () => import('./UnitsScreen.tsx').then(({ UnitsScreen }) => UnitsScreen) },
    { path: '/organizations/units/$id', load: () => import('./UnitScreen.tsx').then(({ UnitScreen }) => UnitScreen) },
    { path: '/people', load: () => import('./PeopleScreen.tsx').then(({ PeopleScreen }) => PeopleScreen) },
    { path: '/duties', load: () => import('./DutiesScreen.tsx').then(({ DutiesScreen }) => DutiesScreen) },
    { path: '/groups', load: () => import('./GroupsScreen.tsx').then(({ GroupsScreen }) => GroupsScreen) },
  ],
  menu: [
    { path: '/organizations', text: words.units, icon: <ApartmentOutlined />, group: 'city' },
    { path: '/people', text: words.people, icon: <TeamOutlined />, group: 'city' },
    { path: '/duties', text: words.duties, icon: <IdcardOutlined />, group: 'city' },
    { path: '/groups', text: words.groups, icon: <UsergroupAddOutlined />, group: 'city' },
  ],
}
