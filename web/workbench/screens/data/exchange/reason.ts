/** Why a row was rejected, in words: the field by its Chinese name, the rule by what it asks. Pure. */
import type { Language } from '@zhenghe/server/kernel/texts.ts'
import { say } from '@zhenghe/server/kernel/texts.ts'
import { headed } from '../../../parts/wording.ts'
import { ruleReasons } from '../../../texts/grants.ts'

type Named = { column: string; name: string }

/**
 * `统一社会信用代码：校验位不符`; a rule this version does not know stands as it is, where the row as a whole is at fault no field is named, and where entries call a field
 * differently all of its names are.
 */
export function reasonWords({ field, rule }: { field: string; rule: string }, items: readonly Named[], language: Language): string {
  if (field === '') return ruleWords(rule, language)
  const names = new Set(items.filter(({ column }) => column === field).map((item) => item.name))
  const name = names.size > 0 ? [...names].join(' / ') : field
  return headed(name, ruleWords(rule, language), language)
}

export function ruleWords(rule: string, language: Language): string {
  const known = (ruleReasons as Record<string, (typeof ruleReasons)[keyof typeof ruleReasons] | undefined>)[rule]
  return known ? say(known, language) : rule
}
