import { type Application, ApplicationType } from '@zhenghe/server/data/exchange/request.contract.ts'
import { applicationTypes } from '@zhenghe/server/data/exchange/texts.ts'
import { TimeField } from '@zhenghe/ui/DayField.tsx'
import { Field, FieldGroup } from '@zhenghe/ui/Field.tsx'
import { KeyValue, type Pair } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Input, InputNumber, Select } from 'antd'
import { wishWords as words } from '../../../texts/requests.ts'
import { isEmpty } from './application-form.ts'

const TEXTS = [
  ['system', words.formSystem, 100],
  ['matter', words.formMatter, 200],
  ['user', words.formUser, 60],
  ['userPhone', words.formUserPhone, 30],
  ['userEmail', words.formUserEmail, 120],
] as const
const WIDE = [
  ['scope', words.formScope, words.formScopeHint],
  ['technical', words.formTechnical, undefined],
] as const
const DAYTIME = { from: '08:00', to: '18:00' }

type ApplicationPartProps = {
  value: Application
  onChange: (application: Application) => void
  /** Whether the entry is shared as a service, so that it is asked how often it is called. */
  calls: boolean
  error: (field: string) => string | undefined
}

/** What else the legal form asks. */
export function ApplicationPart({ value, onChange, calls, error }: ApplicationPartProps) {
  const { say } = useLanguage()
  const set = (part: Partial<Application>) => onChange({ ...value, ...part })
  const { hours } = value
  return (
    <Section title={say(words.formPart)}>
      <p className="faint">{say(words.formHint)}</p>
      <div className="fields">
        <Field id="formType" label={say(words.formType)} optional>
          {(control) => (
            <Select
              {...control}
              allowClear
              value={value.type ?? null}
              options={ApplicationType.options.map((type) => ({ value: type, label: say(applicationTypes[type]) }))}
              onChange={(type) => set({ type: type ?? undefined })}
            />
          )}
        </Field>
        {TEXTS.map(([name, text, longest]) => (
          <Field key={name} id={name} label={say(text)} optional error={error(name)}>
            {(control) => <Input {...control} maxLength={longest} value={value[name]} onChange={({ target }) => set({ [name]: target.value })} />}
          </Field>
        ))}
        <FieldGroup id="formHours" label={say(words.formHours)} optional wide={false}>
          <div className="row">
            <TimeField
              style={{ width: 110 }}
              aria-label={`${say(words.formHours)} 1`}
              value={hours?.from ?? ''}
              onChange={(from) => set({ hours: { ...(hours ?? DAYTIME), from } })}
            />
            <span>–</span>
            <TimeField
              style={{ width: 110 }}
              aria-label={`${say(words.formHours)} 2`}
              value={hours?.to ?? ''}
              onChange={(to) => set({ hours: { ...(hours ?? DAYTIME), to } })}
            />
          </div>
        </FieldGroup>
        {calls && (
          <>
            <Count id="callsADay" label={say(words.formCallsADay)} value={value.callsADay} onChange={(callsADay) => set({ callsADay })} />
            <Count id="callsASecond" label={say(words.formCallsASecond)} value={value.callsASecond} onChange={(callsASecond) => set({ callsASecond })} />
          </>
        )}
        {WIDE.map(([name, text, hint]) => (
          <Field key={name} id={name} label={say(text)} hint={hint && say(hint)} optional wide>
            {(control) => <Input.TextArea {...control} rows={2} maxLength={500} value={value[name]} onChange={({ target }) => set({ [name]: target.value })} />}
          </Field>
        ))}
      </div>
    </Section>
  )
}

type CountProps = { id: string; label: string; value: number | undefined; onChange: (value: number | undefined) => void }

function Count({ id, label, value, onChange }: CountProps) {
  return (
    <Field id={id} label={label} optional>
      {(control) => (
        <InputNumber {...control} min={1} precision={0} value={value ?? null} onChange={(next) => onChange(next ?? undefined)} style={{ width: '100%' }} />
      )}
    </Field>
  )
}

/** The same as it was handed in; nothing where nothing of it was filled in. */
export function ApplicationFacts({ application }: { application: Application | undefined }) {
  const { say } = useLanguage()
  if (!application || isEmpty(application)) return null
  const { type, hours, callsADay, callsASecond } = application
  const texts: Pair[] = [...TEXTS, ...WIDE].map(([name, text]) => ({
    label: say(text),
    value: application[name],
    wide: name === 'scope' || name === 'technical',
  }))
  const pairs: Pair[] = [
    { label: say(words.formType), value: type && say(applicationTypes[type]) },
    ...texts,
    { label: say(words.formHours), value: hours && `${hours.from}–${hours.to}` },
    { label: say(words.formCallsADay), value: callsADay },
    { label: say(words.formCallsASecond), value: callsASecond },
  ]
  return <KeyValue pairs={pairs.filter(({ value }) => value !== '' && value !== undefined)} />
}
