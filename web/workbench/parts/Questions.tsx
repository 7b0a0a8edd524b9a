import { DayField } from '@zhenghe/ui/DayField.tsx'
import { Field } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Input, InputNumber, Radio, Rate, Select } from 'antd'
import { EntrySelect } from './EntrySelect.tsx'
import { FileButton } from './FileButton.tsx'
import { type Answers, asked, errorsOf, type Question } from './form-model.ts'
import { UnitSelect } from './UnitSelect.tsx'

type QuestionsProps = {
  /** Begins the ids of the fields. */
  id: string
  questions: readonly Question[]
  answers: Answers
  change: (answers: Answers) => void
  /** Shows what is wrong: after the first try to hand in. */
  strict: boolean
}

/** Questions of a form in two columns, one on a phone. */
export function Questions({ id, questions, answers, change, strict }: QuestionsProps) {
  const { say, language } = useLanguage()
  const errors = strict ? errorsOf(questions, answers, language, id) : []
  return (
    <div className="fields">
      {asked(questions, answers).map((question) => {
        const { name, label, hint, optional = false, wide = false } = question
        const field = `${id}-${name}`
        return (
          <Field
            key={name}
            id={field}
            label={say(label)}
            {...(hint ? { hint: say(hint) } : {})}
            optional={optional}
            wide={wide}
            error={errors.find((one) => one.field === field)?.message}
          >
            {(control) => <Answer question={question} control={control} value={answers[name]} set={(value) => change({ ...answers, [name]: value })} />}
          </Field>
        )
      })}
    </div>
  )
}

type Control = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined; status: '' | 'error' }
type AnswerProps = { question: Question; control: Control; value: unknown; set: (value: unknown) => void }

function Answer({ question, control, value, set }: AnswerProps) {
  const { say } = useLanguage()
  const { kind, most, rows = 3, options = [], provider } = question
  const text = typeof value === 'string' ? value : ''
  const limit = most ? { maxLength: most } : {}
  const choices = options.map((one) => ({ value: one.value, label: say(one.label) }))
  switch (kind) {
    case 'area':
      return <Input.TextArea {...control} {...limit} rows={rows} value={text} onChange={({ target }) => set(target.value)} />
    case 'lines':
      return <Lines control={control} rows={rows} value={value} set={set} />
    case 'day':
      return <DayField {...control} value={text} clearable={question.optional ?? false} onChange={set} />
    case 'number':
      return <InputNumber {...control} min={0} precision={0} value={typeof value === 'number' ? value : null} onChange={(next) => set(next)} />
    case 'money':
      return <InputNumber {...control} min={0} precision={2} value={typeof value === 'number' ? value : null} onChange={(next) => set(next)} />
    case 'yesno':
      return <YesNo control={control} value={value} set={set} />
    case 'select':
      return <Select {...control} value={text || null} options={choices} onChange={(next) => set(next)} allowClear={question.optional ?? false} />
    case 'unit':
      return <UnitSelect {...control} value={text} allowClear onChange={(next) => set(next ?? null)} />
    case 'entry':
      return <EntrySelect {...control} value={text} provider={provider} onChange={(next) => set(next ?? null)} />
    case 'digest':
      return <DigestOfFile control={control} value={text} set={set} />
    case 'score':
      return <Rate id={control.id} value={typeof value === 'number' ? value : 0} onChange={set} />
    default:
      return <Input {...control} {...limit} value={text} onChange={({ target }) => set(target.value)} />
  }
}

type PartProps = Pick<AnswerProps, 'control' | 'value' | 'set'>

/** One point a line; blank lines do not count. */
function Lines({ control, value, set, rows }: PartProps & { rows: number }) {
  const lines = Array.isArray(value) ? value.join('\n') : ''
  return <Input.TextArea {...control} rows={rows} value={lines} onChange={({ target }) => set(target.value === '' ? [] : target.value.split('\n'))} />
}

function YesNo({ control, value, set }: PartProps) {
  const { say } = useLanguage()
  const options = [
    { value: true, label: say({ zh: '是', en: 'Yes' }) },
    { value: false, label: say({ zh: '否', en: 'No' }) },
  ]
  return <Radio.Group id={control.id} value={value} options={options} onChange={({ target }) => set(target.value)} />
}

/** The SHA-256 of a file that stays on this machine; may be typed where it was computed elsewhere. */
function DigestOfFile({ control, value, set }: { control: Control; value: string; set: (value: unknown) => void }) {
  const { say } = useLanguage()
  const read = async (file: File) => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
    set([...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
  }
  return (
    <>
      <div>
        <FileButton label={say({ zh: '选择文件计算摘要', en: 'Choose the file to digest' })} onPick={(file) => void read(file)} />
      </div>
      <Input {...control} className="mono" maxLength={64} value={value} onChange={({ target }) => set(target.value.trim().toLowerCase())} />
    </>
  )
}
