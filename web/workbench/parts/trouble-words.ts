/** What a node or the platform says is wrong, in words for officers. Pure. */
import { platformTroubles } from '@zhenghe/server/data/exchange/texts.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { troubleWords } from '../texts/troubles.ts'

const known: Readonly<Record<string, Text>> = { ...troubleWords, ...platformTroubles }

/** Undefined for a code of a later version. */
export const troubleText = (code: string): Text | undefined => known[code]

/** Of `code: the node’s own words`, as the monitor has it. */
export function troubleOf(told: string): Text {
  return known[told.slice(0, Math.max(0, told.indexOf(':')))] ?? { zh: told, en: told }
}
