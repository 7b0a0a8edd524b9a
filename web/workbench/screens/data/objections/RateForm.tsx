import { Field, FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Input, Radio } from 'antd'
import { useState } from 'react'
import { objections } from '../../../api/objections.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { objectionWords as words } from '../../../texts/objections.ts'

const SCORES = [5, 4, 3, 2, 1] as const

/** A score, whether it is solved, and a word: this closes the objection. */
export function RateForm({ id }: { id: string }) {
  const { say } = useLanguage()
  const [score, setScore] = useState<number>(5)
  const [solved, setSolved] = useState(true)
  const [text, setText] = useState('')
  const { run, busy, error } = useAct(objections.call.rate)
  return (
    <Section title={say(words.rateHere)}>
      <div className="stack no-print">
        <p className="faint">{say(words.rateLead)}</p>
        <FieldGroup id="score" label={say(words.score)}>
          <Radio.Group
            value={score}
            options={SCORES.map((value) => ({ value, label: say(words.scoreOf, { score: value }) }))}
            onChange={({ target }) => setScore(target.value as number)}
          />
        </FieldGroup>
        <FieldGroup id="solved" label={say(words.solved)} hint={solved ? undefined : say(words.disputeNext)}>
          <Radio.Group
            value={solved}
            options={[
              { value: true, label: say(words.isSolved) },
              { value: false, label: say(words.notSolved) },
            ]}
            onChange={({ target }) => setSolved(target.value as boolean)}
          />
        </FieldGroup>
        <Field id="rating-words" label={say(words.ratingWords)} optional>
          {(control) => <Input.TextArea {...control} rows={2} maxLength={1000} value={text} onChange={({ target }) => setText(target.value)} />}
        </Field>
        {error && <Problem error={error} />}
        <div className="row">
          <Button type="primary" loading={busy} onClick={() => run({ id, score, solved, words: text.trim() })}>
            {say(words.sendRating)}
          </Button>
        </div>
      </div>
    </Section>
  )
}
