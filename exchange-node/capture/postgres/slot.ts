/** What a capture leaves at its source: one slot a delivery, one publication a grant; and how they are known again. */
import { canonical } from '@zhenghe/wire/canonical.ts'
import type { Grant } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { one } from '../../pg/connect.ts'
import { identifier, text } from '../../pg/sql.ts'
import { refusal } from '../../refusal.ts'
import { tableOf } from '../../source/select.ts'
import { lsnOf } from './replication.ts'

/** `zhenghe_4f1c…`, of a delivery. */
export function slotName(delivery: string): string {
  return `zhenghe_${delivery.replaceAll('-', '')}`
}

/** `zhenghe_grant_4f1c…`: one that an administrator makes where this node's login may not. It serves every version and every new load, and is never dropped by us. */
function lentName({ id }: Pick<Grant, 'id'>): string {
  return `zhenghe_grant_${id.replaceAll('-', '')}`
}

/** The publication of a capture, and its mark, which changes whenever anybody alters it. */
export type Publication = { name: string; mark: string }

function publicationSql(grant: Grant, name: string): string {
  return `create publication ${identifier(name)} for table only ${tableOf(grant)}`
}

/**
 * The publication that an administrator has made for the grant, or one of the delivery's own. Never with a row filter or a column list: those can make the department's own
 * updates fail. Refuses `capture_rights` with the statement an administrator must run.
 */
export async function preparePublication(client: pg.Client, grant: Grant, delivery: string): Promise<Publication> {
  for (const name of [lentName(grant), slotName(delivery)]) {
    const mark = await publicationMark(client, grant, name)
    if (mark) return { name, mark }
  }
  const name = slotName(delivery)
  try {
    await client.query(`drop publication if exists ${identifier(name)}`)
    await client.query(publicationSql(grant, name))
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error
    throw refusal(
      'capture_rights',
      `source: this node's login may not publish the table (${(error as Error).message}). The database's administrator runs once: ${publicationSql(grant, lentName(grant))}`,
      error,
    )
  }
  return { name, mark: (await publicationMark(client, grant, name))! }
}

/** Undefined where there is no publication of exactly this table with all of its changes, rows and columns. */
export async function publicationMark(client: pg.Client, grant: Grant, name: string): Promise<string | undefined> {
  const { rows } = await client.query<{ mark: string }>(
    `select concat_ws('/', p.oid, p.xmin, r.oid, r.xmin, r.prrelid) as mark
     from pg_publication p join pg_publication_rel r on r.prpubid = p.oid join pg_class c on c.oid = r.prrelid
     where p.pubname = $1 and r.prrelid = to_regclass($2) and p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate and not p.puballtables
       and not (p.pubviaroot and c.relkind = 'p')
       and to_jsonb(r) ->> 'prqual' is null and to_jsonb(r) ->> 'prattrs' is null
       and (select count(*) from pg_publication_rel where prpubid = p.oid) = 1`,
    [name, tableOf(grant)],
  )
  return rows[0]?.mark
}

export type Identity = { system: string; timeline: string }

/** Of the server behind a replication connection. A promoted standby has another timeline, a restored copy another system. */
export async function identify(replication: pg.Client): Promise<Identity> {
  const { rows } = await replication.query<{ systemid: string; timeline: number }>('IDENTIFY_SYSTEM')
  return { system: rows[0]!.systemid, timeline: String(rows[0]!.timeline) }
}

/** `partitions`: those of then, by their numbers; absent where the table is not partitioned. */
export type Binding = Identity & { slot: string; created: string; publication: Publication; partitions?: number[] }

export function bindingText(binding: Binding): string {
  return canonical(binding)
}

export type Slot = { position: bigint; created: string; exported: string }

/**
 * Makes the slot; the connection then holds the moment from which the slot's changes follow, until it is used again. It waits for transactions that write now to end.
 * Refuses `database_busy` where that takes too long. A temporary one ends with the connection.
 */
export async function createSlot(replication: pg.Client, name: string, patienceMs: number, life: 'lasting' | 'temporary' = 'lasting'): Promise<Slot> {
  const late = setTimeout(() => void replication.end().catch(() => undefined), patienceMs)
  try {
    const { rows } = await replication.query<{ consistent_point: string; snapshot_name: string }>(
      `CREATE_REPLICATION_SLOT ${identifier(name)} ${life === 'temporary' ? 'TEMPORARY ' : ''}LOGICAL pgoutput EXPORT_SNAPSHOT`,
    )
    const [made] = rows
    return { position: lsnOf(made!.consistent_point), created: made!.consistent_point, exported: made!.snapshot_name }
  } catch (error) {
    if (/terminated|ended|closed/i.test((error as Error).message))
      throw refusal(
        'database_busy',
        `source: transactions that were begun before have not ended in ${Math.round(patienceMs / 1000)} s, and changes can only be followed from a moment without them`,
        error,
      )
    throw error
  } finally {
    clearTimeout(late)
  }
}

export type SlotState = {
  there: boolean
  lost: boolean
  reason: string | null
  active: boolean
  confirmed: string | null
  keptBytes: number
  lagBytes: number
  now: string
}

export async function readSlot(client: pg.Client, name: string): Promise<SlotState> {
  return one<SlotState>(
    client,
    `select s.slot_name is not null as there, coalesce(s.wal_status = 'lost', false) as lost, to_jsonb(s) ->> 'invalidation_reason' as reason, coalesce(s.active, false) as active,
            s.confirmed_flush_lsn::text as confirmed, coalesce(pg_wal_lsn_diff(now.at, s.restart_lsn), 0)::float8 as "keptBytes",
            coalesce(pg_wal_lsn_diff(now.at, s.confirmed_flush_lsn), 0)::float8 as "lagBytes", now.at::text as now
     from (select pg_current_wal_lsn() as at) now left join pg_replication_slots s on s.slot_name = $1`,
    [name],
  )
}

/** A slot in use is let go of first. */
export async function dropSlot(client: pg.Client, name: string): Promise<void> {
  for (let attempt = 0; attempt < DROP_ATTEMPTS; attempt++) {
    await client.query('select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active', [name]).catch(() => undefined)
    try {
      await client.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [name])
      return
    } catch (error) {
      if ((error as { code?: string }).code !== IN_USE || attempt === DROP_ATTEMPTS - 1) throw error
      await client.query('select pg_sleep(0.1)')
    }
  }
}
const DROP_ATTEMPTS = 50
const IN_USE = '55006'

/** Of the delivery's own name; what an administrator has made stays. */
export async function dropPublication(client: pg.Client, delivery: string): Promise<void> {
  await client.query(`drop publication if exists ${identifier(slotName(delivery))}`)
}

/** A mark in the log, so that an idle table does not hold it back: other tables may write a great deal. */
export async function leaveMark(client: pg.Client): Promise<void> {
  await client.query(`select pg_logical_emit_message(true, ${text('zhenghe')}, '')`)
}
