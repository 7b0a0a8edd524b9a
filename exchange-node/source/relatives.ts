/** Databases that speak PostgreSQL's protocol and are not quite PostgreSQL (KingbaseES, openGauss and its relatives): told apart by what they can do, not by their names. */
import type pg from 'pg'
import { refusal } from '../refusal.ts'

/** Functions that reading at one moment, naming it and comparing rows rest on. */
const NEEDED = [
  'pg_control_system',
  'pg_export_snapshot',
  'pg_is_in_recovery',
  'pg_current_wal_lsn',
  'pg_last_wal_replay_lsn',
  'pg_partition_tree',
  'hash_record_extended',
] as const

/** Refuses `database_too_old` with the product's own name and what it lacks, before a statement fails on it. */
export async function checkRelative(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ product: string; missing: string[] }>(
    `select version() as product, array(select needed from unnest($1::text[]) as needed
       where not exists (select 1 from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                         where n.nspname = 'pg_catalog' and p.proname = needed)) as missing`,
    [[...NEEDED]],
  )
  const { product = '', missing = [] } = rows[0] ?? {}
  if (missing.length === 0) return
  throw refusal(
    'database_too_old',
    `the database calls itself «${product.slice(0, 80)}» and has no ${missing.join(', ')}, so it cannot be read at one moment as PostgreSQL 14 and later can: use a compatible release of it, or hand the rows over as files`,
  )
}
