import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { describeFilter } from '@zhenghe/wire/filter-words.ts'
import { Button, Segmented, Select } from 'antd'
import { operatorWords, filterWordsOf as words } from '../../../texts/requests.ts'
import './Filter.css'
import {
  type ConditionGroup,
  type ConditionRow,
  complete,
  conditionProblem,
  type FilterField,
  type FilterModel,
  type Join,
  operatorsFor,
  toFilter,
} from './filter-model.ts'
import { ValueInput } from './ValueInput.tsx'

export type BuilderField = FilterField & { codeTable: string | null }
type FilterBuilderProps = {
  fields: readonly BuilderField[]
  model: FilterModel
  change: (model: FilterModel) => void
  /** Whether conditions still without a value are to be called wrong. */
  strict?: boolean
  /** Said where there are no conditions. */
  none?: Text
}

const nextId = (model: FilterModel): number => 1 + Math.max(0, ...model.groups.flatMap(({ id, rows }) => [id, ...rows.map((row) => row.id)]))

/** Conditions on rows, without a word of SQL: item, comparison, value; said back in words while one builds. */
export function FilterBuilder({ fields, model, change, strict = false, none = words.none }: FilterBuilderProps) {
  const { say, language } = useLanguage()
  const filter = toFilter(complete(model), fields)
  const [first] = fields
  const fresh = (id: number): ConditionRow => ({ id, field: first!.name, op: operatorsFor(first!.type)[0]!, values: [''] })
  const addGroup = () => {
    const id = nextId(model)
    change({ ...model, groups: [...model.groups, { id, join: 'and', rows: [fresh(id + 1)] }] })
  }
  const setGroup = (group: ConditionGroup) =>
    change({ ...model, groups: model.groups.map((one) => (one.id === group.id ? group : one)).filter(({ rows }) => rows.length > 0) })
  const many = model.groups.length > 1
  return (
    <div className="filter-builder">
      {many && <JoinChoice label={say(words.groupsJoin)} value={model.join} onChange={(join) => change({ ...model, join })} />}
      {model.groups.map((group, index) => (
        <fieldset key={group.id} className="filter-group">
          <legend className={many ? undefined : 'sr-only'}>{say(words.group, { at: index + 1 })}</legend>
          {group.rows.length > 1 && <JoinChoice label={say(words.join)} value={group.join} onChange={(join) => setGroup({ ...group, join })} />}
          {group.rows.map((row) => (
            <Condition
              key={row.id}
              row={row}
              fields={fields}
              asked={strict}
              set={(next) => setGroup({ ...group, rows: group.rows.map((one) => (one.id === row.id ? next : one)) })}
              remove={() => setGroup({ ...group, rows: group.rows.filter(({ id }) => id !== row.id) })}
            />
          ))}
          <Button type="link" size="small" icon={<PlusOutlined />} onClick={() => setGroup({ ...group, rows: [...group.rows, fresh(nextId(model))] })}>
            {say(words.addCondition)}
          </Button>
        </fieldset>
      ))}
      <div className="row">
        <Button icon={<PlusOutlined />} onClick={addGroup} disabled={!first}>
          {say(model.groups.length === 0 ? words.addCondition : words.addGroup)}
        </Button>
      </div>
      <p className="filter-words" aria-live="polite">
        {filter ? say(words.words, { words: describeFilter(filter, fields, language === 'zh' ? 'zh-CN' : 'en') }) : say(none)}
      </p>
    </div>
  )
}

function JoinChoice({ label, value, onChange }: { label: string; value: Join; onChange: (join: Join) => void }) {
  const { say } = useLanguage()
  const options = [
    { value: 'and' as const, label: say(words.all) },
    { value: 'or' as const, label: say(words.any) },
  ]
  return (
    <div className="row">
      <span className="faint">{label}</span>
      <Segmented size="small" aria-label={label} options={options} value={value} onChange={onChange} />
    </div>
  )
}

type ConditionProps = { row: ConditionRow; fields: readonly BuilderField[]; asked: boolean; set: (row: ConditionRow) => void; remove: () => void }

function Condition({ row, fields, asked, set, remove }: ConditionProps) {
  const { say } = useLanguage()
  const field = fields.find(({ name }) => name === row.field)
  const touched = row.values.some((value) => value !== '')
  const problem = conditionProblem(row, fields)
  const choose = (name: string) => {
    const type = fields.find((one) => one.name === name)?.type ?? 'text'
    const op = operatorsFor(type).includes(row.op) ? row.op : operatorsFor(type)[0]!
    set({ ...row, field: name, op, values: [''] })
  }
  return (
    <div className="filter-row">
      <Select
        aria-label={say(words.field)}
        showSearch={{ optionFilterProp: 'label' }}
        status={field ? '' : 'error'}
        value={row.field}
        options={fields.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={choose}
        popupMatchSelectWidth={false}
      />
      <Select
        aria-label={say(words.op)}
        value={row.op}
        options={operatorsFor(field?.type ?? 'text').map((op) => ({ value: op, label: say(operatorWords[op]) }))}
        onChange={(op) => set({ ...row, op, values: op === 'in' ? [] : [''] })}
      />
      {field && <ValueInput field={field} op={row.op} values={row.values} onChange={(values) => set({ ...row, values })} />}
      <Button type="text" icon={<DeleteOutlined />} aria-label={say(words.removeCondition)} onClick={remove} />
      {problem && (asked || (problem !== 'no_value' && touched) || problem === 'unknown_field') && <p className="field-error">{say(words[problem])}</p>}
    </div>
  )
}
