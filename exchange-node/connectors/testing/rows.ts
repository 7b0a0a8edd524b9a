/** What a test looks at: the rows of a table in any store, byte for byte. */
import { randomUUID } from 'node:crypto'
import type { Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { decode } from '../../kernels/decode.ts'
import { places, walk } from '../../kernels/layout.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { shapeOf } from '../../source/schema.ts'
import type { SourceConnector, TargetConnector } from '../connector.ts'
import { FIELDS } from './every-type.ts'

type Values = Record<string, string | null>
export type Rows = ReadonlyMap<string, Values>
export type Named = { schema: string; table: string }

/** The part of a grant that says where rows come from, as the catalogue binds it: the table as the store shows it now. */
export async function boundTo(source: SourceConnector, { schema, table }: Named, fields: readonly GrantField[] = FIELDS): Promise<Grant['source']> {
  const found = (await source.tables()).find((one) => one.schema === schema && one.table === table)
  if (!found) throw new Error(`the store shows no table ${schema}.${table}`)
  const granted = fields.map(({ column }) => found.columns.find((one) => one.column === column)).filter((column) => column !== undefined)
  return { id: 'register', schema, table, shape: shapeOf(granted) }
}

/** Every row of a table by its key, each field as hex. */
export async function rowsOf(store: TargetConnector, name: Named, fields: readonly GrantField[] = FIELDS): Promise<Rows> {
  const grant = { fields } as unknown as Grant // reading asks nothing else of a grant
  const target = await store.open({ delivery: randomUUID(), mode: 'snapshot', grant, name, memoryMiB: 64 })
  try {
    return await framesOf(target.rows('table'), fields)
  } finally {
    await target.end()
  }
}

export async function framesOf(frames: AsyncIterable<RowFrame>, fields: readonly GrantField[] = FIELDS): Promise<Rows> {
  const rows = new Map<string, Values>()
  for await (const frame of frames) for (const { key, values } of tuplesOf(frame, fields)) rows.set(key, values)
  return rows
}

/** The first few differences in words; none where both hold the same rows. */
export function differences(actual: Rows, expected: Rows): string[] {
  const found: string[] = actual.size === expected.size ? [] : [`${actual.size} rows, ${expected.size} expected`]
  for (const [key, values] of expected) {
    const other = actual.get(key)
    const fields = other ? Object.keys(values).filter((name) => values[name] !== other[name]) : []
    if (!other) found.push(`${key} is missing`)
    for (const name of fields) found.push(`${key}.${name} is ${other![name]}, expected ${values[name]}`)
    if (found.length > 5) return found
  }
  return found
}

function* tuplesOf({ payload }: RowFrame, fields: readonly GrantField[]): Generator<{ key: string; values: Values }> {
  const { offsets, lengths } = places(fields.length)
  for (let at = 0; at < payload.length; ) {
    at = walk(payload, at, { offsets, lengths })
    const bytes = (field: number) => payload.subarray(offsets[field]!, offsets[field]! + lengths[field]!)
    const values = fields.map(({ name }, field) => [name, lengths[field]! < 0 ? null : bytes(field).toString('hex')] as const)
    const key = fields.flatMap(({ type, key }, field) => (key ? [decode(type, bytes(field))] : [])).join(',')
    yield { key, values: Object.fromEntries(values) }
  }
}
