/** Rows as an API takes them: objects with a value at the path of each field. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { jsonObject, jsonValue, type RowTexts, rowTexts } from '../files/formats/write.ts'
import { put } from '../json-path.ts'
import { rowDigest } from './journal.ts'
import type { Push, PushRows } from './push-file.ts'

/** `json` is the row as it is sent; `key` is one text for each key. */
export type PushRow = { key: string; json: string; digest: string; version: string | null }

export class PushRowWriter {
  readonly #fields: readonly GrantField[]
  readonly #paths: readonly string[]
  readonly #keyAt: readonly number[]
  readonly #cursorAt: number
  readonly #keyText: (values: RowTexts) => string

  constructor(fields: readonly GrantField[], cursor: string | undefined, { columns = [] }: Pick<Push, 'columns'>) {
    const paths = new Map(columns.map(({ name, path = name }) => [name, path]))
    this.#fields = fields
    this.#paths = fields.map(({ name }) => paths.get(name) ?? name)
    this.#keyAt = fields.flatMap(({ key }, at) => (key ? [at] : []))
    this.#cursorAt = fields.findIndex(({ name }) => name === cursor)
    this.#keyText = jsonObject(fields.filter(({ key }) => key))
  }

  *of(payload: Buffer): Generator<PushRow> {
    for (const texts of rowTexts(this.#fields, payload)) {
      const json = this.#object(texts, this.#fields.keys())
      yield { key: this.#keyOf(texts), json, digest: rowDigest(json), version: texts[this.#cursorAt] ?? null }
    }
  }

  /** What a row is told by to remove it. @param key as `PushRow` has it */
  ofKey(key: string): string {
    const values = JSON.parse(key, (_, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? (context?.source ?? value) : value,
    ) as Record<string, unknown>
    const texts = this.#fields.map(({ name }) => (Object.hasOwn(values, name) ? textOf(values[name]) : null))
    return this.#object(texts, this.#keyAt)
  }

  #keyOf(texts: RowTexts): string {
    return this.#keyText(this.#keyAt.map((at) => texts[at]!))
  }

  #object(texts: RowTexts, which: Iterable<number>): string {
    const object: Record<string, unknown> = {}
    for (const at of which) put(object, this.#paths[at]!, jsonValue(this.#fields[at]!.type, texts[at]!))
    return JSON.stringify(object)
  }
}

function textOf(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 't' : 'f') : String(value)
}

/** The body of a request with these rows, each of them JSON. */
export function bodyOf({ constants, rows }: PushRows, jsons: readonly string[]): string {
  const array = `[${jsons.join(',')}]`
  if (rows === '') return array
  const body: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(constants)) put(body, path, value)
  put(body, rows, null)
  return withArray(body, rows, array)
}

/** The array as it is written, in the place that was kept for it: it is not read again, however long it is. */
function withArray(body: Record<string, unknown>, path: string, array: string): string {
  const [name, ...rest] = path.split('.')
  const parts = Object.entries(body).map(([one, value]) => {
    const json = one !== name ? JSON.stringify(value) : rest.length === 0 ? array : withArray(value as Record<string, unknown>, rest.join('.'), array)
    return `${JSON.stringify(one)}:${json}`
  })
  return `{${parts.join(',')}}`
}
