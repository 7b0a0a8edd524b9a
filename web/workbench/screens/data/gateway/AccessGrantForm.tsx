import { useQuery } from '@tanstack/react-query'
import { AccessTerms, type AccessView } from '@zhenghe/server/data/gateway/access.contract.ts'
import { DayField } from '@zhenghe/ui/DayField.tsx'
import { Field, FieldGroup } from '@zhenghe/ui/Field.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { API_GRANT } from '@zhenghe/wire/api-grant.ts'
import { signInBrowser } from '@zhenghe/wire/browser-sign.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { Alert, Button, Checkbox, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { gateway } from '../../../api/gateway.ts'
import { identity } from '../../../api/identity.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { unlockSigningKey } from '../../../signing-key.ts'
import { accessWords as words } from '../../../texts/gateway.ts'
import { answerWords } from '../../../texts/grants.ts'
import { MaskChoice } from '../exchange/MaskChoice.tsx'
import '../exchange/Terms.css'
import './Gateway.css'

type FormProps = { access: AccessView; terms: AccessTerms; set: (change: Partial<AccessTerms>) => void }

/** The provider's answer: how much, how long, which operations and fields; of a generated interface signed with one's own key. */
export function AccessGrantForm({ access }: { access: AccessView }) {
  const { say } = useLanguage()
  const proposed = useQuery({ ...gateway.query('proposeTerms', { id: access.id }), staleTime: Number.POSITIVE_INFINITY })
  const [changed, setChanged] = useState<Partial<AccessTerms>>({})
  if (proposed.error) return <Problem error={proposed.error} />
  if (!proposed.data) return <Lines />
  const terms = { ...proposed.data, ...changed }
  const set = (change: Partial<AccessTerms>) => setChanged({ ...changed, ...change })
  return (
    <Section title={say(words.terms)}>
      <Limits access={access} terms={terms} set={set} />
      {access.kind === 'generated' ? <SignPart access={access} terms={terms} set={set} /> : <GrantPart access={access} terms={terms} set={set} />}
    </Section>
  )
}

function Limits({ access, terms, set }: FormProps) {
  const { say } = useLanguage()
  const { data: api } = useQuery(gateway.query('apiById', { id: access.api }))
  const operations = api?.versions.find(({ n }) => n === access.n)?.definition.operations ?? []
  const numberField = (id: string, label: string, name: 'quotaPerDay' | 'ratePerSecond', max: number) => (
    <Field id={id} label={label}>
      {({ status, ...control }) => (
        <InputNumber
          {...control}
          status={status}
          min={1}
          max={max}
          precision={0}
          value={terms[name]}
          onChange={(value) => set({ [name]: value ?? 1 })}
          style={{ width: '100%' }}
        />
      )}
    </Field>
  )
  return (
    <div className="fields">
      {numberField('grant-quota', say(words.quota), 'quotaPerDay', access.wish.quotaPerDay)}
      {numberField('grant-rate', say(words.rate), 'ratePerSecond', 10_000)}
      <Field id="grant-until" label={say(words.until)}>
        {(control) => <DayField {...control} max={access.wish.termUntil} value={terms.notAfter} onChange={(notAfter) => set({ notAfter })} />}
      </Field>
      <FieldGroup id="grant-operations" label={say(words.operations)}>
        <Checkbox.Group
          value={terms.operations}
          options={operations.map(({ name, title }) => ({ value: name, label: `${title} ${name}` }))}
          onChange={(chosen) => set({ operations: chosen.map(String) })}
        />
      </FieldGroup>
      <Field id="grant-note" label={say(words.note)} optional wide>
        {(control) => <Input.TextArea {...control} autoSize maxLength={1000} value={terms.note} onChange={({ target }) => set({ note: target.value })} />}
      </Field>
    </div>
  )
}

function GrantPart({ access, terms, set }: FormProps) {
  const { say } = useLanguage()
  const [text, setText] = useState('')
  const { run, busy, error } = useAct(gateway.call.grantAccess)
  const put = (next: string) => {
    setText(next)
    const paths = next.split(/\s+/).filter(Boolean)
    set({ paths: paths.length > 0 ? paths : null })
  }
  const bad = AccessTerms.shape.paths.safeParse(terms.paths).success ? undefined : say(words.pathsHint)
  return (
    <>
      <Field id="grant-paths" label={say(words.paths)} hint={say(words.pathsHint)} error={bad} optional wide>
        {(control) => <Input.TextArea {...control} className="mono" autoSize={{ minRows: 3 }} value={text} onChange={({ target }) => put(target.value)} />}
      </Field>
      {error && <Problem error={error} />}
      <div className="row try-send">
        <Button type="primary" loading={busy} disabled={bad !== undefined || terms.operations.length === 0} onClick={() => run({ id: access.id, terms })}>
          {say(words.grant)}
        </Button>
      </div>
    </>
  )
}

function SignPart({ access, terms, set }: FormProps) {
  const { say } = useLanguage()
  const { data: signingKey } = useQuery(identity.query('signingKey', {}))
  const [pin, setPin] = useState('')
  const { run, busy, error, reset } = useAct(async () => {
    const { text } = await gateway.call.prepareAccess({ id: access.id, terms })
    if (!signingKey?.key) throw new WireError('bad_key', 'no signing key')
    const key = await unlockSigningKey(signingKey.key, pin)
    return gateway.call.grantAccess({ id: access.id, signed: await signInBrowser(API_GRANT, JSON.parse(text), key) })
  })
  const wire = error instanceof WireError ? error : undefined
  const lacks = signingKey !== undefined && !signingKey.key
  return (
    <>
      <FieldTermsList access={access} terms={terms} set={set} />
      {lacks && <Alert type="warning" showIcon title={say(words.noKey)} />}
      <Field
        id="grant-pin"
        label={say(answerWords.pin)}
        hint={say(answerWords.signHint)}
        error={wire && say(wire.code === 'wrong_pin' ? answerWords.wrongPin : answerWords.badKey)}
      >
        {(control) => (
          <Input.Password
            {...control}
            value={pin}
            autoComplete="off"
            style={{ maxWidth: 320 }}
            onChange={({ target }) => {
              setPin(target.value)
              reset()
            }}
          />
        )}
      </Field>
      {error && !wire && <Problem error={error} />}
      <div className="row try-send">
        <Button type="primary" loading={busy} disabled={!pin || lacks || terms.operations.length === 0} onClick={() => run(undefined)}>
          {say(words.sign)}
        </Button>
      </div>
    </>
  )
}

/** Each field the grant may give, and how it is masked. */
function FieldTermsList({ access, terms, set }: FormProps) {
  const { say } = useLanguage()
  const { data: api } = useQuery(gateway.query('apiById', { id: access.api }))
  const entry = useQuery({ ...catalog.query('entry', { id: api?.entry ?? '' }), enabled: Boolean(api?.entry) }).data
  const items = new Map(entry?.content.items.map((item) => [item.column, item]) ?? [])
  if (!entry) return <Lines />
  return (
    <FieldGroup id="grant-fields" label={say(words.fields)}>
      <ul className="stack">
        {terms.fields.map((term) => {
          const item = items.get(term.name)
          const type = entry.binding?.types[term.name]
          const key = entry.binding?.keys.includes(term.name)
          return (
            <li key={term.name} className="row">
              <span style={{ minWidth: 180 }}>{item?.name ?? term.name}</span>
              {item && type && !key ? (
                <MaskChoice
                  item={item}
                  type={type}
                  term={term}
                  set={(next) => set({ fields: terms.fields.map((one) => (one.name === term.name ? next : one)) })}
                />
              ) : (
                <span className="faint">{say(words.keyPlain)}</span>
              )}
            </li>
          )
        })}
      </ul>
    </FieldGroup>
  )
}
