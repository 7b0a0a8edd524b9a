import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { App, Form } from 'antd'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { accountWords } from '../../../texts/account.ts'
import { signInWords as words } from '../../../texts/sign-in.ts'
import { type PasswordChange, PasswordFields } from './PasswordFields.tsx'

export function PasswordSection() {
  const { say } = useLanguage()
  const { message } = App.useApp()
  const [form] = Form.useForm<PasswordChange>()
  const change = useAct(
    ({ old, next }: PasswordChange) => identity.call.changePassword({ old, new: next }),
    () => {
      form.resetFields()
      void message.success(say(words.passwordSaved))
    },
  )
  return (
    <Section title={say(accountWords.password)}>
      <SheetForm<PasswordChange> name="password" form={form} submit={say(words.setPassword)} onSubmit={change.run} busy={change.busy} error={change.error}>
        <PasswordFields />
      </SheetForm>
    </Section>
  )
}
