/** Changes a department makes to its register from day to day, so that increments have something to carry. */
import type { Client } from 'pg'
import { copyFrom } from './copy.ts'
import { counties } from './divisions.ts'
import { legalEntityAt, legalEntityTable } from './registers/legal-entities.ts'
import { chunksOf, qualified } from './registers/table.ts'

const TABLE = qualified(legalEntityTable)
/** One change in so many is a new enterprise. */
const NEW_SHARE = 3
/** Rows further on than any register reaches lend their addresses; rows as many counties apart lie in the same one. */
const LENDERS = 1_000_000 * counties.length

export type Changes = {
  /** Numbers of the rows added and of the rows changed: `legalEntityAt` and `defectOf` tell the rest about them. */
  inserted: number[]
  updated: number[]
}

/**
 * Makes `n` changes to `registration.legal_entity` in one transaction: a third are new enterprises, the others move to another address and
 * change their capital. Every changed row gets its own `updated_at`, a millisecond apart, later than any in the table. The same table, `n`
 * and `seed` give the same changes. At most half of the table can change at once. `client` is the department's own (`market_supervision_owner`).
 */
export async function changeSome(client: Client, n: number, seed = 1): Promise<Changes> {
  await client.query('begin')
  try {
    await client.query(`lock table ${TABLE} in share row exclusive mode`)
    const { rows } = await client.query<{ count: number; latest: string }>(
      `select count(*)::int as count, to_char(max(updated_at) at time zone 'Asia/Shanghai' + interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+08:00"') as latest from ${TABLE}`,
    )
    const { count, latest } = rows[0]!
    const added = Math.floor(n / NEW_SHARE)
    if (n - added > count / 2) throw new RangeError(`${n} changes are too many for a register of ${count} rows`)
    const changes = { inserted: range(count, added), updated: spread(n - added, count, seed) }
    const momentOf = stepping(Date.parse(latest))
    await copyFrom(
      client,
      `copy ${TABLE} from stdin`,
      chunksOf((index) => ({ ...legalEntityAt(index), updated_at: momentOf() }), count, added),
    )
    await update(client, changes.updated, seed, momentOf)
    await client.query('commit')
    return changes
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function update(client: Client, indexes: readonly number[], seed: number, momentOf: () => string): Promise<void> {
  const rows = indexes.map((index) => ({
    uscc: legalEntityAt(index).uscc,
    like: legalEntityAt(index + LENDERS + counties.length * seed),
    updatedAt: momentOf(),
  }))
  await client.query(
    `update ${TABLE} as entity set address = new.address, registered_capital = new.capital, updated_at = new.moment,
            approved_on = (new.moment at time zone 'Asia/Shanghai')::date
       from unnest($1::text[], $2::text[], $3::numeric[], $4::timestamptz[]) as new(uscc, address, capital, moment) where entity.uscc = new.uscc`,
    [rows.map((row) => row.uscc), rows.map((row) => row.like.address), rows.map((row) => row.like.registered_capital), rows.map((row) => row.updatedAt)],
  )
}

function range(from: number, length: number): number[] {
  return Array.from({ length }, (_, step) => from + step)
}

/** `length` different numbers below `limit`, evenly apart, beginning where the seed says. */
function spread(length: number, limit: number, seed: number): number[] {
  const step = Math.max(1, Math.floor(limit / Math.max(1, length)))
  return Array.from({ length }, (_, nth) => (seed * 7919 + nth * step) % limit)
}

/** Moments a millisecond apart. */
function stepping(first: number): () => string {
  let next = first
  return () => new Date(next++).toISOString()
}
