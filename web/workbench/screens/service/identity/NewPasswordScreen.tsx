import { useNavigate } from '@tanstack/react-router'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { signInWords as words } from '../../../texts/sign-in.ts'
import { Gate } from './Gate.tsx'
import { type PasswordChange, PasswordFields } from './PasswordFields.tsx'

/** Who signed in with a one-time password sets their own before anything else. */
export function NewPasswordScreen() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const change = useAct(
    ({ old, next }: PasswordChange) => identity.call.changePassword({ old, new: next }),
    () => void navigate({ to: '/' }),
  )
  return (
    <Gate title={say(words.newPassword)} lead={say(words.newPasswordLead)}>
      <SheetForm<PasswordChange> name="new-password" submit={say(words.setPassword)} onSubmit={change.run} busy={change.busy} error={change.error}>
        <PasswordFields />
      </SheetForm>
    </Gate>
  )
}
