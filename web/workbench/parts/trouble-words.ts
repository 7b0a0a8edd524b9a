/** What a node or the platform says is wrong, in words for officers. Pure. */
import { platformTroubles } from '@zhenghe/server/data/exchange/texts.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { troubleWords } from '../texts/troubles.ts'

const told: Readonly<Record<string, Text>> = platformTroubles

/** Undefined for a code of a later version. @param until whether it is known from when on it goes on by itself, which some words then tell */
export const troubleText = (code: string, until = false): Text | undefined => (until ? (told[code] ?? troubleWords[code]) : (troubleWords[code] ?? told[code]))

/** Of `code: the node’s own words`, as the monitor has it. */
export function troubleOf(words: string): Text {
  return troubleText(words.slice(0, Math.max(0, words.indexOf(':')))) ?? { zh: words, en: words }
}
