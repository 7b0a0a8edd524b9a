/** Broken rules of compilation as lines of an error summary. Pure. */
import type { ProblemRule } from '@zhenghe/server/data/catalog/compilation.rules.ts'
import type { Content, Problem } from '@zhenghe/server/data/catalog/contract.ts'
import { problemTexts } from '@zhenghe/server/data/catalog/texts.ts'
import { type Language, say } from '@zhenghe/server/kernel/texts.ts'
import type { FieldError } from '@zhenghe/ui/Problem.tsx'
import { headed } from '../../../parts/wording.ts'
import { elementWords } from '../../../texts/catalog.ts'

/** `message` names the field first, for a summary; `sentence` stands beside the field itself. */
export type RuleError = FieldError & { sentence: string }

/** Each with the field it belongs to, its element named first unless the sentence names an item. */
export function fieldErrors(problems: readonly Problem[], content: Content, language: Language): RuleError[] {
  return problems.map(({ path, rule, params }) => {
    const sentence = say(problemTexts[rule as ProblemRule] ?? { zh: rule, en: rule }, language, params)
    const element = elementWords[path as keyof typeof elementWords]
    const item = content.items[Number(/^items\.(\d+)\./.exec(path)?.[1] ?? Number.NaN)]?.name
    const where = element ? say(element, language) : item
    return { field: path, sentence, message: where ? headed(where, sentence, language) : sentence }
  })
}

/** What is wrong with one field, all of it. */
export function errorOf(errors: readonly RuleError[], field: string): string | undefined {
  const own = errors.filter((error) => error.field === field).map(({ sentence }) => sentence)
  return own.length > 0 ? own.join(' ') : undefined
}
