import type { ApiView } from '@zhenghe/server/data/gateway/api.contract.ts'
import { curlSample, exampleCall, javascriptSample, pythonSample, routeOf } from '@zhenghe/server/data/gateway/call.rules.ts'
import type { Definition } from '@zhenghe/server/data/gateway/definition.contract.ts'
import { questionKinds } from '@zhenghe/server/data/gateway/texts.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Radio } from 'antd'
import { useState } from 'react'
import { gatewayWords as words } from '../../../texts/gateway.ts'
import './Gateway.css'

export type Operation = Definition['operations'][number]
const KEY_PLACE = 'zk_xxxxxxxxxxxxxxxx'

/** One operation as a caller reads it: where, with what, what comes back, and code that does it. */
export function OperationDoc({ api, n, operation }: { api: ApiView; n: number; operation: Operation }) {
  const { say } = useLanguage()
  const [shown, setShown] = useState('answer')
  const { method, path } = routeOf(operation, api.keys)
  const example = exampleCall(api.code, n, operation, api.keys)
  const sample = { origin: window.location.origin, key: KEY_PLACE, ...example }
  const texts = [
    { key: 'answer', label: say(words.answer), text: operation.example === undefined ? '—' : JSON.stringify(operation.example, null, 2) },
    ...(example.body ? [{ key: 'request', label: say(words.request), text: JSON.stringify(operation.requestExample ?? {}, null, 2) }] : []),
    { key: 'curl', label: 'curl', text: curlSample(sample) },
    { key: 'js', label: 'JavaScript', text: javascriptSample(sample) },
    { key: 'python', label: 'Python', text: pythonSample(sample) },
  ]
  const chosen = texts.find(({ key }) => key === shown) ?? texts[0]!
  return (
    <article className="operation">
      <h3>
        <span className="operation-method mono">{method}</span>
        <span className="mono operation-path">{path}</span>
        <span>{operation.title}</span>
      </h3>
      {operation.description && <p className="pre-line">{operation.description}</p>}
      <KeyValue
        pairs={[
          ...('question' in operation ? [{ label: say(words.kind), value: say(questionKinds[operation.question.kind]) }] : []),
          { label: say(words.parameters), value: <Parameters api={api} operation={operation} /> },
          { label: say(words.timeout), value: say(words.milliseconds, { n: operation.timeoutMs }) },
          { label: say(words.cache), value: operation.cacheSeconds > 0 ? say(words.seconds, { n: operation.cacheSeconds }) : say(words.none) },
        ]}
      />
      <Radio.Group
        className="sample-choice"
        optionType="button"
        size="small"
        aria-label={say(words.samples)}
        value={chosen.key}
        options={texts.map(({ key, label }) => ({ value: key, label }))}
        onChange={({ target }) => setShown(String(target.value))}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a code block that scrolls must be reachable by keyboard */}
      <pre className="code" tabIndex={0}>
        {chosen.text}
      </pre>
    </article>
  )
}

function Parameters({ api, operation }: { api: ApiView; operation: Operation }) {
  const { say } = useLanguage()
  const named = (name: string) => (api.titles[name] ? `${name}（${api.titles[name]}）` : name)
  if ('parameters' in operation) {
    if (operation.parameters.length === 0) return say(words.none)
    return operation.parameters.map(({ name, title, required }) => `${title ? `${name}（${title}）` : name}${required ? '' : '?'}`).join('、')
  }
  const { question } = operation
  if (question.kind === 'byKey' || question.kind === 'batch') return api.keys.map(named).join('、')
  if (question.kind === 'find') return question.by.map(named).join('、')
  return [...new Set([...api.keys, ...question.compare])].map(named).join('、')
}
