/** Rows of the log as tuples of the granted fields, the same bytes as a load gives. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../../refusal.ts'
import { encodeValue, type FieldValue, valueRefused } from '../../tuples/encode.ts'
import { TupleFrames } from '../../tuples/frames.ts'
import type { Session } from '../session.ts'
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
  /** of a BINARY(n): the log leaves out the zeros at its end */
  bytes: number
  decoder: TextDecoder | undefined
  binary: boolean
  date: boolean
}

const [DATE, STRING] = [10, 254]

/** The character set of each collation, by the number under which the log names it. */
export async function readCharsets(session: Session): Promise<ReadonlyMap<number, string>> {
  const known = await session.query<Collation>('select id, character_set_name as charset from information_schema.collations where id is not null')
  // the collations that MariaDB knows for several character sets have a number in each
  const more = session.product.mariadb
    ? await session
        .query<Collation>('select id, character_set_name as charset from information_schema.collation_character_set_applicability where id is not null')
        .catch(() => [])
    : []
  return new Map([...known, ...more].flatMap(({ id, charset }) => (charset === null ? [] : [[Number(id), charset] as const])))
}
type Collation = { id: number | string; charset: string | null }

export class LogRows {
  readonly #columns: readonly MappedColumn[]
  readonly #plans: readonly FieldPlan[]
  readonly #labels: readonly (readonly string[])[]
  readonly #out = new TupleFrames(1 << 14)
  readonly #values: (string | Buffer | null)[] = []

  /**
   * Read by the log's own description of the table, as it was when the rows were written, and only where that says nothing by the table of now. Refuses `binlog_type`.
   * @param own the table's columns as they were agreed; the map has the granted ones among others
   */
  constructor(grant: Grant, map: TableMap, own: readonly MariaColumn[], charsets: ReadonlyMap<number, string>) {
    this.#columns = map.columns
    this.#labels = map.columns.map(({ name, labels }) => labels ?? labelsOf(own.find(({ column }) => column === name)))
    this.#plans = grant.fields.map((field) => {
      const column = map.columns.findIndex(({ name }) => name === field.column)
      const found = own.find((one) => one.column === field.column)!
      const mapped = map.columns[column]!
      const charset = mapped.collation === undefined ? found.charset : (charsets.get(mapped.collation) ?? `number ${mapped.collation}`)
      const binary = mapped.collation === undefined ? canonicalOf(found) === 'bytea' : charset === 'binary'
      if (!binary && charset && !(charset in DECODERS))
        throw refusal('binlog_type', `source: ${field.column} was written in the character set ${charset}, which is not read`)
      const decoder = binary || !charset ? undefined : new TextDecoder(DECODERS[charset] ?? 'utf-8', { fatal: true })
      return { field, column, bytes: binary ? fixedBytes(mapped) : 0, decoder, binary, date: mapped.type === DATE }
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

  #valueOf({ field, column, bytes: size, decoder, binary, date }: FieldPlan): FieldValue {
    const value = this.#values[column]!
    if (value === null) return null
    if (typeof value === 'string') return field.type === 'timestamp' && date ? `${value} 00:00:00` : value
    if (binary) {
      const bytes = value.length >= size ? value : Buffer.concat([value, Buffer.alloc(size - value.length)])
      return field.type === 'text' ? `\\x${bytes.toString('hex')}` : bytes
    }
    return decoder && decoder.encoding !== 'utf-8' ? decoder.decode(value) : value
  }

  #keyText(): string {
    return this.#plans.flatMap((plan) => (plan.field.key ? [`${plan.field.name} = ${String(this.#valueOf(plan)).slice(0, 64)}`] : [])).join(', ')
  }
}

/** Of a BINARY(n); the length is spread over both bytes of its metadata. */
function fixedBytes({ type, meta }: MappedColumn): number {
  if (type !== STRING) return 0
  const high = meta >> 8
  return (meta & 0xff) | (((high & 0x30) ^ 0x30) << 4)
}

/** `enum('a','b''c')` */
function labelsOf(own: MariaColumn | undefined): string[] {
  const { baseType, fullType = '' } = own ?? {}
  if (baseType !== 'enum' && baseType !== 'set') return []
  return [...fullType.matchAll(/'((?:[^']|'')*)'/g)].map(([, label]) => label!.replaceAll("''", "'"))
}
