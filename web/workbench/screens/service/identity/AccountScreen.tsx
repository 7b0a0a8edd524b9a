import { useQuery } from '@tanstack/react-query'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { organizations } from '../../../api/organizations.ts'
import { useMe } from '../../../session.ts'
import { accountWords as words } from '../../../texts/account.ts'
import { common } from '../../../texts/common.ts'
import { PasskeysSection } from './PasskeysSection.tsx'
import { PasswordSection } from './PasswordSection.tsx'
import { SessionsSection } from './SessionsSection.tsx'
import { SigningKeySection } from './SigningKeySection.tsx'
import { TotpSection } from './TotpSection.tsx'
import './Account.css'

/** Everything about one's own account: how one signs in, where one is signed in, and the key one signs with. */
export function AccountScreen() {
  const { language, say } = useLanguage()
  const me = useMe()
  const posts = useQuery(organizations.query('posts', {}))
  const named = me.posts.map((code) => {
    const post = posts.data?.find((one) => one.code === code)
    return post ? (language === 'zh' ? post.nameZh : post.nameEn) : code
  })
  return (
    <Page title={say(words.myAccount)}>
      <Section>
        <KeyValue
          columns={3}
          pairs={[
            { label: say(common.person), value: me.person.name },
            { label: say(words.title), value: me.person.title },
            { label: say(common.unit), value: me.unit.name },
            { label: say(words.account), value: me.account },
            { label: say(words.posts), value: named.join(language === 'zh' ? '、' : ', ') },
          ]}
        />
      </Section>
      <div className="account">
        <div className="stack">
          <SigningKeySection />
          <TotpSection on={me.secondFactor} />
          <PasskeysSection />
        </div>
        <div className="stack">
          <SessionsSection />
          <PasswordSection />
        </div>
      </div>
    </Page>
  )
}
