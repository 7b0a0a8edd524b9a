import { SendOutlined } from '@ant-design/icons'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ApiView } from '@zhenghe/server/data/gateway/api.contract.ts'
import { CALL_HEADERS, exampleCall } from '@zhenghe/server/data/gateway/call.rules.ts'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page, Section } from '@zhenghe/ui/Page.tsx'
import { Alert, Button, Checkbox, Input, Select } from 'antd'
import { useState } from 'react'
import { z } from 'zod'
import { gateway } from '../../../api/gateway.ts'
import { useParam, useSearchState } from '../../../hooks/useAddress.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { useMay } from '../../../session.ts'
import { gatewayWords as words } from '../../../texts/gateway.ts'
import './Gateway.css'
import { signCall, verdictProven } from './sign-call.ts'

const Address = z.object({ v: z.coerce.number().int().optional().catch(undefined) })

/** Calls an interface from the browser, signed with the secret entered here. */
export function TryScreen() {
  const { say } = useLanguage()
  const id = useParam('id')
  const query = useQuery(gateway.query('apiById', { id }))
  return (
    <Loaded query={query} title={say(words.tryOut)}>
      {(api) => <TryPage api={api} />}
    </Loaded>
  )
}

function useExample(api: ApiView) {
  const [{ v }] = useSearchState(Address)
  const version = api.versions.find(({ n }) => n === v) ?? api.versions.find(({ state }) => state !== 'draft') ?? api.versions[0]!
  const [name, setName] = useState(version.definition.operations[0]!.name)
  const operation = version.definition.operations.find((one) => one.name === name)!
  const example = exampleCall(api.code, version.n, operation, api.keys)
  const [edited, setEdited] = useState<{ target?: string; body?: string }>({})
  const choose = (next: string) => {
    setName(next)
    setEdited({})
  }
  const shown = { method: example.method, target: edited.target ?? example.target, body: edited.body ?? pretty(example.body) }
  return { version, operation, choose, shown, takesBody: example.body !== '', edit: (change: typeof edited) => setEdited({ ...edited, ...change }) }
}

function TryPage({ api }: { api: ApiView }) {
  const { say } = useLanguage()
  const { version, operation, choose, shown, takesBody, edit } = useExample(api)
  const [key, setKey] = useState('')
  const [secret, setSecret] = useState('')
  const [mock, setMock] = useState(false)
  const badBody = takesBody && !isJson(shown.body)
  const call = useMutation({ mutationFn: () => send({ ...shown, body: takesBody ? shown.body : '', key, secret, mock, sign: api.node?.sign }) })
  return (
    <Page
      title={`${say(words.tryOut)}：${api.name} v${version.n}`}
      lead={say(words.tryLead)}
      crumbs={[
        { key: 'apis', link: <Link to="/interfaces">{say(words.apis)}</Link> },
        { key: 'api', link: <Link to={`/interfaces/${api.id}`}>{api.name}</Link> },
      ]}
    >
      <Section>
        <div className="fields">
          <Field id="try-operation" label={say(words.operation)}>
            {(control) => (
              <Select
                {...control}
                value={operation.name}
                options={version.definition.operations.map((one) => ({ value: one.name, label: `${one.title} ${one.name}` }))}
                onChange={choose}
              />
            )}
          </Field>
          <KeyChoice value={key} onChange={setKey} />
          <Field id="try-secret" label={say(words.secret)}>
            {(control) => <Input.Password {...control} value={secret} autoComplete="off" onChange={({ target }) => setSecret(target.value.trim())} />}
          </Field>
          <Field id="try-target" label={`${say(words.target)} ${shown.method}`} wide>
            {(control) => <Input {...control} className="mono" value={shown.target} onChange={({ target }) => edit({ target: target.value })} />}
          </Field>
          {takesBody && (
            <Field id="try-body" label={say(words.body)} wide error={badBody ? say(words.badJson) : undefined}>
              {(control) => (
                <Input.TextArea
                  {...control}
                  className="mono"
                  autoSize={{ minRows: 4, maxRows: 16 }}
                  value={shown.body}
                  onChange={({ target }) => edit({ body: target.value })}
                />
              )}
            </Field>
          )}
        </div>
        <div className="row try-send">
          <Button type="primary" icon={<SendOutlined />} loading={call.isPending} disabled={!key || !secret || badBody} onClick={() => call.mutate()}>
            {say(words.send)}
          </Button>
          <Checkbox checked={mock} onChange={({ target }) => setMock(target.checked)}>
            {say(words.mock)}
          </Checkbox>
        </div>
      </Section>
      {call.error && <Alert type="error" showIcon title={say(words.unreachable)} />}
      {call.data && <Result result={call.data} />}
    </Page>
  )
}

/** The unit's keys to choose from, for whoever may see them; else the id is typed. */
function KeyChoice({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  const { say } = useLanguage()
  const sees = useMay()('gateway.keys')
  const { data } = useQuery({ ...gateway.query('keys', {}), enabled: sees })
  const live = data?.filter(({ revokedAt }) => !revokedAt) ?? []
  return (
    <Field id="try-key" label={say(words.keyId)}>
      {(control) =>
        live.length > 0 ? (
          <Select
            {...control}
            value={value || null}
            options={live.map(({ id, name }) => ({ value: id, label: `${name} ${id}` }))}
            onChange={(next) => onChange(next ?? '')}
          />
        ) : (
          <Input {...control} className="mono" value={value} onChange={({ target }) => onChange(target.value.trim())} />
        )
      }
    </Field>
  )
}

type Sent = { method: string; target: string; body: string; key: string; secret: string; mock: boolean; sign: string | undefined }
type ResultOf = { status: number; text: string; ms: number; mock: boolean; cached: boolean; proven: boolean | undefined }

async function send({ mock, sign, ...call }: Sent): Promise<ResultOf> {
  const signed = await signCall(call, Date.now())
  const headers = { ...signed, ...(call.body ? { 'content-type': 'application/json' } : {}), ...(mock ? { [CALL_HEADERS.mock]: '1' } : {}) }
  const began = performance.now()
  const response = await fetch(call.target, { method: call.method, headers, ...(call.body ? { body: call.body } : {}), credentials: 'omit' })
  const text = await response.text()
  const ms = performance.now() - began
  const proven = sign && !mock && isJson(text) ? await verdictProven(JSON.parse(text), sign) : undefined
  const marked = (name: string) => response.headers.get(name) !== null
  return { status: response.status, text: pretty(text), ms, mock: marked('zhenghe-mock'), cached: marked('zhenghe-cache'), proven }
}

function Result({ result }: { result: ResultOf }) {
  const { say } = useLanguage()
  const marks = [String(result.status), say(words.took, { ms: result.ms.toFixed(0) }), result.mock && say(words.mocked), result.cached && say(words.fromCache)]
  return (
    <Section title={say(words.result)}>
      <div className="result">
        <p role="status" className={result.status < 400 ? 'number' : 'number sign-warn'}>
          {marks.filter(Boolean).join(' · ')}
        </p>
        {result.proven !== undefined && (
          <Alert type={result.proven ? 'success' : 'error'} showIcon title={say(result.proven ? words.provenYes : words.provenNo)} />
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a code block that scrolls must be reachable by keyboard */}
        <pre className="code" tabIndex={0}>
          {result.text}
        </pre>
      </div>
    </Section>
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
function pretty(text: string): string {
  return isJson(text) ? JSON.stringify(JSON.parse(text), null, 2) : text
}
