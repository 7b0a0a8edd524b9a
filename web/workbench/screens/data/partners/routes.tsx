import { ContactsOutlined } from '@ant-design/icons'
import type { ScreenModule } from '../../../screen.ts'
import { partnerWords } from '../../../texts/partners.ts'

export const partners: ScreenModule = {
  routes: [
    { path: '/partners', load: () => import('./PartnersScreen.tsx').then(({ PartnersScreen }) => PartnersScreen) },
    { path: '/partners/new', load: () => import('./AgreementFormScreen.tsx').then(({ NewAgreementScreen }) => NewAgreementScreen) },
    { path: '/partners/$id', load: () => import('./AgreementScreen.tsx').then(({ AgreementScreen }) => AgreementScreen) },
    { path: '/partners/$id/revise', load: () => import('./AgreementFormScreen.tsx').then(({ ReviseAgreementScreen }) => ReviseAgreementScreen) },
  ],
  menu: [{ path: '/partners', text: partnerWords.partners, icon: <ContactsOutlined />, group: 'links' }],
}
