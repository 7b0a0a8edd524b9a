/** A row filter in words, for those who ask for it, grant it and read it later. Safe in a browser. */
import type { Filter, GrantField } from './documents.ts'

export type Language = 'zh-CN' | 'en'
type Condition = Exclude<Filter, { of: unknown }>

const WORDS = {
  'zh-CN': {
    eq: '等于',
    ne: '不等于',
    lt: '小于',
    le: '不大于',
    gt: '大于',
    ge: '不小于',
    in: '属于',
    startsWith: '开头为',
    null: '为空',
    notNull: '不为空',
    and: ' 且 ',
    or: ' 或 ',
    not: '非',
    list: '、',
    quotes: ['“', '”'],
    brackets: ['（', '）'],
    between: (low: string, high: string) => `在 ${low} 至 ${high} 之间（含）`,
    yes: '是',
    no: '否',
  },
  en: {
    eq: 'is',
    ne: 'is not',
    lt: 'is below',
    le: 'is at most',
    gt: 'is above',
    ge: 'is at least',
    in: 'is one of',
    startsWith: 'starts with',
    null: 'is empty',
    notNull: 'is not empty',
    and: ' and ',
    or: ' or ',
    not: 'not ',
    list: ', ',
    quotes: ['“', '”'],
    brackets: ['(', ')'],
    between: (low: string, high: string) => `is between ${low} and ${high} (inclusive)`,
    yes: 'yes',
    no: 'no',
  },
} as const

/** `状态 等于 “存续” 且 成立日期 不小于 “2020-01-01”`. Text stands in quotation marks, so that no value can pose as part of the sentence. */
export function describeFilter(filter: Filter, fields: readonly Pick<GrantField, 'name' | 'title'>[], language: Language): string {
  const words = WORDS[language]
  const titles = new Map(fields.map(({ name, title }) => [name, title]))
  const visit = (node: Filter, inner: boolean): string => {
    if (!('of' in node)) return `${titles.get(node.field) ?? node.field} ${predicate(node, language)}`
    if (node.op === 'not') return `${words.not}${words.brackets[0]}${visit(node.of, false)}${words.brackets[1]}`
    const text = node.of.map((part) => visit(part, node.of.length > 1)).join(words[node.op])
    return inner && node.of.length > 1 ? `${words.brackets[0]}${text}${words.brackets[1]}` : text
  }
  return visit(filter, false)
}

function predicate(node: Condition, language: Language): string {
  const words = WORDS[language]
  const value = (one: unknown): string => {
    if (typeof one === 'boolean') return one ? words.yes : words.no
    return typeof one === 'string' ? `${words.quotes[0]}${one.replaceAll(/[“”]/g, '＂')}${words.quotes[1]}` : String(one)
  }
  switch (node.op) {
    case 'null':
    case 'notNull':
      return words[node.op]
    case 'in':
      return `${words.in} ${node.values.map(value).join(words.list)}`
    case 'between':
      return words.between(value(node.low), value(node.high))
    default:
      return `${words[node.op]} ${value(node.value)}`
  }
}
