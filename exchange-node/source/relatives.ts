/**
 * Databases that speak PostgreSQL's protocol and are not quite PostgreSQL (KingbaseES, openGauss and its relatives): told apart by what they can do, not by their names. What is
 * missing is done without where nothing is lost by it: each reader then has a moment of its own, rows are compared by their tuples, a table is read in one piece.
 */
import type pg from 'pg'
import { refusal } from '../refusal.ts'

/** What may be missing, and by which functions it is known. */
export type Abilities = {
  /** readers can share a moment */
  exports: boolean
  /** the cluster has a number of its own */
  identity: boolean
  /** places in the log have names */
  positions: boolean
  /** tables tell of their partitions */
  partitions: boolean
  /** the database's own hash of a row */
  hashes: boolean
}

/** All that PostgreSQL itself has. */
export const WHOLE: Abilities = { exports: true, identity: true, positions: true, partitions: true, hashes: true }

const FUNCTIONS: Readonly<Record<keyof Abilities, readonly string[]>> = {
  exports: ['pg_export_snapshot'],
  identity: ['pg_control_system'],
  positions: ['pg_is_in_recovery', 'pg_current_wal_lsn', 'pg_last_wal_replay_lsn'],
  partitions: ['pg_partition_tree'],
  hashes: ['hash_record_extended'],
}
/** Rights on single columns, and locks by name: without these the grant could not be held by the database. */
const NEEDED = ['has_any_column_privilege', 'hashtextextended', 'pg_advisory_xact_lock'] as const

/** What the database can do. Refuses `database_too_old` with the product's own name where it lacks what nothing can stand in for, before a statement fails on it. */
export async function abilitiesOf(client: pg.Client): Promise<Abilities> {
  const asked = [...NEEDED, ...Object.values(FUNCTIONS).flat()]
  const { rows } = await client.query<{ product: string; missing: string[] }>(
    `select version() as product, array(select needed from unnest($1::text[]) as needed
       where not exists (select 1 from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                         where n.nspname = 'pg_catalog' and p.proname = needed)) as missing`,
    [asked],
  )
  const { product = '', missing = [] } = rows[0] ?? {}
  const lacking = NEEDED.filter((name) => missing.includes(name))
  if (lacking.length > 0) {
    throw refusal(
      'database_too_old',
      `the database calls itself «${product.slice(0, 80)}» and has no ${lacking.join(', ')}, so it cannot be held to a grant: use a compatible release of it, or hand the rows over as files`,
    )
  }
  const has = (ability: keyof Abilities) => !FUNCTIONS[ability].some((name) => missing.includes(name))
  return { exports: has('exports'), identity: has('identity'), positions: has('positions'), partitions: has('partitions'), hashes: has('hashes') }
}

/** The cluster's own number, or else the place at which it answers. */
export function systemSql({ identity }: Pick<Abilities, 'identity'>): string {
  return identity
    ? '(select system_identifier::text from pg_control_system())'
    : `(coalesce(host(inet_server_addr()), 'local') || ':' || coalesce(inet_server_port()::text, current_setting('port')))`
}

/** The place in the log, or else the time. */
export function positionSql({ positions }: Pick<Abilities, 'positions'>): string {
  return positions ? '(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text' : 'clock_timestamp()::text'
}
