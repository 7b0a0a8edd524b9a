import type { ApiView } from '@zhenghe/server/data/gateway/api.contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { gateway } from '../../../api/gateway.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { common } from '../../../texts/common.ts'
import { credentialWords as words } from '../../../texts/gateway.ts'

type Behind = NonNullable<ApiView['upstream']>
const USUAL_HEADER = 'authorization'

/** How the platform shows itself to the system behind an interface; its publisher sets and removes it, nobody reads it. */
export function Credential({ upstream: { id, name, credentialHeader } }: { upstream: Behind }) {
  const { say } = useLanguage()
  const [open, setOpen] = useState(false)
  const remove = { title: say(words.remove), content: say(words.removeWhat, { name }), danger: true as const }
  return (
    <span className="row">
      {credentialHeader ? <span className="mono">{credentialHeader}</span> : <span>{say(words.none)}</span>}
      <Button size="small" onClick={() => setOpen(true)}>
        {say(credentialHeader ? words.replace : words.set)}
      </Button>
      {credentialHeader && (
        <ActButton danger size="small" act={() => gateway.call.setCredential({ id, credential: null })} confirm={remove}>
          {say(words.remove)}
        </ActButton>
      )}
      {open && <CredentialDialog id={id} header={credentialHeader ?? USUAL_HEADER} onClose={() => setOpen(false)} />}
    </span>
  )
}

function CredentialDialog({ id, header: before, onClose }: { id: string; header: string; onClose: () => void }) {
  const { say } = useLanguage()
  const [{ header, value }, setDraft] = useState({ header: before, value: '' })
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(gateway.call.setCredential, onClose)
  const lacking = (given: string, label: string) => (tried && given === '' ? say(common.required, { field: label }) : undefined)
  const submit = () => {
    setTried(true)
    if (header && value) run({ id, credential: { header, value } })
  }
  return (
    <Modal
      open
      title={say(words.title)}
      okText={say(common.save)}
      cancelText={say(common.cancel)}
      okButtonProps={{ loading: busy }}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="stack">
        <p>{say(words.lead)}</p>
        <Field id="credential-header" label={say(words.header)} hint={say(words.headerHint)} error={lacking(header, say(words.header))}>
          {(control) => (
            <Input {...control} className="mono" value={header} maxLength={64} onChange={({ target }) => setDraft({ header: target.value.trim(), value })} />
          )}
        </Field>
        <Field id="credential-value" label={say(words.value)} hint={say(words.valueHint)} error={lacking(value, say(words.value))}>
          {(control) => (
            <Input.Password
              {...control}
              className="mono"
              autoComplete="off"
              value={value}
              maxLength={4096}
              onChange={({ target }) => setDraft({ header, value: target.value.trim() })}
            />
          )}
        </Field>
        {error && <Problem error={error} />}
      </div>
    </Modal>
  )
}
