import { Link } from '@tanstack/react-router'
import { isUscc } from '@zhenghe/server/kernel/identifiers.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { AccountName, ADMINISTRATORS, type Administrator, type FirstRun } from '@zhenghe/server/service/identity/contract.ts'
import { Empty } from '@zhenghe/ui/Empty.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Form, Input } from 'antd'
import type { ReactNode } from 'react'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { common } from '../../../texts/common.ts'
import { signInWords as words } from '../../../texts/sign-in.ts'
import { Gate } from './Gate.tsx'
import { SHORTEST_PASSWORD } from './PasswordFields.tsx'

const HELP: Record<Administrator, Text> = { system: words.systemHelp, security: words.securityHelp, audit: words.auditHelp }

/** Sets up an empty platform: division, unit, and the three separated administrators, each with a password of their own. */
export function FirstRunScreen() {
  const { say } = useLanguage()
  const found = useAct((input: FirstRun) => identity.call.firstRun(input))
  if (found.done)
    return (
      <Gate title={say(words.firstRun)}>
        <Empty title={say(words.founded)} next={say(words.foundedNext)} action={<Link to="/sign-in">{say(words.toSignIn)}</Link>} />
      </Gate>
    )
  return (
    <Gate title={say(words.firstRun)} lead={say(words.firstRunLead)} wide>
      <SheetForm<FirstRun> name="first-run" submit={say(words.doSetUp)} onSubmit={found.run} busy={found.busy} error={found.error}>
        <Field path={['secret']} label={words.secret} help={words.secretHelp} />
        <Group title={words.divisionSection}>
          <Field path={['division', 'code']} label={words.divisionCode} fits={(value) => /^\d{6}$/.test(value)} wrong={words.divisionCodeShape} />
          <Field path={['division', 'name']} label={words.divisionName} />
        </Group>
        <Group title={words.unitSection}>
          <Field path={['unit', 'name']} label={words.unitName} />
          <Field path={['unit', 'shortName']} label={words.unitShortName} />
          <Field path={['unit', 'uscc']} label={words.uscc} fits={isUscc} wrong={words.usccShape} />
        </Group>
        {ADMINISTRATORS.map((side) => (
          <Founder key={side} side={side} />
        ))}
      </SheetForm>
    </Gate>
  )
}

function Founder({ side }: { side: Administrator }) {
  const path = (field: string) => ['administrators', side, field]
  const of = words[side]
  return (
    <Group title={words[side]} help={HELP[side]}>
      <Field of={of} path={path('name')} label={words.personName} />
      <Field of={of} path={path('title')} label={words.personTitle} />
      <Field of={of} path={path('phone')} label={words.personPhone} />
      <Field of={of} path={path('account')} label={words.account} fits={(value) => AccountName.safeParse(value).success} wrong={words.accountShape} />
      <Field of={of} path={path('password')} label={words.password} fits={(value) => value.length >= SHORTEST_PASSWORD} wrong={words.passwordShort} secret />
    </Group>
  )
}

function Group({ title, help, children }: { title: Text; help?: Text; children: ReactNode }) {
  const { say } = useLanguage()
  return (
    <fieldset>
      <legend>{say(title)}</legend>
      {help && <p className="faint">{say(help)}</p>}
      <div className="gate-fields">{children}</div>
    </fieldset>
  )
}

type FieldProps = {
  path: string[]
  label: Text
  /** Whose field it is, for messages that stand apart from it. */
  of?: Text
  help?: Text
  fits?: (value: string) => boolean
  wrong?: Text
  secret?: boolean
}

function Field({ path, label, of, help, fits = () => true, wrong = label, secret }: FieldProps) {
  const { say } = useLanguage()
  const whose = of ? `${say(of)} · ` : ''
  const missing = { required: true, message: whose + say(common.required, { field: say(label) }) }
  const shape = { validator: (_: unknown, value = '') => (fits(value) ? Promise.resolve() : Promise.reject(new Error(whose + say(wrong)))) }
  return (
    <Form.Item name={path} label={say(label)} extra={help && say(help)} required rules={[missing, shape]} validateFirst>
      {secret ? <Input.Password autoComplete="new-password" /> : <Input autoComplete="off" spellCheck={false} />}
    </Form.Item>
  )
}
