import { useQuery } from '@tanstack/react-query'
import type { SigningKey } from '@zhenghe/server/service/identity/contract.ts'
import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { SheetForm } from '@zhenghe/ui/SheetForm.tsx'
import type { SuiteName } from '@zhenghe/wire/documents.ts'
import { Button, Form, Input, Popconfirm } from 'antd'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { makeSigningKey, PIN_SHAPE } from '../../../signing-key.ts'
import { accountWords as words } from '../../../texts/account.ts'

/** The keys by which one signs grants, one of each kind: made here, in the browser, under a PIN the platform never sees. */
export function SigningKeySection() {
  const { say } = useLanguage()
  const { data, error } = useQuery(identity.query('signingKey', {}))
  return (
    <Section title={say(words.signingKey)}>
      <p className="account-lead">{say(words.signingKeyLead)}</p>
      {error && <Problem error={error} />}
      {!data && !error && <Lines count={2} />}
      {data && (
        <div className="stack">
          <h3 className="key-kind">{say(words.internationalKey)}</h3>
          <OneKey suite="international" kept={data.key} />
          <h3 className="key-kind">{say(words.gmKey)}</h3>
          <p className="faint">{say(words.gmKeyLead)}</p>
          <OneKey suite="gm" kept={data.gm} />
        </div>
      )}
    </Section>
  )
}

function OneKey({ suite, kept }: { suite: SuiteName; kept: SigningKey | null }) {
  return kept ? <KeptKey suite={suite} signingKey={kept} /> : <NewKey suite={suite} />
}

function KeptKey({ suite, signingKey: { publicKey, fingerprint, madeAt } }: { suite: SuiteName; signingKey: SigningKey }) {
  const { say } = useLanguage()
  const retire = useAct(() => identity.call.retireSigningKey({ suite }))
  return (
    <div className="stack">
      <KeyValue
        columns={1}
        pairs={[
          { label: say(words.fingerprint), value: <Copyable text={fingerprint} /> },
          { label: say(words.publicKey), value: <Copyable text={publicKey} shown={`${publicKey.slice(0, 24)}…`} /> },
          { label: say(words.madeAt), value: <Moment value={madeAt} /> },
        ]}
      />
      <p className="faint">{say(words.fingerprintUse)}</p>
      {retire.error && <Problem error={retire.error} />}
      <div className="row">
        <Popconfirm
          title={say(words.retireKey)}
          description={<div style={{ maxWidth: 280 }}>{say(words.retireKeyAsk)}</div>}
          okText={say(words.retireKey)}
          onConfirm={() => retire.run(undefined)}
        >
          <Button danger loading={retire.busy}>
            {say(words.retireKey)}
          </Button>
        </Popconfirm>
      </div>
    </div>
  )
}

type Pin = { pin: string; again: string }

function NewKey({ suite }: { suite: SuiteName }) {
  const { say } = useLanguage()
  const make = useAct(async ({ pin }: Pin) => identity.call.keepSigningKey(await makeSigningKey(pin, suite)))
  return (
    <SheetForm<Pin> name={`signing-key-${suite}`} submit={say(words.makeKey)} onSubmit={make.run} busy={make.busy} error={make.error}>
      <Form.Item
        name="pin"
        label={say(words.pin)}
        extra={say(words.pinRule)}
        required
        rules={[{ required: true, pattern: PIN_SHAPE, message: say(words.pinShape) }]}
      >
        <Input.Password autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="again"
        label={say(words.pinAgain)}
        dependencies={['pin']}
        required
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) => (value === getFieldValue('pin') ? Promise.resolve() : Promise.reject(new Error(say(words.pinsDiffer)))),
          }),
        ]}
      >
        <Input.Password autoComplete="off" />
      </Form.Item>
    </SheetForm>
  )
}
