/**
 * What the target database itself remembers of deliveries, in tables beside the rows. Every line is written in the transaction of the rows it speaks of. The end of a whole
 * load is announced first, by an `intent` with all evidence, and completed by whoever comes next (swap.ts): most databases change the names of tables in no transaction.
 */
import type { Grant, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import { RangeCounts } from '@zhenghe/wire/messages.ts'
import { refusal } from '../../refusal.ts'
import type { DeliveryRow, Plan, TargetName } from '../../target/ledger.ts'
import type { SqlSession } from './dialect.ts'

/** All that is needed to end a delivery whose rows are proven. */
export type Intent = { receipt: Receipt; manifest: Signed; checkpoint: string | null }

export const OWN = 'zhenghe_exchange_'

export class Ledger {
  readonly #session: SqlSession
  readonly #schema: string
  readonly #at: (name: string) => string

  private constructor(session: SqlSession, schema: string) {
    this.#session = session
    this.#schema = schema
    this.#at = (name) => `${session.dialect.identifier(schema)}.${session.dialect.identifier(tableOf(name))}`
  }

  static async of(session: SqlSession): Promise<Ledger> {
    return new Ledger(session, await session.dialect.ledgerSchema(session))
  }

  async isThere(): Promise<boolean> {
    return this.#has('target')
  }

  /** Makes the ledger where there is none. Refuses `target_rights`. */
  async prepare(): Promise<void> {
    const { dialect } = this.#session
    for (const [name, statement] of Object.entries(dialect.ledgerTables(this.#at))) {
      if (await this.#has(name)) continue
      await this.#session.run(statement).catch(async (error: unknown) => {
        if (!(await this.#has(name))) throw explainRights(error) // else another delivery was quicker
      })
    }
  }

  /** Whether the table is now this session's until it ends; false where another has it for so long. */
  hold(session: SqlSession, table: TargetName, seconds: number): Promise<boolean> {
    return session.dialect.hold(session, table, seconds, this.#at)
  }

  async #has(name: string): Promise<boolean> {
    return (await this.#session.dialect.kindOf(this.#session, { schema: this.#schema, table: tableOf(name) })) !== undefined
  }

  async find(id: string): Promise<DeliveryRow | undefined> {
    const [found] = await this.#session.query(`select plan_text, started_at, receipt, manifest from ${this.#at('delivery')} where id = ?`, [id])
    if (!found) return undefined
    const [plan, startedAt, receipt, manifest] = found.map((value) => (value === null || value === undefined ? null : String(value)))
    const read = <T>(text: string | null | undefined) => (text ? (JSON.parse(text) as T) : null)
    return { id, plan: read<Plan>(plan)!, startedAt: startedAt!, receipt: read<Receipt>(receipt), manifest: read<Signed>(manifest) }
  }

  async freeze(id: string, plan: Plan, { schema, table }: TargetName): Promise<void> {
    await this.#session.run(
      `insert into ${this.#at('delivery')} (id, grant_id, grant_version, target_schema, target_table, plan_text, started_at) values (?, ?, ?, ?, ?, ?, ?)`,
      [id, plan.grant.id, plan.grant.version, schema, table, JSON.stringify(plan), new Date().toISOString()],
    )
  }

  /** Forgets a delivery that will not be resumed. One that is about to end stays. */
  async forget(id: string): Promise<void> {
    const open = `select id from ${this.#at('delivery')} where id = ? and receipt is null and intent is null`
    await this.#session.run(`delete from ${this.#at('range')} where delivery in (${open})`, [id])
    await this.#session.run(`delete from ${this.#at('delivery')} where id = ? and receipt is null and intent is null`, [id])
  }

  /** Deliveries to the same target that never ended, other than this one: a newer one takes their place. */
  async abandoned(id: string, { schema, table }: TargetName): Promise<string[]> {
    const rows = await this.#session.query(
      `select id from ${this.#at('delivery')} where receipt is null and intent is null and target_schema = ? and target_table = ? and id <> ?`,
      [schema, table, id],
    )
    return rows.map(([other]) => String(other))
  }

  async targetOf(id: string): Promise<TargetName | undefined> {
    const [found] = await this.#session.query(`select target_schema, target_table from ${this.#at('delivery')} where id = ?`, [id])
    return found && { schema: String(found[0]), table: String(found[1]) }
  }

  async ranges(delivery: string): Promise<RangeCounts[]> {
    const rows = await this.#session.query(`select counts from ${this.#at('range')} where delivery = ? order by n`, [delivery])
    return rows.map(([counts]) => RangeCounts.parse(JSON.parse(String(counts))))
  }

  /** Inside the transaction of the rows, by the session of the rows; the primary key refuses a range that has landed before. */
  async recordRange(session: SqlSession, delivery: string, counts: RangeCounts): Promise<void> {
    await session.run(`insert into ${this.#at('range')} (delivery, n, row_count, counts, committed_at) values (?, ?, ?, ?, ?)`, [
      ...[delivery, String(counts.n), String(counts.sent), JSON.stringify(counts), new Date().toISOString()],
    ])
  }

  async checkpoint({ schema, table }: TargetName, grant: Pick<Grant, 'id'>): Promise<string | null> {
    const sql = `select checkpoint_text from ${this.#at('target')} where target_schema = ? and target_table = ? and grant_id = ?`
    const [found] = await this.#session.query(sql, [schema, table, grant.id])
    return found?.[0] === null || found?.[0] === undefined ? null : String(found[0])
  }

  async isOurs({ schema, table }: TargetName): Promise<boolean> {
    return (await this.lastDelivery({ schema, table })) !== undefined
  }

  /** Of the load that became this target last. */
  async lastDelivery({ schema, table }: TargetName): Promise<string | undefined> {
    const [found] = await this.#session.query(`select delivery from ${this.#at('target')} where target_schema = ? and target_table = ?`, [schema, table])
    return found && String(found[0])
  }

  /** Which grant fills a target, and how far its increments reach, inside a transaction. A null checkpoint keeps the one before, where it is of the same grant. */
  async recordTarget(session: SqlSession, { schema, table }: TargetName, grant: string, delivery: string, checkpoint: string | null): Promise<void> {
    const now = new Date().toISOString()
    const changed = await session.run(
      `update ${this.#at('target')} set checkpoint_text = coalesce(?, case when grant_id = ? then checkpoint_text end), grant_id = ?, delivery = ?, changed_at = ?
       where target_schema = ? and target_table = ?`,
      [checkpoint, grant, grant, delivery, now, schema, table],
    )
    if (changed > 0) return
    await session.run(
      `insert into ${this.#at('target')} (target_schema, target_table, grant_id, checkpoint_text, delivery, changed_at) values (?, ?, ?, ?, ?, ?)`,
      [schema, table, grant, checkpoint, delivery, now],
    )
  }

  /** The end of a delivery, with the evidence of both sides. */
  async recordEnd(session: SqlSession, receipt: Receipt, manifest: Signed): Promise<void> {
    await session.run(`update ${this.#at('delivery')} set ended_at = ?, receipt = ?, manifest = ?, intent = null where id = ?`, [
      ...[receipt.endedAt, JSON.stringify(receipt), JSON.stringify(manifest), receipt.delivery],
    ])
  }

  async announce(delivery: string, intent: Intent): Promise<void> {
    await this.#session.run(`update ${this.#at('delivery')} set intent = ? where id = ? and receipt is null`, [JSON.stringify(intent), delivery])
  }

  /** What was announced for a target and not completed. */
  async intents({ schema, table }: TargetName): Promise<Intent[]> {
    const rows = await this.#session.query(
      `select intent from ${this.#at('delivery')} where intent is not null and target_schema = ? and target_table = ? order by started_at`,
      [schema, table],
    )
    return rows.map(([intent]) => JSON.parse(String(intent)) as Intent)
  }
}

function tableOf(name: string): string {
  return `${OWN}${name}`
}

function explainRights(error: unknown): unknown {
  if ((error as { code?: string }).code !== 'target_rights') return error
  return refusal(
    'target_rights',
    `target: this node's login may not make its ledger. The department's database administrator runs once what the README of the exchange node says for a target`,
    error,
  )
}
