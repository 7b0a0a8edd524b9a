import { type ObjectionView, Outcome } from '@zhenghe/server/data/objections/contract.ts'
import { allows, disputed } from '@zhenghe/server/data/objections/rules.ts'
import { outcomes } from '@zhenghe/server/data/objections/texts.ts'
import { Field, FieldGroup } from '@zhenghe/ui/Field.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { objectionStates } from '@zhenghe/ui/states.ts'
import { Alert, Button, Input, Radio } from 'antd'
import { useState } from 'react'
import { objections } from '../../../api/objections.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { useMayAt } from '../../../hooks/useMayAt.ts'
import { objectionWords as words } from '../../../texts/objections.ts'
import { RateForm } from './RateForm.tsx'

/** What came of an objection so far, and the form of whoever has the next word. */
export function ObjectionOutcome({ objection }: { objection: ObjectionView }) {
  const { state } = objection
  const handles = useMayAt(objection.handler ?? undefined)('objections.handle')
  const raised = useMayAt(objection.raiser)('objections.raise')
  if (state === 'rejected' || state === 'failed') return <Ended objection={objection} own={raised} />
  return (
    <>
      {objection.answer && <Answered objection={objection} answer={objection.answer} />}
      {handles && allows(state, 'answer') && <AnswerForm id={objection.id} />}
      {raised && allows(state, 'rate') && <RateForm id={objection.id} />}
    </>
  )
}

function Ended({ objection: { id, state, steps }, own }: { objection: ObjectionView; own: boolean }) {
  const { say } = useLanguage()
  const { run, busy, done } = useAct(objections.call.acknowledge)
  return (
    <Alert
      type="warning"
      showIcon
      title={say(words.endedTitle, { state: objectionStates[state].text, reason: steps.at(-1)?.note })}
      action={
        own &&
        !done && (
          <Button loading={busy} onClick={() => run({ id })}>
            {say(words.acknowledge)}
          </Button>
        )
      }
    />
  )
}

function Answered({ objection, answer }: { objection: ObjectionView; answer: NonNullable<ObjectionView['answer']> }) {
  const { say } = useLanguage()
  const { rating, state } = objection
  const rated = rating
    ? [
        { label: say(words.score), value: say(words.scoreOf, { score: rating.score }) },
        { label: say(words.solved), value: say(rating.solved ? words.isSolved : words.notSolved) },
        { label: say(words.ratingWords), value: rating.words, wide: true },
      ]
    : []
  return (
    <Section title={say(words.answerTitle)}>
      <div className="stack">
        <KeyValue
          pairs={[
            { label: say(words.outcome), value: say(outcomes[answer.outcome]) },
            { label: say(words.answeredAt), value: <Moment value={answer.at} /> },
            { label: say(words.words), value: answer.words, wide: true },
            ...rated,
          ]}
        />
        {disputed({ state, solved: rating?.solved ?? null }) && <p className="faint">{say(words.disputeNext)}</p>}
      </div>
    </Section>
  )
}

const SHORTEST_WORDS = 4

function AnswerForm({ id }: { id: string }) {
  const { say } = useLanguage()
  const [outcome, setOutcome] = useState<Outcome>('mended')
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const { run, busy, error } = useAct(objections.call.answer)
  const short = text.trim().length < SHORTEST_WORDS
  const submit = () => {
    setTried(true)
    if (!short) run({ id, outcome, words: text.trim() })
  }
  return (
    <Section title={say(words.answerHere)}>
      <div className="stack no-print">
        <FieldGroup id="outcome" label={say(words.outcome)}>
          <Radio.Group
            value={outcome}
            options={Outcome.options.map((value) => ({ value, label: say(outcomes[value]) }))}
            onChange={({ target }) => setOutcome(target.value as Outcome)}
          />
        </FieldGroup>
        <Field
          id="answer-words"
          label={say(words.words)}
          hint={say(words.wordsHint)}
          error={tried && short ? say(words.short, { field: say(words.words), least: SHORTEST_WORDS }) : undefined}
        >
          {(control) => <Input.TextArea {...control} rows={4} maxLength={1000} value={text} onChange={({ target }) => setText(target.value)} />}
        </Field>
        {error && <Problem error={error} />}
        <div className="row">
          <Button type="primary" loading={busy} onClick={submit}>
            {say(words.sendAnswer)}
          </Button>
        </div>
      </div>
    </Section>
  )
}
