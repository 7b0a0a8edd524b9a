/** The rows of some keys as they are at one moment, as a batch: what is there and granted comes, what is not goes. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Key, SourceSnapshot } from '../connectors/connector.ts'
import { encodeValue } from '../connectors/tuples/encode.ts'
import { TupleFrames } from '../connectors/tuples/frames.ts'
import { places, walk } from '../kernels/layout.ts'
import { refusal } from '../refusal.ts'
import { Batch } from './batch.ts'

const FEW_BYTES = 1 << 14

/** @param keys texts of the key fields. Refuses `source_value` for what is no value of a key's type. */
export async function rowsAt(snapshot: SourceSnapshot, { fields }: Pick<Grant, 'fields'>, keys: readonly Key[]): Promise<Batch> {
  const batch = new Batch(fields)
  const at = places(fields.length)
  for (const key of keys) {
    const tuple = keyTuple(fields, key)
    walk(tuple, 0, at)
    batch.remove(tuple, at)
  }
  const reader = await snapshot.reader()
  try {
    for await (const { payload } of reader.rows({ by: 'keys', keys })) {
      batch.reserve(payload.length)
      for (let from = 0; from < payload.length; ) {
        const end = walk(payload, from, at)
        payload.copy(batch.bytes, batch.length, from, end)
        batch.upsert(at, walk(batch.bytes, batch.length, at), false)
        from = end
      }
    }
  } finally {
    await reader.end()
  }
  batch.changes = keys.length
  return batch
}

/** A whole tuple with the key's values and nothing else. */
function keyTuple(fields: Grant['fields'], key: Key): Buffer {
  const out = new TupleFrames(FEW_BYTES)
  let part = 0
  out.beginRow(fields.length)
  for (const { name, type, key: isKey } of fields) {
    if (!isKey) {
      out.null()
      continue
    }
    const problem = encodeValue(out, type, key[part++])
    if (problem) throw refusal('source_value', `«${key.join(',').slice(0, 200)}» is no key of this table: ${name} ${problem}`)
  }
  out.endRow()
  return out.take().payload
}
