import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Button, Input, InputNumber, Select } from 'antd'
import { gateway } from '../../../api/gateway.ts'
import { useMe } from '../../../session.ts'
import { gatewayWords, registerWords as words } from '../../../texts/gateway.ts'
import { type Draft, isExample, newOperation, type OperationDraft } from './definition-draft.ts'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const
type Part = { draft: Draft; set: (change: Partial<Draft>) => void; problem: string | undefined }

/** An existing system's interface: where it is, and each of its operations. */
export function RegisteredPart({ draft, set, problem }: Part) {
  const { say } = useLanguage()
  const { unit } = useMe()
  const { data } = useQuery(gateway.query('upstreams', { unit: unit.id }))
  const put = (next: OperationDraft) => set({ operations: draft.operations.map((one) => (one.id === next.id ? next : one)) })
  return (
    <Section title={say(gatewayWords.operations)}>
      <Field id="api-upstream" label={say(words.upstream)} hint={data?.length === 0 && say(words.noUpstream)}>
        {(control) => (
          <Select
            {...control}
            value={draft.upstream || null}
            options={(data ?? []).map(({ id, name, baseUrl }) => ({ value: id, label: `${name} ${baseUrl}` }))}
            onChange={(upstream) => set({ upstream: upstream ?? '' })}
            style={{ maxWidth: 560 }}
          />
        )}
      </Field>
      <div id="operations" tabIndex={-1}>
        {problem && <p className="field-error">{problem}</p>}
        {draft.operations.map((operation) => (
          <OperationFields
            key={operation.id}
            operation={operation}
            put={put}
            remove={draft.operations.length > 1 ? () => set({ operations: draft.operations.filter(({ id }) => id !== operation.id) }) : undefined}
          />
        ))}
      </div>
      <Button icon={<PlusOutlined />} onClick={() => set({ operations: [...draft.operations, newOperation()] })}>
        {say(words.addOperation)}
      </Button>
    </Section>
  )
}

function OperationFields({ operation, put, remove }: { operation: OperationDraft; put: (next: OperationDraft) => void; remove: (() => void) | undefined }) {
  const { say } = useLanguage()
  const { id } = operation
  const set = (change: Partial<OperationDraft>) => put({ ...operation, ...change })
  const text = (name: 'name' | 'title' | 'path' | 'query', label: string, hint?: string) => (
    <Field id={`${id}-${name}`} label={label} hint={hint} optional={name === 'query'}>
      {(control) => (
        <Input {...control} className={name === 'title' ? '' : 'mono'} value={operation[name]} onChange={({ target }) => set({ [name]: target.value })} />
      )}
    </Field>
  )
  const number = (name: 'timeoutMs' | 'cacheSeconds', label: string, min: number, max: number) => (
    <Field id={`${id}-${name}`} label={label}>
      {({ status, ...control }) => (
        <InputNumber
          {...control}
          status={status}
          min={min}
          max={max}
          precision={0}
          value={operation[name]}
          onChange={(value) => set({ [name]: value ?? min })}
          style={{ width: '100%' }}
        />
      )}
    </Field>
  )
  return (
    <div className="operation-edit">
      <div className="fields">
        {text('title', say(words.opTitle))}
        {text('name', say(words.opName), say(gatewayWords.codeHint))}
        <Field id={`${id}-method`} label={say(words.method)}>
          {(control) => (
            <Select {...control} value={operation.method} options={METHODS.map((value) => ({ value, label: value }))} onChange={(method) => set({ method })} />
          )}
        </Field>
        {text('path', say(words.path), say(words.pathHint))}
        {text('query', say(words.query), say(words.queryHint))}
        {number('timeoutMs', say(words.timeoutMs), 100, 60_000)}
        {number('cacheSeconds', say(words.cacheSeconds), 0, 86_400)}
        <Field
          id={`${id}-example`}
          label={say(words.example)}
          hint={say(words.exampleHint)}
          error={isExample(operation.example) ? undefined : say(words.badExample)}
          optional
          wide
        >
          {(control) => (
            <Input.TextArea
              {...control}
              className="mono"
              autoSize={{ minRows: 2, maxRows: 12 }}
              value={operation.example}
              onChange={({ target }) => set({ example: target.value })}
            />
          )}
        </Field>
      </div>
      {remove && (
        <div>
          <Button icon={<DeleteOutlined />} onClick={remove}>
            {say(words.removeOperation)}
          </Button>
        </div>
      )}
    </div>
  )
}
