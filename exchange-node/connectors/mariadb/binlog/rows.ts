/** Rows of the log as tuples of the granted fields, the same bytes as a load gives. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import { encodeValue, type FieldValue, valueRefused } from '../../tuples/encode.ts'
import { TupleFrames } from '../../tuples/frames.ts'
import { canonicalOf, type MariaColumn } from '../types.ts'
import type { MappedColumn, TableMap } from './events.ts'
import { decodeValue } from './values.ts'

/** How TextDecoder calls the character sets in which columns may lie. */
export const DECODERS: Readonly<Record<string, string>> = {
  utf8mb4: 'utf-8',
  utf8mb3: 'utf-8',
  utf8: 'utf-8',
  ascii: 'utf-8',
  latin1: 'windows-1252',
  gbk: 'gbk',
  gb2312: 'gbk',
  gb18030: 'gb18030',
}

type FieldPlan = {
  field: Grant['fields'][number]
  column: number
  own: MariaColumn
  labels: readonly string[]
  decoder: TextDecoder | undefined
  binary: boolean
}

export class LogRows {
  readonly #columns: readonly MappedColumn[]
  readonly #plans: readonly FieldPlan[]
  readonly #labels: readonly (readonly string[])[]
  readonly #out = new TupleFrames(1 << 14)
  readonly #values: (string | Buffer | null)[] = []

  /** @param own the table's columns as they were agreed; the map has the granted ones among others */
  constructor(grant: Grant, map: TableMap, own: readonly MariaColumn[]) {
    this.#columns = map.columns
    this.#labels = map.columns.map(({ name }) => labelsOf(own.find(({ column }) => column === name)))
    this.#plans = grant.fields.map((field) => {
      const column = map.columns.findIndex(({ name }) => name === field.column)
      const found = own.find((one) => one.column === field.column)!
      const binary = canonicalOf(found) === 'bytea'
      const decoder = binary || !found.charset ? undefined : new TextDecoder(DECODERS[found.charset] ?? 'utf-8', { fatal: true })
      return { field, column, own: found, labels: labelsOf(found), decoder, binary }
    })
  }

  /** Reads the image at `at`; answers where it ends, and the tuple, good until the next is read. Refuses `source_value`. */
  read(body: Buffer, at: number): { end: number; tuple: Buffer } {
    const end = this.#decode(body, at)
    const out = this.#out
    out.beginRow(this.#plans.length)
    for (const plan of this.#plans) {
      const problem = encodeValue(out, plan.field.type === 'timestamptz' ? 'timestamp' : plan.field.type, this.#valueOf(plan))
      if (problem === undefined) continue
      out.dropRow()
      throw valueRefused(plan.field.name, this.#keyText(), problem)
    }
    out.endRow()
    return { end, tuple: out.take().payload }
  }

  #decode(body: Buffer, start: number): number {
    const count = this.#columns.length
    let at = start + ((count + 7) >> 3)
    for (let column = 0; column < count; column++) {
      if (body[start + (column >> 3)]! & (1 << (column & 7))) {
        this.#values[column] = null
        continue
      }
      const { end, value } = decodeValue(this.#columns[column]!, body, at, this.#labels[column]!)
      this.#values[column] = value
      at = end
    }
    return at
  }

  #valueOf({ field, column, own, decoder, binary }: FieldPlan): FieldValue {
    const value = this.#values[column]!
    if (value === null) return null
    if (typeof value === 'string') return field.type === 'timestamp' && own.baseType === 'date' ? `${value} 00:00:00` : value
    if (binary) {
      const bytes = padded(own, value)
      return field.type === 'text' ? `\\x${bytes.toString('hex')}` : bytes
    }
    return decoder && decoder.encoding !== 'utf-8' ? decoder.decode(value) : value
  }

  #keyText(): string {
    return this.#plans.flatMap((plan) => (plan.field.key ? [`${plan.field.name} = ${String(this.#valueOf(plan)).slice(0, 64)}`] : [])).join(', ')
  }
}

/** The log leaves out the zeros at the end of a BINARY(n). */
function padded({ baseType, fullType }: MariaColumn, value: Buffer): Buffer {
  const bytes = baseType === 'binary' ? Number(/\d+/.exec(fullType)?.[0] ?? 1) : 0
  return value.length >= bytes ? value : Buffer.concat([value, Buffer.alloc(bytes - value.length)])
}

/** `enum('a','b''c')` */
function labelsOf(own: MariaColumn | undefined): string[] {
  const { baseType, fullType = '' } = own ?? {}
  if (baseType !== 'enum' && baseType !== 'set') return []
  return [...fullType.matchAll(/'((?:[^']|'')*)'/g)].map(([, label]) => label!.replaceAll("''", "'"))
}
