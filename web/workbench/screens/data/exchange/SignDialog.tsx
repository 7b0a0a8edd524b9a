import type { SigningKey } from '@zhenghe/server/service/identity/contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { signInBrowser } from '@zhenghe/wire/browser-sign.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { GRANT } from '@zhenghe/wire/signed.ts'
import { Input, Modal } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { unlockSigningKey } from '../../../signing-key.ts'
import { common } from '../../../texts/common.ts'
import { answerWords as words } from '../../../texts/grants.ts'

type SignDialogProps = { request: string; text: string; signingKey: SigningKey; onSigned: () => void; onClose: () => void }

/** Opens the approver's key with the PIN, in this browser only, signs the grant's text and hands it in. */
export function SignDialog({ request, text, signingKey, onSigned, onClose }: SignDialogProps) {
  const { say } = useLanguage()
  const [pin, setPin] = useState('')
  const { run, busy, error, reset } = useAct(async () => {
    const key = await unlockSigningKey(signingKey, pin)
    return exchange.call.grant({ id: request, signed: await signInBrowser(GRANT, JSON.parse(text), key) })
  }, onSigned)
  const wire = error instanceof WireError ? error : undefined
  const submit = () => pin && !busy && run(undefined)
  return (
    <Modal
      open
      title={say(words.signTitle)}
      okText={say(words.sign)}
      cancelText={say(common.cancel)}
      okButtonProps={{ loading: busy, disabled: pin === '' }}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="stack">
        <Field id="pin" label={say(words.pin)} hint={say(words.signHint)} error={wire && say(wire.code === 'wrong_pin' ? words.wrongPin : words.badKey)}>
          {(control) => (
            <Input.Password
              {...control}
              value={pin}
              autoFocus
              autoComplete="off"
              onChange={({ target }) => {
                setPin(target.value)
                reset()
              }}
              onPressEnter={submit}
            />
          )}
        </Field>
        {busy && <p role="status">{say(words.unlocking)}</p>}
        {error && !wire && <Problem error={error} />}
      </div>
    </Modal>
  )
}
