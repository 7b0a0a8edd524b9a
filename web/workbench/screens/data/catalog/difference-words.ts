/** Differences between two versions as a reviewer reads them. Pure. */
import type { Content } from '@zhenghe/server/data/catalog/contract.ts'
import type { Difference } from '@zhenghe/server/data/catalog/difference.rules.ts'
import { formats, grades, openTypes, shareModes, shareTypes, updateCycles } from '@zhenghe/server/data/catalog/texts.ts'
import { type Language, say, type Text } from '@zhenghe/server/kernel/texts.ts'
import { elementWords, itemTypes, itemWords, checkWords as words } from '../../../texts/catalog.ts'
import { common } from '../../../texts/common.ts'

const VALUES: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  format: formats,
  updateCycle: updateCycles,
  grade: grades,
  'share.type': shareTypes,
  'share.mode': shareModes,
  'open.type': openTypes,
  type: itemTypes,
}

/** `共享条件`, `信息项“企业名称”　长度`. Items are named as they are called in either version. */
export function pathWords(path: string, versions: readonly Content[], language: Language): string {
  const [, column = '', property] = /^items\.(\w+)(?:\.(\w+))?$/.exec(path) ?? []
  if (!column) return say(elementWords[path as keyof typeof elementWords] ?? { zh: path, en: path }, language)
  const name = versions.flatMap(({ items }) => items).find((item) => item.column === column)?.name ?? column
  const item = say(words.itemPath, language, { name })
  return property ? `${item}　${say(itemWords[property as keyof typeof itemWords], language)}` : item
}

/** A value as the form words it; a dash where there is none. */
export function valueWords({ path }: Pick<Difference, 'path'>, value: unknown, language: Language): string {
  if (value === undefined || value === null || value === '') return '—'
  if (typeof value === 'boolean') return say(value ? common.yes : common.no, language)
  const property = path.startsWith('items.') ? (path.split('.')[2] ?? '') : path
  const known = typeof value === 'string' ? VALUES[property]?.[value] : undefined
  if (known) return say(known, language)
  return Array.isArray(value) ? value.join(language === 'zh' ? '、' : ', ') || '—' : String(value)
}
