/** Rows of a group that are brought in so that one which the database refuses does not take the others with it: in halves, down to the one. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { places, walk } from '../../kernels/layout.ts'
import { isOfRow, keyTexts, type RefusedKeys } from './refused.ts'

type Field = Pick<GrantField, 'name' | 'type' | 'key'>
type Row = { values: (Buffer | null)[]; key: string[] }
/** Brings so many rows in, whose values follow each other. */
export type ApplyRows = (values: (Buffer | null)[], rows: number) => Promise<void>
type Group = { of: 'upsert' | 'remove' | 'patch'; payloads: readonly Buffer[]; fields: readonly Field[] }

/** Within the open transaction. What the database refuses is in `refused` then; any other failure is thrown. */
export async function applyWarily(client: pg.Client, group: Group, refused: RefusedKeys, apply: ApplyRows): Promise<void> {
  const rows: Row[] = []
  for (const row of rowsOf(group)) {
    if (group.of === 'patch' && refused.has(row.key)) refused.hold(row.key)
    else rows.push(row)
  }
  if (rows.length > 0) await applyPart(client, rows, refused, apply)
}

async function applyPart(client: pg.Client, rows: readonly Row[], refused: RefusedKeys, apply: ApplyRows): Promise<void> {
  await client.query('savepoint part')
  try {
    await apply(
      rows.flatMap(({ values }) => values),
      rows.length,
    )
    await client.query('release savepoint part')
    for (const { key } of rows) refused.settle(key)
  } catch (error) {
    if (!isOfRow(error)) throw error
    await client.query('rollback to savepoint part; release savepoint part')
    if (rows.length === 1) return refused.refuse(rows[0]!.key, error)
    const half = rows.length >> 1
    await applyPart(client, rows.slice(0, half), refused, apply)
    await applyPart(client, rows.slice(half), refused, apply)
  }
}

function* rowsOf({ payloads, fields }: Group): Generator<Row> {
  const at = places(fields.length)
  for (const payload of payloads) {
    for (let next = 0; next < payload.length; ) {
      next = walk(payload, next, at)
      const { offsets, lengths } = at
      const values = fields.map((_, field) => (lengths[field]! < 0 ? null : payload.subarray(offsets[field]!, offsets[field]! + lengths[field]!)))
      yield { values, key: keyTexts(fields, payload, at) }
    }
  }
}
