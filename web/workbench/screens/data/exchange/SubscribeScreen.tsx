import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { GrantView } from '@zhenghe/server/data/exchange/grant.contract.ts'
import type { RequestView } from '@zhenghe/server/data/exchange/request.contract.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { ErrorSummary, Problem } from '@zhenghe/ui/Problem.tsx'
import { FieldName } from '@zhenghe/wire/documents.ts'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { nodes } from '../../../api/nodes.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { bracketed } from '../../../parts/wording.ts'
import { common } from '../../../texts/common.ts'
import { subscriptionWords as words } from '../../../texts/deliveries.ts'
import { grantWords } from '../../../texts/grants.ts'
import { ModeField } from './ModeField.tsx'
import { ScheduleField } from './ScheduleField.tsx'

/** Says where the granted rows go; from here the first delivery starts. */
export function SubscribeScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(exchange.query('grantById', { id }))
  const request = useQuery({ ...exchange.query('requestById', { id: query.data?.request ?? '' }), enabled: query.data !== undefined })
  return (
    <Loaded query={query} title={say(words.subscriptions)}>
      {(grant) => (request.data ? <SubscribeForm grant={grant} request={request.data} /> : <Lines />)}
    </Loaded>
  )
}

/** A table name that tells where the rows come from: the last part of the source's own name is not known here, the resource's code is. */
const firstTable = ({ entryCode }: RequestView): string => `r_${entryCode.replace(/[^0-9a-z]+/gi, '_').toLowerCase()}`
const FIRST_SCHEMA = 'shared'

function SubscribeForm({ grant, request }: { grant: GrantView; request: RequestView }) {
  const { say, language } = useLanguage()
  const navigate = useNavigate()
  const { data: node } = useQuery(nodes.query('node', { id: request.wish.node }))
  const targets = node?.stores.filter(({ role }) => role === 'target') ?? []
  const [chosen, setChosen] = useState<string>()
  const [schema, setSchema] = useState(FIRST_SCHEMA)
  const [table, setTable] = useState(firstTable(request))
  const [mode, setMode] = useState(request.wish.mode)
  const [schedule, setSchedule] = useState(request.wish.schedule)
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(exchange.call.subscribe, ({ delivery }) => void navigate({ to: `/exchange/deliveries/${delivery}` }))
  const store = chosen ?? targets[0]?.id
  const nameError = (value: string, field: string) => (FieldName.safeParse(value).success ? undefined : say(words.badName, { field }))
  const storeError = store ? undefined : say(common.choose, { field: say(words.store) })
  const [schemaError, tableError] = [nameError(schema, say(words.schema)), nameError(table, say(words.table))]
  const errors = [
    { field: 'store', message: storeError },
    { field: 'schema', message: schemaError },
    { field: 'table', message: tableError },
  ].flatMap(({ field, message }) => (message ? [{ field, message }] : []))
  const submit = () => {
    setTried(true)
    if (errors.length === 0 && store) run({ grant: grant.id, store, schema, table, mode, schedule })
  }
  return (
    <Page
      title={say(words.newTitle, { name: grant.entryName })}
      lead={say(words.newLead)}
      crumbs={[
        { key: 'grants', link: <Link to="/exchange/grants">{say(grantWords.grants)}</Link> },
        { key: 'grant', link: <Link to={`/exchange/grants/${grant.id}`}>{grant.entryName}</Link> },
      ]}
    >
      <ErrorSummary errors={tried ? errors : []} />
      <Section>
        <div className="fields">
          <Field id="store" label={say(words.store)} error={tried ? storeError : undefined} hint={node && targets.length === 0 && say(words.noTarget)}>
            {(control) => (
              <Select
                {...control}
                value={store ?? null}
                options={targets.map(({ id, database, product }) => ({ value: id, label: bracketed(id, `${database} · ${product}`, language) }))}
                onChange={(value) => value && setChosen(value)}
              />
            )}
          </Field>
          <Field id="schema" label={say(words.schema)} hint={say(words.schemaHint)} error={tried ? schemaError : undefined}>
            {(control) => <Input {...control} className="mono" value={schema} onChange={({ target }) => setSchema(target.value.trim())} />}
          </Field>
          <Field id="table" label={say(words.table)} hint={say(words.tableHint)} error={tried ? tableError : undefined}>
            {(control) => <Input {...control} className="mono" value={table} onChange={({ target }) => setTable(target.value.trim())} />}
          </Field>
          <ModeField id="mode" value={mode} onChange={setMode} incremental={grant.cursor !== null} capture={grant.captures} />
          {mode !== 'capture' && <ScheduleField id="schedule" value={schedule} onChange={setSchedule} />}
        </div>
      </Section>
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(words.start)}
        </Button>
      </div>
    </Page>
  )
}
