import { useQuery } from '@tanstack/react-query'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { Input, Select } from 'antd'
import { standards } from '../../../api/standards.ts'
import { common } from '../../../texts/common.ts'
import { filterWordsOf as words } from '../../../texts/requests.ts'
import type { BuilderField } from './FilterBuilder.tsx'
import type { Op } from './filter-model.ts'

type ValueInputProps = { field: BuilderField; op: Op; values: readonly string[]; onChange: (values: string[]) => void }

const INPUT_TYPES: Partial<Record<CanonicalType, string>> = { date: 'date', timestamp: 'datetime-local', timestamptz: 'datetime-local', time: 'time' }

/** The value of a condition, asked for as its type wants: a day, a number, yes or no, a code with its name. */
export function ValueInput({ field, op, values, onChange }: ValueInputProps) {
  const { say, language } = useLanguage()
  const { data } = useQuery({ ...standards.query('codeTable', { name: field.codeTable ?? '' }), enabled: field.codeTable !== null })
  const codes = data?.codes.map(({ code, nameZh, nameEn }) => ({ value: code, label: `${code}　${language === 'en' && nameEn ? nameEn : nameZh}` }))
  const label = `${field.title} ${say(words.value)}`
  if (op === 'null' || op === 'notNull') return <span />
  if (op === 'in')
    return (
      <Select
        aria-label={label}
        mode="tags"
        value={[...values]}
        options={codes ?? []}
        optionLabelProp="label"
        tokenSeparators={[',', '，', '、', ' ', '\n']}
        {...(codes ? {} : { open: false })}
        onChange={(next: string[]) => onChange(next)}
      />
    )
  if (field.type === 'bool') {
    const options = [
      { value: 'true', label: say(common.yes) },
      { value: 'false', label: say(common.no) },
    ]
    return <Select aria-label={label} value={values[0] || null} options={options} onChange={(value) => value && onChange([value])} />
  }
  if (codes && (op === 'eq' || op === 'ne'))
    return (
      <Select
        aria-label={label}
        showSearch={{ optionFilterProp: 'label' }}
        value={values[0] || null}
        options={codes}
        onChange={(value) => value && onChange([value])}
      />
    )
  const type = INPUT_TYPES[field.type] ?? 'text'
  if (op === 'between')
    return (
      <span className="filter-between">
        <Input
          type={type}
          aria-label={`${field.title} ${say(words.from)}`}
          value={values[0] ?? ''}
          onChange={({ target }) => onChange([target.value, values[1] ?? ''])}
        />
        <Input
          type={type}
          aria-label={`${field.title} ${say(words.to)}`}
          value={values[1] ?? ''}
          onChange={({ target }) => onChange([values[0] ?? '', target.value])}
        />
      </span>
    )
  return <Input type={type} aria-label={label} value={values[0] ?? ''} onChange={({ target }) => onChange([target.value])} />
}
