import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ApplicationKind, ApplicationWish, Area } from '@zhenghe/server/data/nodes/application.contract.ts'
import { applicationKinds, areas } from '@zhenghe/server/data/nodes/application.texts.ts'
import { type Language, say as sayIn } from '@zhenghe/server/kernel/texts.ts'
import { Field, FieldGroup } from '@zhenghe/ui/Field.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, type FieldError, Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input, InputNumber, Radio, Select } from 'antd'
import { useState } from 'react'
import { nodes } from '../../../api/nodes.ts'
import { organizations } from '../../../api/organizations.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMe } from '../../../session.ts'
import { applicationWords as words } from '../../../texts/applications.ts'

const LEVELS = [1, 2, 3, 4, 5] as const
const USUAL_LEVEL = 3
const USUAL_PORT = 7400
const TEXTS = [
  ['address', words.address, 200, 2],
  ['contact', words.contact, 60, 2],
  ['phone', words.phone, 30, 5],
  ['nodeName', words.nodeName, 60, 2],
  ['system', words.system, 100, 2],
  ['purpose', words.purpose, 1000, 4],
] as const
type TextName = (typeof TEXTS)[number][0]

/** Applying for a front-end machine or database. */
export function ApplyScreen() {
  const { say } = useLanguage()
  const me = useMe()
  const contact = useQuery(organizations.query('peopleById', { ids: [me.person.id] }))
  if (!contact.isFetched)
    return (
      <Page title={say(words.apply)}>
        <Lines count={8} />
      </Page>
    )
  return <ApplyForm phone={contact.data?.[0]?.phone ?? ''} />
}

function errorsOf(wish: ApplicationWish, language: Language): FieldError[] {
  const short = TEXTS.filter(([name, , , least]) => wish[name].trim().length < least)
  const port = ApplicationWish.shape.nodePort.safeParse(wish.nodePort).success
  return [
    ...short.map(([field, text, , least]) => ({ field, message: sayIn(words.short, language, { field: text, least }) })),
    ...(port ? [] : [{ field: 'nodePort', message: sayIn(words.portBad, language) }]),
  ]
}

function ApplyForm({ phone }: { phone: string }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const me = useMe()
  const [wish, setWish] = useState<ApplicationWish>({
    ...{ kind: 'machine', area: 'internal', address: '', contact: me.person.name, phone, nodeName: '' },
    ...{ nodePort: USUAL_PORT, system: '', protection: USUAL_LEVEL, purpose: '' },
  })
  const [tried, setTried] = useState(false)
  const { run, busy, error: refused } = useAct(nodes.call.applyForNode, ({ id }) => void navigate({ to: `/exchange/nodes/applications/${id}` }))
  const errors = errorsOf(wish, language)
  const error = (field: string) => (tried ? errors.find((one) => one.field === field)?.message : undefined)
  const set = (part: Partial<ApplicationWish>) => setWish({ ...wish, ...part })
  const submit = () => {
    setTried(true)
    if (errors.length === 0) run(wish)
    else window.scrollTo({ top: 0 })
  }
  const text = (name: TextName, hint?: string) => {
    const [, label, longest] = TEXTS.find(([one]) => one === name) ?? TEXTS[0]
    return (
      <Field id={name} label={say(label)} hint={hint} error={error(name)}>
        {(control) => <Input {...control} maxLength={longest} value={wish[name]} onChange={({ target }) => set({ [name]: target.value })} />}
      </Field>
    )
  }
  return (
    <Page
      title={say(words.apply)}
      lead={say(words.applyLead)}
      crumbs={[{ key: 'applications', link: <Link to="/exchange/nodes/applications">{say(words.applications)}</Link> }]}
    >
      <ErrorSummary errors={tried ? errors : []} />
      <Section title={say(words.who)}>
        <div className="fields">
          <FieldGroup id="unit" label={say(words.unit)} wide={false}>
            <span>{me.unit.name}</span>
          </FieldGroup>
          {text('address')}
          {text('contact')}
          {text('phone')}
        </div>
      </Section>
      <Section title={say(words.what)}>
        <div className="fields">
          <Kinds wish={wish} set={set} />
          {text('nodeName', say(words.nodeNameHint))}
          <Field id="nodePort" label={say(words.port)} error={error('nodePort')}>
            {(control) => (
              <InputNumber {...control} precision={0} value={wish.nodePort} onChange={(port) => set({ nodePort: port ?? 0 })} style={{ width: '100%' }} />
            )}
          </Field>
          {text('system')}
          <Field id="protection" label={say(words.protection)}>
            {(control) => (
              <Select
                {...control}
                value={wish.protection}
                options={LEVELS.map((level) => ({ value: level as number, label: say(words.protectionOf, { level }) }))}
                onChange={(protection) => set({ protection })}
              />
            )}
          </Field>
          <Field id="purpose" label={say(words.purpose)} error={error('purpose')} wide>
            {(control) => (
              <Input.TextArea {...control} rows={3} maxLength={1000} value={wish.purpose} onChange={({ target }) => set({ purpose: target.value })} />
            )}
          </Field>
        </div>
      </Section>
      {refused && <Problem error={refused} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(words.submit)}
        </Button>
      </div>
    </Page>
  )
}

function Kinds({ wish, set }: { wish: ApplicationWish; set: (part: Partial<ApplicationWish>) => void }) {
  const { say } = useLanguage()
  return (
    <>
      <FieldGroup id="kind" label={say(words.kind)} wide={false}>
        <Radio.Group
          value={wish.kind}
          options={ApplicationKind.options.map((value) => ({ value, label: say(applicationKinds[value]) }))}
          onChange={({ target }) => set({ kind: target.value as ApplicationKind })}
        />
      </FieldGroup>
      <FieldGroup id="area" label={say(words.area)} wide={false}>
        <Radio.Group
          value={wish.area}
          options={Area.options.map((value) => ({ value, label: say(areas[value]) }))}
          onChange={({ target }) => set({ area: target.value as Area })}
        />
      </FieldGroup>
    </>
  )
}
