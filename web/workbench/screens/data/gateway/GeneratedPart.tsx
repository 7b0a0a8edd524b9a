import { useQuery } from '@tanstack/react-query'
import type { Entry } from '@zhenghe/server/data/catalog/contract.ts'
import { questionKinds } from '@zhenghe/server/data/gateway/texts.ts'
import { Field, FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Checkbox, Select } from 'antd'
import { catalog } from '../../../api/catalog.ts'
import { useMe } from '../../../session.ts'
import { registerWords as words } from '../../../texts/gateway.ts'
import type { Draft, QuestionKind } from './definition-draft.ts'

const QUESTIONS = [
  ['verify', words.verifyWhat],
  ['byKey', words.byKeyWhat],
  ['find', words.findWhat],
  ['batch', words.batchWhat],
] as const
type Part = {
  draft: Draft
  set: (change: Partial<Draft>) => void
  entry: Entry | undefined
  keys: readonly string[]
  problem: string | undefined
  fixed: boolean
}

/** An entry's table as an interface: which fields, and what may be asked of it. */
export function GeneratedPart({ draft, set, entry, keys, problem, fixed }: Part) {
  const { say } = useLanguage()
  const { unit } = useMe()
  const { data } = useQuery(catalog.query('search', { provider: [unit.id], bound: true, limit: 100 }))
  const entries = data?.hits.map(({ id, name }) => ({ value: id, label: name })) ?? []
  const items = entry?.content.items.filter(({ column }) => entry.binding?.types[column]) ?? []
  const options = items.map(({ column, name }) => ({ value: column, label: `${name} ${column}` }))
  const beside = options.filter(({ value }) => !keys.includes(value))
  const chosen = beside.filter(({ value }) => draft.fields.includes(value))
  const many = (id: string, label: string, name: 'fields' | 'compare' | 'by', from: typeof options, hint?: string) => (
    <Field id={id} label={label} hint={hint} wide>
      {(control) => (
        <Select
          {...control}
          mode="multiple"
          value={draft[name].filter((one) => from.some(({ value }) => value === one))}
          options={from}
          onChange={(next) => set({ [name]: next })}
        />
      )}
    </Field>
  )
  const toggle = (kind: QuestionKind, on: boolean) => set({ questions: on ? [...draft.questions, kind] : draft.questions.filter((one) => one !== kind) })
  return (
    <Section title={say(words.questions)}>
      <div className="fields">
        <Field id="api-entry" label={say(words.entry)} hint={say(words.entryHint)} error={problem} wide>
          {(control) => (
            <Select
              {...control}
              disabled={fixed}
              value={draft.entry || null}
              options={fixed && entry ? [{ value: entry.head.id, label: entry.content.name }] : entries}
              onChange={(next) => set({ entry: next ?? '', fields: [], compare: [], by: [] })}
            />
          )}
        </Field>
        {entry && many('api-fields', say(words.fields), 'fields', beside, say(words.fieldsHint))}
        <FieldGroup id="api-questions" label={say(words.questions)}>
          <div className="stack">
            {QUESTIONS.map(([kind, what]) => (
              <Checkbox key={kind} checked={draft.questions.includes(kind)} onChange={({ target }) => toggle(kind, target.checked)}>
                {say(questionKinds[kind])} <span className="faint">{say(what)}</span>
              </Checkbox>
            ))}
          </div>
        </FieldGroup>
        {draft.questions.includes('verify') && many('api-compare', say(words.compare), 'compare', chosen)}
        {draft.questions.includes('find') && many('api-by', say(words.by), 'by', [...options.filter(({ value }) => keys.includes(value)), ...chosen])}
      </div>
    </Section>
  )
}
