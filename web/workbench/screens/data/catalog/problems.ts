/** Broken rules of compilation as lines of an error summary. Pure. */
import type { ProblemRule } from '@zhenghe/server/data/catalog/compilation.rules.ts'
import type { Content, Problem } from '@zhenghe/server/data/catalog/contract.ts'
import { problemTexts } from '@zhenghe/server/data/catalog/texts.ts'
import { type Language, say } from '@zhenghe/server/kernel/texts.ts'
import type { FieldError } from '@zhenghe/ui/Problem.tsx'
import { elementWords } from '../../../texts/catalog.ts'

/** Each with the field it belongs to, its element named first unless the sentence names an item. */
export function fieldErrors(problems: readonly Problem[], content: Content, language: Language): FieldError[] {
  return problems.map(({ path, rule, params }) => {
    const sentence = say(problemTexts[rule as ProblemRule] ?? { zh: rule, en: rule }, language, params)
    const element = elementWords[path as keyof typeof elementWords]
    const item = content.items[Number(/^items\.(\d+)\./.exec(path)?.[1] ?? Number.NaN)]?.name
    const where = element ? say(element, language) : item
    return { field: path, message: where ? `${where}${language === 'zh' ? '：' : ': '}${sentence}` : sentence }
  })
}

/** What is wrong with one field, all of it. */
export function errorOf(errors: readonly FieldError[], field: string): string | undefined {
  const own = errors.filter((error) => error.field === field).map(({ message }) => message.replace(/^[^：:]{1,30}[：:] ?/, ''))
  return own.length > 0 ? own.join(' ') : undefined
}
