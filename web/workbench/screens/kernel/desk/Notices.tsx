import { Link } from '@tanstack/react-router'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import type { Me } from '@zhenghe/server/service/identity/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { deskWords as words } from '../../../texts/desk.ts'

/** What the person should set right about their own account before work needs it. */
function noticesFor(me: Me): Text[] {
  const grants = me.holdings.some(({ right }) => right === 'exchange.answer')
  return [...(me.secondFactor || me.passkeys > 0 ? [] : [words.noticeFactor]), ...(grants && !me.signingKey ? [words.noticeKey] : [])]
}

export function Notices({ me }: { me: Me }) {
  const { say } = useLanguage()
  const notices = noticesFor(me)
  return (
    <Section title={say(words.notices)}>
      {notices.length === 0 && <p className="faint">{say(words.noNotices)}</p>}
      <ul className="todo-list">
        {notices.map((notice) => (
          <li key={notice.zh}>
            <span className="todo-title">{say(notice)}</span>
            <Link to="/account">{say(words.toSecurity)}</Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
