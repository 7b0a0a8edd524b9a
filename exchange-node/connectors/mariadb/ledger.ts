/**
 * What the target database itself remembers of deliveries, in three tables beside the rows. Every line is written in the transaction of the rows it speaks of. Only the swap of
 * tables is no part of a transaction here: it is announced by an `intent` with all evidence, and completed by whoever comes next (swap.ts).
 */
import type { Grant, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import { RangeCounts } from '@zhenghe/wire/messages.ts'
import { refusal } from '../../refusal.ts'
import type { DeliveryRow, Plan, TargetName } from '../../target/ledger.ts'
import { errnoOf } from './errors.ts'
import type { Session } from './session.ts'
import { identifier } from './sql.ts'

/** All that is needed to end a delivery whose rows are proven. */
export type Intent = { receipt: Receipt; manifest: Signed; checkpoint: string | null }

type Stored = { id: string; plan: string; startedAt: string; receipt: string | null; manifest: string | null }
const TABLE = 'engine = InnoDB default character set utf8mb4 collate utf8mb4_bin'
const TABLE_DENIED = 1142

export class Ledger {
  readonly #session: Session
  readonly #delivery: string
  readonly #range: string
  readonly #target: string

  /** @param database in which the ledger lies: that of the node's login */
  constructor(session: Session, database: string) {
    const at = (name: string) => `${identifier(database)}.zhenghe_exchange_${name}`
    this.#session = session
    this.#delivery = at('delivery')
    this.#range = at('range')
    this.#target = at('target')
  }

  async isThere(): Promise<boolean> {
    try {
      await this.#session.query(`select 1 from ${this.#target} limit 0`)
      return true
    } catch (error) {
      if ((error as { code?: string }).code === 'target_missing') return false
      throw error
    }
  }

  /** Makes the ledger where there is none. Refuses `target_rights` with the statement to run. */
  async prepare(): Promise<void> {
    if (await this.isThere().catch(explainRights)) return
    const statements = [
      `create table if not exists ${this.#delivery} (id char(36) primary key, grant_id char(36) not null, grant_version int not null, target_schema varchar(64) not null,
         target_table varchar(64) not null, plan longtext not null, started_at datetime(3) not null, ended_at datetime(3), receipt longtext, manifest longtext, intent longtext,
         constraint ended_with_evidence check ((ended_at is null) = (receipt is null) and (receipt is null) = (manifest is null))) ${TABLE}
         comment 'What the exchange node remembers of its deliveries; no business data'`,
      `create table if not exists ${this.#range} (delivery char(36) not null, n bigint not null, row_count bigint not null, counts longtext not null,
         committed_at datetime(3) not null, primary key (delivery, n), constraint zhenghe_exchange_of foreign key (delivery) references ${this.#delivery} (id) on delete cascade) ${TABLE}`,
      `create table if not exists ${this.#target} (target_schema varchar(64) not null, target_table varchar(64) not null, grant_id char(36) not null, checkpoint text,
         delivery char(36) not null, changed_at datetime(3) not null, primary key (target_schema, target_table)) ${TABLE}`,
    ]
    for (const statement of statements) await this.#session.query(statement).catch(explainRights)
  }

  async find(id: string): Promise<DeliveryRow | undefined> {
    const [found] = await this.#session.query<Stored>(
      `select id, plan, date_format(started_at, '%Y-%m-%dT%H:%i:%s.%fZ') as startedAt, receipt, manifest from ${this.#delivery} where id = ?`,
      [id],
    )
    if (!found) return undefined
    const { plan, startedAt, receipt, manifest } = found
    return {
      id,
      plan: JSON.parse(plan),
      startedAt: startedAt.replace(/\d{3}Z$/, 'Z'),
      receipt: receipt && JSON.parse(receipt),
      manifest: manifest && JSON.parse(manifest),
    }
  }

  async freeze(id: string, plan: Plan, { schema, table }: TargetName): Promise<void> {
    await this.#session.run(
      `insert into ${this.#delivery} (id, grant_id, grant_version, target_schema, target_table, plan, started_at) values (?, ?, ?, ?, ?, ?, utc_timestamp(3))`,
      [id, plan.grant.id, plan.grant.version, schema, table, JSON.stringify(plan)],
    )
  }

  /** Forgets a delivery that will not be resumed. One that is about to end stays. */
  async forget(id: string): Promise<void> {
    await this.#session.run(`delete from ${this.#delivery} where id = ? and receipt is null and intent is null`, [id])
  }

  /** Deliveries to the same target that never ended, other than this one: a newer one takes their place. */
  async abandoned(id: string, { schema, table }: TargetName): Promise<string[]> {
    const rows = await this.#session.query<{ id: string }>(
      `select id from ${this.#delivery} where receipt is null and target_schema = ? and target_table = ? and id <> ?`,
      [schema, table, id],
    )
    return rows.map((row) => row.id)
  }

  async targetOf(id: string): Promise<TargetName | undefined> {
    const [found] = await this.#session.query<TargetName>(`select target_schema as \`schema\`, target_table as \`table\` from ${this.#delivery} where id = ?`, [
      id,
    ])
    return found
  }

  async ranges(delivery: string): Promise<RangeCounts[]> {
    const rows = await this.#session.query<{ counts: string }>(`select counts from ${this.#range} where delivery = ? order by n`, [delivery])
    return rows.map(({ counts }) => RangeCounts.parse(JSON.parse(counts)))
  }

  /** Inside the transaction of the rows, by the session of the rows; the primary key refuses a range that has landed before. */
  async recordRange(session: Session, delivery: string, counts: RangeCounts): Promise<void> {
    await session.run(`insert into ${this.#range} (delivery, n, row_count, counts, committed_at) values (?, ?, ?, ?, utc_timestamp(3))`, [
      delivery,
      counts.n,
      counts.sent,
      JSON.stringify(counts),
    ])
  }

  async checkpoint({ schema, table }: TargetName, grant: Pick<Grant, 'id'>): Promise<string | null> {
    const [found] = await this.#session.query<{ checkpoint: string | null }>(
      `select checkpoint from ${this.#target} where target_schema = ? and target_table = ? and grant_id = ?`,
      [schema, table, grant.id],
    )
    return found?.checkpoint ?? null
  }

  async isOurs({ schema, table }: TargetName): Promise<boolean> {
    return (await this.#session.query(`select 1 from ${this.#target} where target_schema = ? and target_table = ?`, [schema, table])).length > 0
  }

  /** Of the load that became this target last. */
  async lastDelivery({ schema, table }: TargetName): Promise<string | undefined> {
    const [found] = await this.#session.query<{ delivery: string }>(`select delivery from ${this.#target} where target_schema = ? and target_table = ?`, [
      schema,
      table,
    ])
    return found?.delivery
  }

  /** Which grant fills a target, and how far its increments reach, inside the transaction of the rows. A null checkpoint keeps the one before. */
  async recordTarget(session: Session, { schema, table }: TargetName, grant: string, delivery: string, checkpoint: string | null): Promise<void> {
    await session.run(
      `insert into ${this.#target} (target_schema, target_table, grant_id, checkpoint, delivery, changed_at) values (?, ?, ?, ?, ?, utc_timestamp(3))
       on duplicate key update checkpoint = coalesce(values(checkpoint), if(grant_id = values(grant_id), checkpoint, null)), grant_id = values(grant_id),
         delivery = values(delivery), changed_at = values(changed_at)`,
      [schema, table, grant, checkpoint, delivery],
    )
  }

  /** The end of a delivery, with the evidence of both sides. */
  async recordEnd(receipt: Receipt, manifest: Signed): Promise<void> {
    await this.#session.run(`update ${this.#delivery} set ended_at = ?, receipt = ?, manifest = ?, intent = null where id = ?`, [
      receipt.endedAt.slice(0, -1),
      JSON.stringify(receipt),
      JSON.stringify(manifest),
      receipt.delivery,
    ])
  }

  async announce(delivery: string, intent: Intent): Promise<void> {
    await this.#session.run(`update ${this.#delivery} set intent = ? where id = ? and receipt is null`, [JSON.stringify(intent), delivery])
  }

  /** What was announced for a target and not completed. */
  async intents({ schema, table }: TargetName): Promise<Intent[]> {
    const rows = await this.#session.query<{ intent: string }>(
      `select intent from ${this.#delivery} where intent is not null and target_schema = ? and target_table = ? order by started_at`,
      [schema, table],
    )
    return rows.map(({ intent }) => JSON.parse(intent) as Intent)
  }
}

function explainRights(error: unknown): never {
  if (errnoOf(error) !== TABLE_DENIED) throw error
  throw refusal(
    'target_rights',
    `target: this node's login may not make its ledger. The department's database administrator runs once: grant select, insert, update, delete, create, drop, alter, index, references, create temporary tables on the_database.* to the_login`,
    error,
  )
}
