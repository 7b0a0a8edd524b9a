import { ruleKinds } from '@zhenghe/server/data/exchange/texts.ts'
/** Masks and checks in words. Pure. */
import { type Language, say } from '@zhenghe/server/kernel/texts.ts'
import type { Mask, Rule } from '@zhenghe/wire/documents.ts'
import { maskWords, ruleDetails } from '../../../texts/grants.ts'

/** `保留前 6 位、后 4 位，其余为 *`; without a mask `原值`. */
export function sayMask(mask: Mask | undefined, language: Language): string {
  return mask ? say(maskWords[mask.kind], language, mask) : say(maskWords.none, language)
}

/** `公民身份号码校验`, `长度 6–12`. */
export function sayRule(rule: Rule, language: Language): string {
  switch (rule.kind) {
    case 'length':
      return say(ruleDetails.length, language, rule)
    case 'oneOf':
      return say(ruleDetails.oneOf, language, { count: rule.values.length })
    case 'dateBetween':
      return say(ruleDetails.dateBetween, language, rule)
    default:
      return say(ruleKinds[rule.kind], language)
  }
}
