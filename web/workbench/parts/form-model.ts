/** A form as a list of questions: what each asks for, and what is wrong with an answer. Pure. */
import { type Language, say, type Text } from '@zhenghe/server/kernel/texts.ts'
import type { FieldError } from '@zhenghe/ui/Problem.tsx'
import { common } from '../texts/common.ts'

export type Kind = 'text' | 'area' | 'lines' | 'day' | 'number' | 'money' | 'yesno' | 'select' | 'unit' | 'entry' | 'digest' | 'score'
export type Question = {
  name: string
  label: Text
  kind: Kind
  hint?: Text
  optional?: true
  wide?: true
  /** Fewest characters of a text. */
  least?: number
  most?: number
  rows?: number
  options?: readonly { value: string; label: Text }[]
  /** Of an entry: whose entries are offered. */
  provider?: string | undefined
  /** Stands only where this holds of the answers so far. */
  when?: (answers: Answers) => boolean
}
export type Answers = Readonly<Record<string, unknown>>

export const asked = (questions: readonly Question[], answers: Answers): Question[] => questions.filter(({ when }) => !when || when(answers))

/** Every question without a fit answer, with a sentence. `prefix` begins the ids of the fields. */
export function errorsOf(questions: readonly Question[], answers: Answers, language: Language, prefix: string): FieldError[] {
  return asked(questions, answers).flatMap((question) => {
    const { name, label } = question
    const text = problemOf(question, answers[name])
    return text ? [{ field: `${prefix}-${name}`, message: say(text, language, { field: label, least: question.least ?? 1 }) }] : []
  })
}

const TOO_SHORT: Text = { zh: '{field}不少于 {least} 个字', en: '{field} needs {least} characters or more' }
const NO_DAY: Text = { zh: '{field}应为有效日期', en: '{field} must be a day' }
const NO_DIGEST: Text = { zh: '{field}应为 64 位十六进制摘要，请选择文件计算', en: '{field} must be a digest of 64 hexadecimal characters; choose the file' }

function problemOf({ kind, optional, least = 1 }: Question, answer: unknown): Text | undefined {
  const empty = answer === undefined || answer === null || answer === '' || (Array.isArray(answer) && answer.length === 0)
  if (empty) return optional ? undefined : ['select', 'unit', 'entry', 'yesno', 'score'].includes(kind) ? common.choose : common.required
  if ((kind === 'text' || kind === 'area') && String(answer).trim().length < least) return TOO_SHORT
  if (kind === 'day' && !/^\d{4}-\d{2}-\d{2}$/.test(String(answer))) return NO_DAY
  return kind === 'digest' && !/^[0-9a-f]{64}$/.test(String(answer)) ? NO_DIGEST : undefined
}
