/** The consumer's half of a reconciliation: compares its table with the granted rows, finds the rows that differ, and has them sent again on order. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { BUCKETS, type HashKind } from '@zhenghe/wire/messages.ts'
import type { Place, Target } from '../connectors/connector.ts'
import type { Conversation, Of } from '../conversation.ts'
import { refusal } from '../refusal.ts'
import { type Differences, differingBuckets, differingKeys, incomparable } from './compare.ts'
import { type Bucket, HashRows, type KeyHash, type RowHashes } from './hashes.ts'
import { TupleHashes } from './tuple-hashes.ts'

type Fields = readonly Pick<GrantField, 'name' | 'type' | 'key'>[]
export type Reconciliation = Omit<Of<'reconcileResult'>, 'kind'> & {
  /** rows the grant covers at the source now */
  sourceRows: number
  /** the first hundred keys that differ, each the texts of its fields joined by commas */
  sample: { key: string; kind: 'missing' | 'extra' | 'different' }[]
}
const SAMPLE = 100
/** In one transaction: deletes the rows of some keys, then loads what the sender has of others. */
export type Mend = (remove: string[][], fetch: string[][]) => Promise<void>

const MEND_KEYS = 2000

/** `held`: the target is seen as it was at one moment, so that what was mended shows at a later one only. */
export type Comparing = { talk: Conversation; target: Target; place: Place; fields: Fields; columns: readonly string[]; held?: boolean }

/** Compares a table with the source. With `mend` the table is brought to what the source held at its snapshot, and compared again. Does not send the result. */
export async function compareWithSource({ talk, target, place, fields, columns, held }: Comparing, mend: Mend | undefined): Promise<Reconciliation> {
  const hashes: HashKind[] = target.recordHashes ? ['record', 'tuple'] : ['tuple']
  await talk.session.send({ kind: 'reconcile', columns: [...columns], buckets: BUCKETS, hashes })
  const theirs = await talk.next('reconcileBuckets')
  const own = theirs.by === 'record' ? recordHashes(target, place, fields, columns) : new TupleHashes(fields, () => target.rows(place))
  const ours = await own.sums()
  if (incomparable(theirs.buckets, ours)) {
    throw refusal(
      'hashes_differ',
      'the two databases hash rows in different ways, so they cannot be compared: bring both to the same major version of PostgreSQL',
    )
  }
  const result: Reconciliation = { sourceRows: rowsIn(theirs.buckets), rows: rowsIn(ours), missing: 0, extra: 0, changed: 0, mended: 0, sample: [] }
  for (const batch of differingBuckets(theirs.buckets, ours)) {
    const [there, here] = [await keysOf(talk, batch), await own.keys(batch)]
    const differences = differingKeys(there, here)
    tell(result, differences)
    if (!mend) continue
    result.mended += await mendAll(mend, differences)
    if (held) continue
    const after = await own.keys(batch)
    if (!same(differingKeys(there, after))) throw refusal('counts_differ', 'the table still differs from the source after mending: deliver it whole again')
    result.rows += after.length - here.length
  }
  return result
}

function tell(result: Reconciliation, { missing, extra, changed }: Differences): void {
  result.missing += missing.length
  result.extra += extra.length
  result.changed += changed.length
  for (const [kind, keys] of [
    ['missing', missing],
    ['extra', extra],
    ['different', changed],
  ] as const) {
    result.sample.push(...keys.slice(0, SAMPLE - result.sample.length).map((key) => ({ key: key.join(','), kind })))
  }
}

const same = ({ missing, extra, changed }: Differences): boolean => missing.length + extra.length + changed.length === 0

function rowsIn(buckets: readonly Bucket[]): number {
  return buckets.reduce((sum, { n }) => sum + n, 0)
}

async function keysOf(talk: Conversation, buckets: number[]): Promise<KeyHash[]> {
  await talk.session.send({ kind: 'reconcileAsk', buckets })
  const rows: KeyHash[] = []
  for (;;) {
    const message = await talk.next('reconcileKeys')
    rows.push(...message.rows)
    if (message.last) return rows
  }
}

/** Answers how many keys were mended. */
async function mendAll(mend: Mend, { missing, extra, changed }: Differences): Promise<number> {
  for (const piece of pieces(extra)) await mend(piece, [])
  for (const piece of pieces(changed)) await mend(piece, piece)
  for (const piece of pieces(missing)) await mend([], piece)
  return missing.length + extra.length + changed.length
}

function pieces(keys: string[][]): string[][][] {
  return Array.from({ length: Math.ceil(keys.length / MEND_KEYS) }, (_, at) => keys.slice(at * MEND_KEYS, (at + 1) * MEND_KEYS))
}

function recordHashes(target: Target, place: Place, fields: Fields, columns: readonly string[]): RowHashes {
  const keys = fields.filter(({ key }) => key).length
  const hashes = (buckets: readonly number[] | undefined) => {
    if (!target.recordHashes)
      throw refusal('hashes_differ', "the sender hashed by PostgreSQL's own hash, which the target does not have: bring the sending node up to date")
    return target.recordHashes(place, columns, buckets)
  }
  return { sums: () => new HashRows([], 0).sums(hashes(undefined)), keys: (buckets) => new HashRows([], keys).keys(hashes(buckets)) }
}
