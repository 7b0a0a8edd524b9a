/** Which rows of a table belong to a part of a delivery: by SQLite where its order is ours, by the meaning of the granted types everywhere else. */
import type { CanonicalType, Grant } from '@zhenghe/wire/documents.ts'
import { evaluate, type FilterRow } from '@zhenghe/wire/filter.ts'
import type { Range } from '@zhenghe/wire/messages.ts'
import { refusal } from '../../refusal.ts'
import type { Part } from '../connector.ts'
import { partOf } from '../files/parts.ts'
import { type FieldValue, valueRefused } from '../tuples/encode.ts'
import type { Row } from './file.ts'
import type { SqliteTable } from './schema.ts'
import { Canonical } from './types.ts'

const RANGES = 64
const LEAST_ROWS = 4096n
/** Rows of a page of 8 KiB, about. */
const ROWS_A_PAGE = 40n
const NUMBER = /^-?\d{1,19}$/

/** By the numbers of rows; the ends are open, so that the table may grow while a load is interrupted. */
export function planRows(first: bigint, last: bigint, pagesPerRange: number | undefined): Range[] {
  const span = last - first + 1n
  const even = span / BigInt(RANGES) + 1n
  const step = pagesPerRange === undefined ? (even > LEAST_ROWS ? even : LEAST_ROWS) : BigInt(pagesPerRange) * ROWS_A_PAGE
  const count = Number((span + step - 1n) / step)
  const bound = (n: number) => (n === 0 || n === count ? null : String(first + BigInt(n) * step))
  return Array.from({ length: count }, (_, n) => ({ n, from: bound(n), to: bound(n + 1) }))
}

/** A condition with its values. Bounds come from the other side: they are numbers, or refused. */
export function rangeSql(part: Part, { rowid }: SqliteTable): { where: string; values: bigint[] } {
  if (part.by !== 'range' || !rowid) return { where: '', values: [] }
  const { from, to } = part.range
  const bounds = [from, to].filter((bound) => bound !== null)
  if (!bounds.every((bound) => NUMBER.test(bound))) throw refusal('plan_differs', 'a range of the plan is none of this table: order a new delivery')
  const conditions = [...(from === null ? [] : [`${rowid} >= ?`]), ...(to === null ? [] : [`${rowid} < ?`])]
  return { where: conditions.length > 0 ? `where ${conditions.join(' and ')}` : '', values: bounds.map(BigInt) }
}

/** Rows of the fields of a grant as what filters, cursors and keys compare. */
export class Comparable {
  readonly #fields: readonly { name: string; at: number; canonical: Canonical }[]
  readonly #names: readonly string[]

  /** @param needed names of fields; the others are left out */
  constructor({ fields }: Pick<Grant, 'fields'>, needed: ReadonlySet<string>) {
    this.#names = fields.filter(({ key }) => key).map(({ name }) => name)
    this.#fields = fields.flatMap(({ name, type }, at) => (needed.has(name) ? [{ name, at, canonical: new Canonical(type) }] : []))
  }

  of(row: Row): FilterRow {
    const values = this.#fields.map(({ name, at, canonical }) => {
      const value = canonical.of(row[at] as FieldValue)
      if (value === undefined) throw valueRefused(name, this.#names.join(', '), 'is none of its granted type')
      return [name, value]
    })
    return Object.fromEntries(values) as FilterRow
  }
}

export type Passing = { wanted(row: Row): boolean; passes(row: Row): boolean }

export function passing(part: Part, grant: Grant, overlapSeconds: number): Passing {
  const { fields, filter, cursor } = grant
  const lowered = part.by === 'cursor' && part.from !== undefined ? { ...part, from: below(part.from, typeOf(grant, cursor), overlapSeconds) } : part
  const belongs = partOf(lowered, grant)
  const asked = part.by === 'keys' ? fields.filter(({ key }) => key).map(({ name }) => name) : part.by === 'cursor' ? [cursor!] : []
  const [place, meaning] = [new Comparable(grant, new Set(asked)), new Comparable(grant, new Set(filter ? fieldsOf(filter) : []))]
  return {
    wanted: (row) => part.by === 'range' || belongs(place.of(row)),
    passes: (row) => !filter || evaluate(filter, meaning.of(row), fields) === true,
  }
}

function typeOf({ fields }: Grant, name: string | undefined): CanonicalType | undefined {
  return fields.find((field) => field.name === name)?.type
}

/** A moment so many seconds earlier; other values stay. */
function below(value: string, type: CanonicalType | undefined, seconds: number): string {
  if (type !== 'timestamp' && type !== 'timestamptz') return value
  const text = value.replace(' ', 'T').replace(/\+00$/, '')
  const at = Date.parse(text.endsWith('Z') ? text : `${text}Z`)
  if (Number.isNaN(at)) return value
  const earlier = new Date(at - 1000 * seconds).toISOString()
  return type === 'timestamp' ? earlier.slice(0, -1) : earlier
}

function fieldsOf(filter: NonNullable<Grant['filter']>): string[] {
  if (!('of' in filter)) return [filter.field]
  return filter.op === 'not' ? fieldsOf(filter.of) : filter.of.flatMap(fieldsOf)
}
