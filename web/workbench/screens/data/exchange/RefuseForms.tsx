import { useNavigate } from '@tanstack/react-router'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { answerWords as words } from '../../../texts/grants.ts'

const SHORTEST_POINT = 2
const SHORTEST_REASON = 4

/** One point a line; blank lines do not count. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

/** All that is missing, told at once; the clock stands until it is supplied. */
export function SupplementForm({ id }: { id: string }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(exchange.call.askSupplement, () => void navigate({ to: `/exchange/requests/${id}` }))
  const missing = linesOf(text)
  const bad = missing.length === 0 || missing.some((line) => line.length < SHORTEST_POINT)
  const submit = () => {
    setTried(true)
    if (!bad) run({ id, missing })
  }
  return (
    <>
      <Section>
        <Field
          id="missing"
          label={say(words.supplementTitle)}
          hint={say(words.supplementHint)}
          error={tried && bad ? say(words.tooShort, { field: say(words.supplementTitle), least: SHORTEST_POINT }) : undefined}
        >
          {(control) => <Input.TextArea {...control} rows={5} value={text} onChange={({ target }) => setText(target.value)} />}
        </Field>
      </Section>
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button type="primary" loading={busy} onClick={submit}>
          {say(words.sendSupplement)}
        </Button>
      </div>
    </>
  )
}

/** A refusal with its reasons and their basis; without both there is none. */
export function RefuseForm({ id }: { id: string }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [basis, setBasis] = useState('')
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(exchange.call.refuse, () => void navigate({ to: `/exchange/requests/${id}` }))
  const reasons = linesOf(text)
  const badReasons = reasons.length === 0 || reasons.some((line) => line.length < SHORTEST_REASON)
  const badBasis = basis.trim().length < SHORTEST_REASON
  const submit = () => {
    setTried(true)
    if (!badReasons && !badBasis) run({ id, reasons, basis: basis.trim() })
  }
  const wrong = (bad: boolean, field: string) => (tried && bad ? say(words.tooShort, { field, least: SHORTEST_REASON }) : undefined)
  return (
    <>
      <Section>
        <div className="stack">
          <Field id="reasons" label={say(words.reasons)} hint={say(words.reasonsHint)} error={wrong(badReasons, say(words.reasons))}>
            {(control) => <Input.TextArea {...control} rows={4} value={text} onChange={({ target }) => setText(target.value)} />}
          </Field>
          <Field id="basis" label={say(words.basis)} hint={say(words.basisHint)} error={wrong(badBasis, say(words.basis))}>
            {(control) => <Input.TextArea {...control} rows={2} maxLength={500} value={basis} onChange={({ target }) => setBasis(target.value)} />}
          </Field>
          <p className="faint">{say(words.refusalNext)}</p>
        </div>
      </Section>
      {error && <Problem error={error} />}
      <div className="form-end">
        <Button danger loading={busy} onClick={submit}>
          {say(words.sendRefusal)}
        </Button>
      </div>
    </>
  )
}
