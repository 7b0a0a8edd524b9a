import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Button, Form, Input, QRCode } from 'antd'
import { useState } from 'react'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { accountWords as words } from '../../../texts/account.ts'
import { common } from '../../../texts/common.ts'
import { signInWords } from '../../../texts/sign-in.ts'

type Begun = { secret: string; uri: string }

/** One-time codes: begin, scan, confirm with one code; turn off with the password. */
export function TotpSection({ on }: { on: boolean }) {
  const { say } = useLanguage()
  const [begun, setBegun] = useState<Begun>()
  const begin = useAct(() => identity.call.beginTotp({}), setBegun)
  return (
    <Section title={say(words.totp)}>
      <p className="account-lead">{say(on ? words.totpOn : words.totpOff)}</p>
      {begin.error && <Problem error={begin.error} />}
      {on && <Removal />}
      {!on && begun && <Setup begun={begun} done={() => setBegun(undefined)} />}
      {!on && !begun && (
        <Button loading={begin.busy} onClick={() => begin.run(undefined)}>
          {say(words.totpBegin)}
        </Button>
      )}
    </Section>
  )
}

function Setup({ begun: { secret, uri }, done }: { begun: Begun; done: () => void }) {
  const { say } = useLanguage()
  const confirm = useAct((input: { code: string }) => identity.call.confirmTotp(input), done)
  return (
    <div className="totp-setup">
      <QRCode value={uri} size={168} type="svg" bordered={false} role="img" aria-label={say(words.totpQr)} />
      <div className="stack">
        <div>
          <p>{say(words.totpScan)}</p>
          <Copyable text={secret} shown={secret.replace(/(.{4})(?=.)/g, '$1 ')} />
        </div>
        <SheetForm<{ code: string }>
          name="totp"
          submit={say(common.confirm)}
          onSubmit={confirm.run}
          busy={confirm.busy}
          error={confirm.error}
          extra={<Button onClick={done}>{say(common.cancel)}</Button>}
        >
          <Form.Item name="code" label={say(words.totpConfirm)} required rules={[{ required: true, pattern: /^\d{6}$/, message: say(signInWords.codeShape) }]}>
            <Input inputMode="numeric" maxLength={6} autoComplete="one-time-code" />
          </Form.Item>
        </SheetForm>
      </div>
    </div>
  )
}

function Removal() {
  const { say } = useLanguage()
  const [asking, setAsking] = useState(false)
  const remove = useAct((input: { password: string }) => identity.call.removeTotp(input))
  if (!asking) return <Button onClick={() => setAsking(true)}>{say(words.totpRemove)}</Button>
  return (
    <SheetForm<{ password: string }>
      name="totp-remove"
      submit={say(words.totpRemove)}
      onSubmit={remove.run}
      busy={remove.busy}
      error={remove.error}
      extra={<Button onClick={() => setAsking(false)}>{say(common.cancel)}</Button>}
    >
      <Form.Item
        name="password"
        label={say(words.totpRemoveAsk)}
        required
        rules={[{ required: true, message: say(common.required, { field: say(words.password) }) }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
    </SheetForm>
  )
}
