import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ObjectionKind, SubjectKind } from '@zhenghe/server/data/objections/contract.ts'
import { subjectsOf, takesRows, topicsOf } from '@zhenghe/server/data/objections/rules.ts'
import { objectionKinds, topics } from '@zhenghe/server/data/objections/texts.ts'
import { Field, FieldGroup } from '@zhenghe/ui/Field.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input, Radio } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { objections } from '../../../api/objections.ts'
import { organizations } from '../../../api/organizations.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useSearchState } from '../../../hooks/useAddress.ts'
import { UnitSelect } from '../../../parts/UnitSelect.tsx'
import { useMe } from '../../../session.ts'
import { objectionWords as words } from '../../../texts/objections.ts'
import { AttachField } from './AttachField.tsx'
import { SubjectLink } from './ObjectionScreen.tsx'
import { RowsField } from './RowsField.tsx'
import { namesUnit, ofKind, type RaisingDraft, raisingErrors, raisingOf } from './raising.ts'

const Address = z.object({
  kind: ObjectionKind.optional().catch(undefined),
  subject: SubjectKind.optional().catch(undefined),
  id: z.uuid().optional().catch(undefined),
  name: z.string().max(300).optional().catch(undefined),
})

/** Raising an objection; from the page of a record its kind and subject stand in the address. */
export function RaiseScreen() {
  const { say } = useLanguage()
  const me = useMe()
  const contact = useQuery(organizations.query('peopleById', { ids: [me.person.id] }))
  if (!contact.isFetched)
    return (
      <Page title={say(words.raise)}>
        <Lines count={8} />
      </Page>
    )
  return <RaiseForm phone={contact.data?.[0]?.phone ?? ''} />
}

type Change = (part: Partial<RaisingDraft>) => void
type PartProps = { draft: RaisingDraft; change: Change; error: (field: string) => string | undefined }

function RaiseForm({ phone }: { phone: string }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const me = useMe()
  const [{ kind = 'other', subject, id, name }] = useSearchState(Address)
  const [draft, setDraft] = useState<RaisingDraft>(() => ({
    ...{ kind, topic: topicsOf[kind][0] ?? 'other', title: '', basis: '', description: '', contact: me.person.name, phone, against: '', rows: [] },
    ...{ subject: subject && id ? { kind: subject, id } : undefined, attachment: undefined },
  }))
  const [tried, setTried] = useState(false)
  const { run, busy, error: refused } = useAct(objections.call.raise, (made) => void navigate({ to: `/objections/${made.id}` }))
  const errors = raisingErrors(draft, language)
  const error = (field: string) => (tried ? errors.find((one) => one.field === field)?.message : undefined)
  const change: Change = (part) => setDraft({ ...draft, ...part })
  const submit = () => {
    setTried(true)
    if (errors.length === 0) run(raisingOf(draft))
    else window.scrollTo({ top: 0 })
  }
  const part = { draft, change, error }
  return (
    <Page title={say(words.raise)} lead={say(words.raiseLead)} crumbs={[{ key: 'objections', link: <Link to="/objections">{say(words.objections)}</Link> }]}>
      <ErrorSummary errors={tried ? errors : []} />
      <AboutPart {...part} setDraft={setDraft} name={name ?? ''} />
      <WhatPart {...part} />
      {takesRows(draft) && (
        <Section title={say(words.rowsPart)}>
          <RowsField rows={draft.rows} onChange={(rows) => change({ rows })} error={error('rows')} />
        </Section>
      )}
      <ContactPart {...part} />
      {refused && <Problem error={refused} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(words.submit)}
        </Button>
      </div>
    </Page>
  )
}

function AboutPart({ draft, change, error, setDraft, name }: PartProps & { setDraft: (draft: RaisingDraft) => void; name: string }) {
  const { say } = useLanguage()
  const { kind, topic, subject } = draft
  const kinds = ObjectionKind.options.filter((one) => (subject ? subjectsOf[one].includes(subject.kind) : one === 'other'))
  return (
    <Section title={say(words.aboutPart)}>
      <div className="fields">
        {subject && (
          <FieldGroup id="subject" label={say(words.subject)}>
            <span>
              <SubjectLink subject={subject} name={name} />
            </span>
          </FieldGroup>
        )}
        <FieldGroup id="kind" label={say(words.kind)} error={error('kind')} hint={subject ? undefined : say(words.emptyNext)}>
          <Radio.Group
            value={kind}
            options={kinds.map((value) => ({ value, label: say(objectionKinds[value]) }))}
            onChange={({ target }) => setDraft(ofKind(draft, target.value as ObjectionKind))}
          />
        </FieldGroup>
        {topicsOf[kind].length > 1 && (
          <FieldGroup id="topic" label={say(words.topic)}>
            <Radio.Group
              value={topic}
              options={topicsOf[kind].map((value) => ({ value, label: say(topics[value]) }))}
              onChange={({ target }) => setDraft(ofKind(draft, kind, target.value as RaisingDraft['topic']))}
            />
          </FieldGroup>
        )}
        {!namesUnit(subject) && (
          <Field id="against" label={say(words.against)} hint={say(words.againstHint)} error={error('against')}>
            {(control) => <UnitSelect {...control} value={draft.against} onChange={(against) => change({ against })} />}
          </Field>
        )}
      </div>
    </Section>
  )
}

function WhatPart({ draft, change, error }: PartProps) {
  const { say } = useLanguage()
  return (
    <Section title={say(words.whatPart)}>
      <div className="fields">
        <Field id="title" label={say(words.titleOf)} hint={say(words.titleHint)} error={error('title')} wide>
          {(control) => <Input {...control} maxLength={100} value={draft.title} onChange={({ target }) => change({ title: target.value })} />}
        </Field>
        <Field id="description" label={say(words.description)} hint={say(words.descriptionHint)} error={error('description')} wide>
          {(control) => (
            <Input.TextArea {...control} rows={4} maxLength={2000} value={draft.description} onChange={({ target }) => change({ description: target.value })} />
          )}
        </Field>
        <Field id="basis" label={say(words.basis)} hint={say(words.basisHint)} optional wide>
          {(control) => (
            <Input.TextArea {...control} rows={2} maxLength={1000} value={draft.basis} onChange={({ target }) => change({ basis: target.value })} />
          )}
        </Field>
      </div>
    </Section>
  )
}

function ContactPart({ draft, change, error }: PartProps) {
  const { say } = useLanguage()
  return (
    <Section title={say(words.contactPart)}>
      <div className="fields">
        <Field id="contact" label={say(words.contactOf)} error={error('contact')}>
          {(control) => <Input {...control} maxLength={60} value={draft.contact} onChange={({ target }) => change({ contact: target.value })} />}
        </Field>
        <Field id="phone" label={say(words.phone)} error={error('phone')}>
          {(control) => <Input {...control} type="tel" maxLength={30} value={draft.phone} onChange={({ target }) => change({ phone: target.value })} />}
        </Field>
        <AttachField value={draft.attachment} onChange={(attachment) => change({ attachment })} />
      </div>
    </Section>
  )
}
