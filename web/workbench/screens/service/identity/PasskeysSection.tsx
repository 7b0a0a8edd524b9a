import { type PublicKeyCredentialCreationOptionsJSON, startRegistration } from '@simplewebauthn/browser'
import { useQuery } from '@tanstack/react-query'
import { Refusal } from '@zhenghe/server/kernel/refusal.ts'
import type { Passkey } from '@zhenghe/server/service/identity/contract.ts'
import { formatMoment } from '@zhenghe/ui/format.ts'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import { Alert, Button, Form, Input, Popconfirm } from 'antd'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { accountWords as words } from '../../../texts/account.ts'
import { common } from '../../../texts/common.ts'
import { passkeysWork } from './passkey.ts'

/** One's own passkeys: add, see when they were used, remove. */
export function PasskeysSection() {
  const { say } = useLanguage()
  const { data } = useQuery(identity.query('passkeys', {}))
  return (
    <Section title={say(words.passkeys)}>
      <p className="account-lead">{say(passkeysWork() ? words.passkeysLead : words.passkeysUnsupported)}</p>
      {!data && <Lines count={2} />}
      <ul className="account-items">
        {data?.map((passkey) => (
          <PasskeyLine key={passkey.id} passkey={passkey} />
        ))}
      </ul>
      {passkeysWork() && <NewPasskey />}
    </Section>
  )
}

function PasskeyLine({ passkey: { id, name, madeAt, usedAt } }: { passkey: Passkey }) {
  const { language, say } = useLanguage()
  const remove = useAct(() => identity.call.removePasskey({ id }))
  return (
    <li>
      <div>
        <p>{name}</p>
        <p className="faint">
          {say(words.passkeyMade, { at: formatMoment(madeAt, language) })}
          {usedAt && `　${say(words.passkeyUsed, { at: formatMoment(usedAt, language) })}`}
        </p>
      </div>
      <Popconfirm title={say(words.passkeyRemoveAsk)} okText={say(words.passkeyRemove)} onConfirm={() => remove.run(undefined)}>
        <Button loading={remove.busy}>{say(words.passkeyRemove)}</Button>
      </Popconfirm>
    </li>
  )
}

function NewPasskey() {
  const { say } = useLanguage()
  const [form] = Form.useForm<{ name: string }>()
  const add = useAct(register, () => form.resetFields())
  const aborted = add.error instanceof Refusal && add.error.code === ABORTED
  return (
    <SheetForm<{ name: string }>
      name="passkey"
      form={form}
      submit={say(words.passkeyAdd)}
      onSubmit={add.run}
      busy={add.busy}
      error={aborted ? undefined : add.error}
    >
      {aborted && <Alert type="info" showIcon title={say(words.passkeyAborted)} style={{ marginBottom: 12 }} />}
      <Form.Item name="name" label={say(words.passkeyName)} required rules={[{ required: true, message: say(common.required, { field: say(common.name) }) }]}>
        <Input maxLength={60} />
      </Form.Item>
    </SheetForm>
  )
}

const ABORTED = 'passkey_aborted'

async function register({ name }: { name: string }): Promise<Passkey> {
  const { options } = await identity.call.passkeyRegistration({})
  const response = await startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON }).catch(() => {
    throw new Refusal(ABORTED)
  })
  return identity.call.registerPasskey({ name, response: { ...response } })
}
