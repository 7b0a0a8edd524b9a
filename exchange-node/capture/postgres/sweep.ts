/** The slots of all captures of a source, whoever follows them: what they keep, and giving up those that nobody follows and that keep too much. */
import { type Address, one, withClient } from '../../pg/connect.ts'

const OURS = `s.slot_type = 'logical' and s.plugin = 'pgoutput' and s.database = current_database() and s.slot_name ~ '^zhenghe_[0-9a-f]{32}$' and not pg_is_in_recovery()`
const KEPT = 'pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)'

/** Whatever became of their orders. Answers the names of the slots that were dropped. */
export function sweepSlots(address: Address, budgetBytes: number): Promise<string[]> {
  return withClient(address, 'capture sweep', async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select s.slot_name as name from pg_replication_slots s where ${OURS} and not s.active and case when pg_is_in_recovery() then 0 else ${KEPT} end > $1`,
      [budgetBytes],
    )
    for (const { name } of rows) await client.query('select pg_drop_replication_slot($1)', [name])
    return rows.map(({ name }) => name)
  })
}

/** Bytes of log kept by the slot that keeps most; null where there is none. */
export async function mostKept(address: Address): Promise<number | null> {
  return withClient(address, 'beat', async (client) => {
    const { kept } = await one<{ kept: number | null }>(
      client,
      `select max(case when pg_is_in_recovery() then 0 else ${KEPT} end)::float8 as kept from pg_replication_slots s where ${OURS}`,
    )
    return kept
  })
}
