import type { GrantTerms } from '@zhenghe/server/data/exchange/grant.contract.ts'
import { DayField } from '@zhenghe/ui/DayField.tsx'
import { Field } from '@zhenghe/ui/Field.tsx'
import { formatDay } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Input, InputNumber } from 'antd'
import { answerWords as words } from '../../../texts/grants.ts'

const MOST_CONNECTIONS = 32
const PERCENT = 100

/** Until when, and within which bounds a delivery may run. */
export function LimitsPart({ terms, latest, change }: { terms: GrantTerms; latest: string; change: (part: Partial<GrantTerms>) => void }) {
  const { say, language } = useLanguage()
  return (
    <Section title={say(words.limitsPart)}>
      <div className="fields">
        <Field id="notAfter" label={say(words.notAfter)} hint={say(words.notAfterHint, { day: formatDay(latest, language) })}>
          {(control) => <DayField {...control} max={latest} value={terms.notAfter} onChange={(notAfter) => change({ notAfter })} />}
        </Field>
        <Field id="rejectShare" label={say(words.rejectShare)} hint={say(words.rejectHint)}>
          {(control) => (
            <InputNumber
              {...control}
              min={0}
              max={PERCENT}
              suffix={say(words.percent)}
              value={Math.round(terms.rejectShare * PERCENT * 10) / 10}
              onChange={(value) => change({ rejectShare: (value ?? 0) / PERCENT })}
            />
          )}
        </Field>
        <Field id="connections" label={say(words.connections)}>
          {(control) => (
            <InputNumber
              {...control}
              min={1}
              max={MOST_CONNECTIONS}
              precision={0}
              value={terms.connections}
              onChange={(value) => change({ connections: value ?? 1 })}
            />
          )}
        </Field>
        <Field id="note" label={say(words.note)} hint={say(words.noteHint)} optional wide>
          {(control) => <Input.TextArea {...control} rows={2} maxLength={1000} value={terms.note} onChange={({ target }) => change({ note: target.value })} />}
        </Field>
      </div>
    </Section>
  )
}
