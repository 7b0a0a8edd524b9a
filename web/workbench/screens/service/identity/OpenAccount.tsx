import { AccountName } from '@zhenghe/server/service/identity/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Drawer, Form, Input } from 'antd'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { PersonSelect } from '../../../parts/PersonSelect.tsx'
import { accountWords as words } from '../../../texts/account.ts'
import { common } from '../../../texts/common.ts'
import { signInWords } from '../../../texts/sign-in.ts'
import type { NewPassword } from './OneTimePassword.tsx'

type OpenAccountProps = { open: boolean; onClose: () => void; onPassword: (made: NewPassword) => void }

/** Opens an account for a person who has none. */
export function OpenAccount({ open, onClose, onPassword }: OpenAccountProps) {
  const { say } = useLanguage()
  const act = useAct(identity.call.openAccount, ({ account, password }) => {
    onClose()
    onPassword({ title: words.accountOpened, account: account.name, password })
  })
  const shape = (_: unknown, value = '') =>
    AccountName.safeParse(value).success ? Promise.resolve() : Promise.reject(new Error(say(signInWords.accountShape)))
  return (
    <Drawer open={open} onClose={onClose} title={say(words.openAccount)} size={420} destroyOnHidden>
      <SheetForm<{ person: string; name: string }> name="open-account" submit={say(words.openAccount)} onSubmit={act.run} busy={act.busy} error={act.error}>
        <Form.Item name="person" label={say(common.person)} required rules={[{ required: true, message: say(common.choose, { field: say(common.person) }) }]}>
          <PersonSelect />
        </Form.Item>
        <Form.Item name="name" label={say(words.accountName)} required rules={[{ validator: shape }]}>
          <Input autoComplete="off" autoCapitalize="none" spellCheck={false} />
        </Form.Item>
      </SheetForm>
    </Drawer>
  )
}
