import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ApiCode } from '@zhenghe/server/data/gateway/definition.contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input, InputNumber, Segmented } from 'antd'
import { useState } from 'react'
import { catalog } from '../../../api/catalog.ts'
import { gateway } from '../../../api/gateway.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { common } from '../../../texts/common.ts'
import { gatewayWords, registerWords as words } from '../../../texts/gateway.ts'
import { type Draft, definitionOf, draftOf, isExample, newDraft } from './definition-draft.ts'
import './Gateway.css'
import { GeneratedPart } from './GeneratedPart.tsx'
import { RegisteredPart } from './RegisteredPart.tsx'

/** Registers an interface, or generates one from an entry. */
export function RegisterScreen() {
  return <DefinitionForm first={newDraft()} />
}

/** The next version of an interface, begun from the newest. */
export function DraftScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery({ ...gateway.query('apiById', { id }), staleTime: Number.POSITIVE_INFINITY })
  return (
    <Loaded query={query} title={say(words.draftTitle)}>
      {(api) => <DefinitionForm first={draftOf(api)} api={api.id} />}
    </Loaded>
  )
}

function useDefinition(first: Draft, api: string | undefined) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [draft, setDraft] = useState(first)
  const [tried, setTried] = useState(false)
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change })
  const { data: entry } = useQuery({ ...catalog.query('entry', { id: draft.entry }), enabled: draft.kind === 'generated' && draft.entry !== '' })
  const keys = entry?.binding?.keys ?? []
  const { run, busy, error } = useAct(
    (definition: NonNullable<ReturnType<typeof definitionOf>['data']>) =>
      api ? gateway.call.draft({ id: api, definition }) : gateway.call.register({ code: draft.code, name: draft.name.trim(), definition }),
    ({ id }) => void navigate({ to: `/interfaces/${id}` }),
  )
  const examples = draft.kind === 'generated' || draft.operations.every(({ example }) => isExample(example))
  const parsed = examples ? definitionOf(draft, keys) : undefined
  const errors = [
    ...(ApiCode.safeParse(draft.code).success ? [] : [{ field: 'api-code', message: say(common.required, { field: say(gatewayWords.code) }) }]),
    ...(draft.name.trim().length > 1 ? [] : [{ field: 'api-name', message: say(common.required, { field: say(gatewayWords.name) }) }]),
    ...(examples ? [] : [{ field: 'operations', message: say(words.badExample) }]),
    ...(parsed?.error
      ? [
          {
            field: draft.kind === 'generated' ? 'api-entry' : 'operations',
            message: say(common.required, { field: wordOf(parsed.error.issues[0]?.path ?? [], say) }),
          },
        ]
      : []),
  ]
  const submit = () => {
    setTried(true)
    if (errors.length === 0 && parsed?.data) run(parsed.data)
  }
  return { draft, set, entry, keys, busy, error, errors: tried ? errors : [], submit }
}

const NAMED = {
  upstream: words.upstream,
  entry: words.entry,
  fields: words.fields,
  name: words.opName,
  title: words.opTitle,
  path: words.path,
  compare: words.compare,
  by: words.by,
}
/** The question of the form that a problem of the definition belongs to. */
function wordOf(path: readonly PropertyKey[], say: ReturnType<typeof useLanguage>['say']): string {
  const name = path.findLast((step) => String(step) in NAMED)
  return say(name === undefined ? words.questions : NAMED[name as keyof typeof NAMED])
}

function DefinitionForm({ first, api }: { first: Draft; api?: string }) {
  const { say } = useLanguage()
  const { draft, set, entry, keys, busy, error, errors, submit } = useDefinition(first, api)
  const wrong = (field: string) => errors.find((one) => one.field === field)?.message
  return (
    <Page
      title={say(api ? words.draftTitle : words.title)}
      lead={say(words.lead)}
      crumbs={[{ key: 'apis', link: <Link to="/interfaces">{say(gatewayWords.apis)}</Link> }]}
    >
      <ErrorSummary errors={errors} />
      <Section>
        {!api && (
          <Segmented
            className="register-kind"
            aria-label={say(words.kind)}
            value={draft.kind}
            onChange={(kind) => set({ kind: kind as Draft['kind'] })}
            options={[
              { value: 'generated', label: say(words.generated) },
              { value: 'registered', label: say(words.registered) },
            ]}
          />
        )}
        <div className="fields">
          <Field id="api-name" label={say(gatewayWords.name)} error={wrong('api-name')}>
            {(control) => (
              <Input {...control} value={draft.name} maxLength={100} disabled={api !== undefined} onChange={({ target }) => set({ name: target.value })} />
            )}
          </Field>
          <Field id="api-code" label={say(gatewayWords.code)} hint={say(gatewayWords.codeHint)} error={wrong('api-code')}>
            {(control) => (
              <Input
                {...control}
                className="mono"
                value={draft.code}
                maxLength={40}
                disabled={api !== undefined}
                onChange={({ target }) => set({ code: target.value.trim() })}
              />
            )}
          </Field>
          <Field id="api-rate" label={say(gatewayWords.rate)}>
            {({ status, ...control }) => (
              <InputNumber
                {...control}
                status={status}
                min={1}
                max={10_000}
                precision={0}
                value={draft.ratePerSecond}
                onChange={(value) => set({ ratePerSecond: value ?? 1 })}
                style={{ width: '100%' }}
              />
            )}
          </Field>
          <Field id="api-documentation" label={say(gatewayWords.documentation)} hint={say(gatewayWords.documentationHint)} optional wide>
            {(control) => (
              <Input.TextArea
                {...control}
                autoSize={{ minRows: 2 }}
                maxLength={20_000}
                value={draft.documentation}
                onChange={({ target }) => set({ documentation: target.value })}
              />
            )}
          </Field>
        </div>
      </Section>
      {draft.kind === 'registered' ? (
        <RegisteredPart draft={draft} set={set} problem={wrong('operations')} />
      ) : (
        <GeneratedPart draft={draft} set={set} entry={entry} keys={keys} problem={wrong('api-entry')} fixed={api !== undefined} />
      )}
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(words.save)}
        </Button>
      </div>
    </Page>
  )
}
