import type { Account } from '@zhenghe/server/service/identity/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { identity } from '../../../api/identity.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { useMe } from '../../../session.ts'
import { accountWords as words } from '../../../texts/account.ts'
import type { NewPassword } from './OneTimePassword.tsx'

export type AccountRow = Account & { personName: string }

/** What a security administrator may do to somebody else's account. */
export function AccountActions({ account, onPassword }: { account: AccountRow; onPassword: (made: NewPassword) => void }) {
  const { say } = useLanguage()
  const me = useMe()
  const { person, personName: name, state } = account
  if (person === me.person.id || state === 'closed') return null
  return (
    <span className="row-acts">
      {state === 'locked' && (
        <ActButton type="link" size="small" act={() => identity.call.unlockAccount({ person })}>
          {say(words.unlock)}
        </ActButton>
      )}
      <ActButton
        type="link"
        size="small"
        act={() => identity.call.resetAccount({ person })}
        after={({ password, account: changed }) => onPassword({ title: words.accountReset, account: changed.name, password })}
        confirm={{ title: say(words.reset), content: say(words.resetAsk, { name }) }}
      >
        {say(words.reset)}
      </ActButton>
      <ActButton
        type="link"
        size="small"
        act={() => identity.call.closeAccount({ person })}
        confirm={{ title: say(words.close), content: say(words.closeAsk, { name }), danger: true }}
      >
        {say(words.close)}
      </ActButton>
    </span>
  )
}
