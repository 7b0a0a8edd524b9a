/** Pure: the terms of a grant, proposed and checked, and what they make of the asked fields. The web front ends import this file too. */
import { canonical } from '@zhenghe/wire/canonical.ts'
import type { Filter, GrantField, Mask, Rule } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { checkGrantFields } from '@zhenghe/wire/grant-fields.ts'
import type { LocalDate, Moment } from '../../kernel/contract.ts'
import { addDays } from '../../kernel/time.ts'
import type { DataElement } from '../../support/standards/contract.ts'
import type { Item } from '../catalog/contract.ts'
import type { FieldTerms, GrantState, GrantTerms } from './grant.contract.ts'
import type { Wish } from './request.contract.ts'
import { type BoundOffer, cursorAmong, type Objection, termFits } from './request.rules.ts'

export type GrantTimes = { notBefore: Moment; notAfter: Moment; revokedAt: Moment | null }

export function stateOfGrant({ notBefore, notAfter, revokedAt }: GrantTimes, now: Moment): GrantState {
  if (revokedAt) return 'revoked'
  if (now >= notAfter) return 'expired'
  return now < notBefore ? 'not_yet' : 'in_force'
}

/** From the beginning of the first day to the end of the last, in the city's time. */
export function termOf(from: LocalDate, until: LocalDate): { notBefore: Moment; notAfter: Moment } {
  const begin = (day: LocalDate): Moment => new Date(`${day}T00:00:00+08:00`).toISOString()
  return { notBefore: begin(from), notAfter: begin(addDays(until, 1)) }
}

/** What the standards say of an item: the checks of data elements by identifier, the codes of code tables by name. */
export type Standards = { elements?: ReadonlyMap<string, DataElement['rule']>; codes?: ReadonlyMap<string, readonly string[]> }

/** Terms to begin with: sensitive items masked, national identifiers and codes checked, everything else as it was asked. */
export function defaultTerms(wish: Pick<Wish, 'fields' | 'filter' | 'termUntil'>, offer: BoundOffer, standards: Standards = {}): GrantTerms {
  const { items } = offer.content
  const fields = items.filter(({ column }) => wish.fields.includes(column)).map((item) => defaultsOf(item, offer, filtering(wish.filter), standards))
  const base = { fields, notAfter: wish.termUntil, rejectShare: 0.1, connections: 2, suite: 'international', note: '' } as const
  return wish.filter ? { ...base, filter: wish.filter } : base
}

function defaultsOf(item: Item, { binding }: BoundOffer, plain: ReadonlySet<string>, standards: Standards): FieldTerms {
  const type = binding.types[item.column]
  const maskable = item.sensitive && !binding.keys.includes(item.column) && !plain.has(item.column)
  const mask = maskable ? maskFor(item, type) : undefined
  const rules = type === 'text' ? rulesFor(item, standards) : []
  return mask ? { name: item.column, mask, rules } : { name: item.column, rules }
}

const IDENTITY = /证件号码|身份证|公民身份号码|id_(no|number|card)|(^|_)id$/
const PHONE = /电话|手机|phone|mobile/
const PERSON = /姓名|(联系|负责|代表|经办)人(?!.*(地址|电话|号码))|_name$|^name$/
const ADDRESS = /地址|住址|住所|address/

function maskFor({ name, column }: Item, type: string | undefined): Mask | undefined {
  if (type === 'date') return { kind: 'year' }
  if (type !== 'text') return undefined
  const says = (pattern: RegExp) => pattern.test(name) || pattern.test(column)
  if (says(IDENTITY)) return { kind: 'middle', head: 6, tail: 4 }
  if (says(PHONE)) return { kind: 'middle', head: 3, tail: 4 }
  if (says(PERSON)) return { kind: 'name' }
  return says(ADDRESS) ? { kind: 'middle', head: 6, tail: 0 } : { kind: 'fixed', text: '***' }
}

const BY_NAME = { uscc: /统一社会信用代码|(^|_)uscc$/, resident_id: /身份证号|公民身份号码/, division: /行政区划代码/ }

function rulesFor({ name, column, element, codeTable }: Item, { elements, codes }: Standards): Rule[] {
  const values = codeTable ? codes?.get(codeTable) : undefined
  const check =
    (element && elements?.get(element)) ||
    (Object.keys(BY_NAME) as (keyof typeof BY_NAME)[]).find((kind) => BY_NAME[kind].test(name) || BY_NAME[kind].test(column))
  const rules = check ? (CHECKS[check] ?? []) : []
  return values && values.length > 0 && values.length <= MOST_CODES ? [...rules, { kind: 'oneOf', values: [...values] }] : [...rules]
}

const MOST_CODES = 2000
/** GB 32100; GB 11643; GB/T 2260 with the towns and villages of GB/T 10114. */
const CHECKS: Partial<Record<DataElement['rule'], readonly Rule[]>> = {
  uscc: [{ kind: 'uscc' }],
  resident_id: [{ kind: 'residentId' }],
  division: [{ kind: 'digits' }, { kind: 'length', min: 6, max: 12 }],
}

/** The rows a grant covers: never more than were asked for. */
export function grantFilter(asked: Filter | undefined, decided: Filter | undefined): Filter | undefined {
  if (!asked || !decided) return asked ?? decided
  return canonical(asked) === canonical(decided) ? asked : { op: 'and', of: [asked, decided] }
}

/** The names of the fields a filter looks at. */
export function filtering(filter: Filter | undefined): ReadonlySet<string> {
  if (!filter) return new Set()
  if (!('of' in filter)) return new Set([filter.field])
  return new Set((filter.op === 'not' ? [filter.of] : filter.of).flatMap((part) => [...filtering(part)]))
}

/** The fields as the grant will name them. `mayBeNull` tells of a source column; the entry's own word stands where it is not given. */
export function fieldsGranted(terms: readonly FieldTerms[], { content, binding }: BoundOffer, mayBeNull?: (column: string) => boolean): GrantField[] {
  return content.items.flatMap((item) => {
    const term = terms.find(({ name }) => name === item.column)
    const column = binding.columns[item.column]
    const type = binding.types[item.column]
    if (!term || !column || !type) return []
    const field = { name: item.column, column, type, title: item.name, key: binding.keys.includes(item.column), rules: term.rules }
    return [{ ...field, nullable: mayBeNull?.(column) ?? item.nullable, ...(term.mask ? { mask: term.mask } : {}) }]
  })
}

/** The field by which increments are found, where there is one. A column that may be null finds none: rows without it would never be delivered. */
export function cursorGranted(fields: readonly GrantField[], wanted: string | undefined): string | undefined {
  return wanted ?? cursorAmong(fields.filter(({ nullable }) => !nullable))
}

const SHORTEST_REASON = 10

/** The first thing wrong with the terms of a grant that answers this wish, given the fields they make. */
export function checkTerms(terms: GrantTerms, wish: Wish, offer: BoundOffer, fields: readonly GrantField[], today: LocalDate): Objection | undefined {
  const names = terms.fields.map(({ name }) => name)
  const unknown = names.filter((name, at) => !wish.fields.includes(name) || !fields.some((field) => field.name === name) || names.indexOf(name) < at)
  if (unknown.length > 0) return { code: 'exchange.unknown_fields', params: { fields: unknown } }
  const keys = offer.binding.keys.filter((key) => !names.includes(key))
  if (keys.length > 0) return { code: 'exchange.key_missing', params: { fields: keys } }
  if (!termFits(terms.notAfter, today) || terms.notAfter > wish.termUntil) return { code: 'exchange.bad_term' }
  const filter = grantFilter(wish.filter, terms.filter)
  const hidden = fields.find(({ name, mask }) => mask && filtering(filter).has(name))
  if (hidden) return { code: 'exchange.bad_mask', params: { field: hidden.name } }
  const cursor = cursorGranted(fields, terms.cursor)
  if (cursor ? fields.some(({ name, nullable }) => name === cursor && nullable) : wish.mode === 'incremental') return { code: 'exchange.no_cursor' }
  return objectionOfWire({ fields: [...fields], ...(filter ? { filter } : {}), ...(cursor ? { cursor } : {}) }) ?? plainSensitive(terms, offer)
}

/** A grant that carries sensitive items in the clear says why. */
function plainSensitive({ fields, note }: GrantTerms, { content }: BoundOffer): Objection | undefined {
  const sensitive = new Set(content.items.filter((item) => item.sensitive).map(({ column }) => column))
  const plain = fields.filter(({ name, mask }) => sensitive.has(name) && !mask).map(({ name }) => name)
  return plain.length > 0 && note.trim().length < SHORTEST_REASON ? { code: 'exchange.sensitive_unmasked', params: { fields: plain } } : undefined
}

function objectionOfWire(grant: Parameters<typeof checkGrantFields>[0]): Objection | undefined {
  try {
    checkGrantFields(grant)
    return undefined
  } catch (error) {
    if (error instanceof WireError) return objectionOf(error)
    throw error
  }
}

function objectionOf({ code, params }: WireError): Objection {
  if (code === 'bad_filter') {
    const problems = params['problems'] as { path: readonly (string | number)[]; code: string; params: object }[]
    return { code: 'exchange.bad_filter', params: { problems: problems.map((one) => ({ ...one, path: one.path.join('.') })) } }
  }
  if (code === 'bad_rule') return { code: 'exchange.bad_rule', params: { field: params['field'] } }
  return code === 'bad_cursor' ? { code: 'exchange.no_cursor' } : { code: 'exchange.bad_mask', params: { field: params['field'] } }
}
