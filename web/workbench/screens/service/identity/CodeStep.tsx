import { KeyOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import type { SignInResult } from '@zhenghe/server/service/identity/contract.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Button, Form, Input } from 'antd'
import { identity } from '../../../api/identity.ts'
import { signInWords as words } from '../../../texts/sign-in.ts'
import { Gate } from './Gate.tsx'
import { signInByPasskey } from './passkey.ts'

type CodeStepProps = {
  step: Extract<SignInResult, { step: 'second_factor' }>
  arrived: (result: SignInResult) => void
  startAgain: () => void
}

/** The second factor: a one-time code, or a passkey where the account has one. */
export function CodeStep({ step: { ticket, methods }, arrived, startAgain }: CodeStepProps) {
  const { say } = useLanguage()
  const code = useMutation({ mutationFn: (input: { code: string }) => identity.call.secondFactor({ ticket, ...input }), onSuccess: arrived })
  const passkey = useMutation({ mutationFn: () => signInByPasskey(ticket), onSuccess: arrived })
  const byPasskey = methods.includes('passkey') && (
    <Button icon={<KeyOutlined />} loading={passkey.isPending} onClick={() => passkey.mutate()}>
      {say(words.withPasskey)}
    </Button>
  )
  const again = (
    <Button type="text" onClick={startAgain}>
      {say(words.startAgain)}
    </Button>
  )
  if (!methods.includes('totp'))
    return (
      <Gate title={say(words.secondStep)}>
        <div className="stack">
          {passkey.error && <Problem error={passkey.error} />}
          <div className="row">
            {byPasskey}
            {again}
          </div>
        </div>
      </Gate>
    )
  return (
    <Gate title={say(words.secondStep)} lead={say(words.codeHelp)}>
      <SheetForm<{ code: string }>
        name="second"
        submit={say(words.verify)}
        onSubmit={code.mutate}
        busy={code.isPending}
        error={code.error ?? passkey.error}
        extra={
          <>
            {byPasskey}
            {again}
          </>
        }
      >
        <Form.Item name="code" label={say(words.code)} rules={[{ pattern: /^\d{6}$/, required: true, message: say(words.codeShape) }]} required>
          <Input autoComplete="one-time-code" inputMode="numeric" maxLength={6} autoFocus />
        </Form.Item>
      </SheetForm>
    </Gate>
  )
}
