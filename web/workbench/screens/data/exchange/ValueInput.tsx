import { useQuery } from '@tanstack/react-query'
import { DayField, MomentField, TimeField } from '@zhenghe/ui/DayField.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { Input, Select } from 'antd'
import { standards } from '../../../api/standards.ts'
import { common } from '../../../texts/common.ts'
import { filterWordsOf as words } from '../../../texts/requests.ts'
import type { BuilderField } from './FilterBuilder.tsx'
import type { Op } from './filter-model.ts'

type ValueInputProps = { field: BuilderField; op: Op; values: readonly string[]; onChange: (values: string[]) => void }

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
  if (op === 'between')
    return (
      <span className="filter-between">
        <OneValue
          type={field.type}
          label={`${field.title} ${say(words.from)}`}
          value={values[0] ?? ''}
          onChange={(value) => onChange([value, values[1] ?? ''])}
        />
        <OneValue
          type={field.type}
          label={`${field.title} ${say(words.to)}`}
          value={values[1] ?? ''}
          onChange={(value) => onChange([values[0] ?? '', value])}
        />
      </span>
    )
  return <OneValue type={field.type} label={label} value={values[0] ?? ''} onChange={(value) => onChange([value])} />
}

function OneValue({ type, label, value, onChange }: { type: CanonicalType; label: string; value: string; onChange: (value: string) => void }) {
  switch (type) {
    case 'date':
      return <DayField aria-label={label} value={value} clearable onChange={onChange} />
    case 'timestamp':
    case 'timestamptz':
      return <MomentField aria-label={label} value={value} onChange={onChange} />
    case 'time':
      return <TimeField aria-label={label} value={value} onChange={onChange} />
    default:
      return <Input aria-label={label} value={value} onChange={({ target }) => onChange(target.value)} />
  }
}
