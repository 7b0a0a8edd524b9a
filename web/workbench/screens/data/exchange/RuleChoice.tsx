import { ruleKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { DayField } from '@zhenghe/ui/DayField.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import type { CanonicalType, Rule } from '@zhenghe/wire/documents.ts'
import { InputNumber, Select } from 'antd'
import { answerWords as words } from '../../../texts/grants.ts'
import { filterWordsOf } from '../../../texts/requests.ts'
import type { ChoiceProps } from './MaskChoice.tsx'

const MOST_CODES = 2000
const LONGEST_TEXT = 1000

/** The checks that go with a type; codes only where a table of theirs is known. */
function kindsFor(type: CanonicalType, codes: readonly string[] | undefined): Rule['kind'][] {
  if (type === 'date') return ['notNull', 'dateBetween']
  if (type !== 'text') return ['notNull']
  const listed = codes && codes.length > 0 && codes.length <= MOST_CODES
  return ['notNull', 'uscc', 'residentId', 'digits', 'length', ...(listed ? (['oneOf'] as const) : [])]
}

function fresh(kind: Rule['kind'], codes: readonly string[] = []): Rule {
  switch (kind) {
    case 'length':
      return { kind, min: 1, max: 100 }
    case 'oneOf':
      return { kind, values: [...codes] }
    case 'dateBetween':
      return { kind, from: '1900-01-01', to: '2099-12-31' }
    default:
      return { kind }
  }
}

/** What every value must be, or its row stays behind in the quarantine. */
export function RuleChoice({ item, type, term, set, codes }: ChoiceProps & { codes: readonly string[] | undefined }) {
  const { say } = useLanguage()
  const kinds = kindsFor(type, codes)
  const choose = (next: Rule['kind'][]) => set({ ...term, rules: next.map((kind) => term.rules.find((rule) => rule.kind === kind) ?? fresh(kind, codes)) })
  const put = (rule: Rule) => set({ ...term, rules: term.rules.map((one) => (one.kind === rule.kind ? rule : one)) })
  return (
    <div className="terms-choice">
      <Select
        mode="multiple"
        aria-label={say(words.rulesOf, { name: item.name })}
        placeholder={say(words.rules)}
        value={term.rules.map(({ kind }) => kind)}
        options={kinds.map((kind) => ({ value: kind, label: say(ruleKinds[kind]) }))}
        onChange={choose}
        popupMatchSelectWidth={false}
      />
      {term.rules.map((rule) => (
        <RuleBounds key={rule.kind} rule={rule} put={put} />
      ))}
    </div>
  )
}

function RuleBounds({ rule, put }: { rule: Rule; put: (rule: Rule) => void }) {
  const { say } = useLanguage()
  const [from, to] = [`${say(ruleKinds[rule.kind])} ${say(filterWordsOf.from)}`, `${say(ruleKinds[rule.kind])} ${say(filterWordsOf.to)}`]
  if (rule.kind === 'length')
    return (
      <span className="terms-numbers">
        <InputNumber aria-label={from} min={0} max={LONGEST_TEXT} precision={0} value={rule.min} onChange={(min) => put({ ...rule, min: min ?? 0 })} />–
        <InputNumber aria-label={to} min={0} max={LONGEST_TEXT} precision={0} value={rule.max} onChange={(max) => put({ ...rule, max: max ?? 0 })} />
      </span>
    )
  if (rule.kind !== 'dateBetween') return null
  return (
    <span className="terms-numbers">
      <DayField aria-label={from} value={rule.from} max={rule.to} onChange={(day) => put({ ...rule, from: day })} />–
      <DayField aria-label={to} value={rule.to} min={rule.from} onChange={(day) => put({ ...rule, to: day })} />
    </span>
  )
}
