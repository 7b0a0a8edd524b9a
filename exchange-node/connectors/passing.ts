/** Which rows belong to a part of a delivery and pass its filter, by the meaning of the granted types: for stores whose own order and comparison are not ours. */
import type { CanonicalType, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { evaluate, type FilterRow } from '@zhenghe/wire/filter.ts'
import type { Part } from './connector.ts'
import { partOf } from './files/parts.ts'
import { Canonical } from './tuples/canonical.ts'
import { type FieldValue, valueRefused } from './tuples/encode.ts'

/** Values in the order of the granted fields. */
export type FieldRow = readonly unknown[]

/** Rows of the fields of a grant as what filters, cursors and keys compare. */
export class Comparable {
  readonly #fields: readonly { name: string; at: number; canonical: Canonical }[]
  readonly #names: readonly string[]

  /** @param needed names of fields; the others are left out */
  constructor({ fields }: Pick<Grant, 'fields'>, needed: ReadonlySet<string>) {
    this.#names = fields.filter(({ key }) => key).map(({ name }) => name)
    this.#fields = fields.flatMap(({ name, type }, at) => (needed.has(name) ? [{ name, at, canonical: new Canonical(type) }] : []))
  }

  of(row: FieldRow): FilterRow {
    const values = this.#fields.map(({ name, at, canonical }) => {
      const value = canonical.of(row[at] as FieldValue)
      if (value === undefined) throw valueRefused(name, this.#names.join(', '), 'is none of its granted type')
      return [name, value]
    })
    return Object.fromEntries(values) as FilterRow
  }
}

/** The highest value of a field met so far, as text; what is none of its type is passed over. */
export class Highest {
  readonly #field: Pick<GrantField, 'name' | 'type'>
  readonly #canonical: Canonical
  value: string | null = null

  constructor(field: Pick<GrantField, 'name' | 'type'>) {
    this.#field = field
    this.#canonical = new Canonical(field.type)
  }

  meet(found: FieldValue): void {
    const value = (this.#canonical.of(found) ?? null) as FilterRow[string]
    const { name } = this.#field
    if (value !== null && (this.value === null || evaluate({ op: 'gt', field: name, value: this.value }, { [name]: value }, [this.#field])))
      this.value = String(value)
  }
}

export type Passing = { wanted(row: FieldRow): boolean; passes(row: FieldRow): boolean }

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

function fieldsOf(filter: NonNullable<Grant['filter']>): string[] {
  if (!('of' in filter)) return [filter.field]
  return filter.op === 'not' ? fieldsOf(filter.of) : filter.of.flatMap(fieldsOf)
}

/** Whether one text of a cursor comes before another, by the meaning of its type. */
export function isOlder(cursor: Grant['fields'][number], came: string, there: string): boolean {
  const comparable = new Comparable({ fields: [cursor] }, new Set([cursor.name]))
  const [one, other] = [comparable.of([came]), comparable.of([there])]
  return evaluate({ op: 'lt', field: cursor.name, value: String(other[cursor.name]) }, one, [cursor]) === true
}

/** A moment so many seconds earlier; other values stay. */
export function below(value: string, type: CanonicalType | undefined, seconds: number): string {
  if (type !== 'timestamp' && type !== 'timestamptz') return value
  const text = value.replace(' ', 'T').replace(/\+00$/, '')
  const at = Date.parse(text.endsWith('Z') ? text : `${text}Z`)
  if (Number.isNaN(at)) return value
  const earlier = new Date(at - 1000 * seconds).toISOString()
  return type === 'timestamp' ? earlier.slice(0, -1) : earlier
}
