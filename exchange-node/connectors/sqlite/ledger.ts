/** What a SQLite file remembers of deliveries, in tables of its own beside the rows; a line is written in the transaction of the rows it speaks of. */
import type { Grant, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { DeliveryRow, Plan, TargetName } from '../../target/ledger.ts'
import type { SqliteFile } from './file.ts'

const TABLES = `
  create table if not exists zhenghe_exchange_delivery (
    id text primary key, grant_id text not null, grant_version integer not null, target_table text not null, plan text not null, started_at text not null,
    ended_at text, receipt text, manifest text,
    constraint ended_with_evidence check ((ended_at is null) = (receipt is null) and (receipt is null) = (manifest is null))) strict;
  create table if not exists zhenghe_exchange_range (
    delivery text not null, n integer not null, rows integer not null, counts text not null, constraint landed_once primary key (delivery, n)) strict, without rowid;
  create table if not exists zhenghe_exchange_target (
    target_table text primary key, grant_id text not null, checkpoint text, delivery text not null) strict`

export class SqliteLedger {
  readonly #db: SqliteFile

  constructor(db: SqliteFile) {
    this.#db = db
  }

  /** Makes the ledger where there is none. */
  prepare(): void {
    if (!this.isThere()) this.#db.exec(TABLES)
  }

  isThere(): boolean {
    return this.#db.one(`select 1 from sqlite_schema where name = 'zhenghe_exchange_target'`) !== undefined
  }

  find(id: string): DeliveryRow | undefined {
    const found = this.#db.one('select plan, started_at, receipt, manifest from zhenghe_exchange_delivery where id = ?', id)
    if (!found) return undefined
    const [plan, startedAt, receipt, manifest] = found.map((value) => (value === null ? null : String(value)))
    const read = <T>(text: string | null | undefined) => (text ? (JSON.parse(text) as T) : null)
    return { id, plan: read<Plan>(plan)!, startedAt: startedAt!, receipt: read<Receipt>(receipt), manifest: read<Signed>(manifest) }
  }

  freeze(id: string, plan: Plan, { table }: TargetName): void {
    const { id: grant, version } = plan.grant
    const values = [id, grant, version, table, JSON.stringify(plan), new Date().toISOString()]
    this.#db.run('insert into zhenghe_exchange_delivery (id, grant_id, grant_version, target_table, plan, started_at) values (?, ?, ?, ?, ?, ?)', ...values)
  }

  /** Of a delivery that will not be resumed; one that has ended stays. */
  forget(id: string): void {
    this.#db.run('delete from zhenghe_exchange_range where delivery in (select id from zhenghe_exchange_delivery where id = ? and receipt is null)', id)
    this.#db.run('delete from zhenghe_exchange_delivery where id = ? and receipt is null', id)
  }

  /** Deliveries to the same table that never ended, other than this one. */
  abandoned(id: string, { table }: TargetName): string[] {
    return this.#db
      .all('select id from zhenghe_exchange_delivery where receipt is null and target_table = ? and id <> ?', table, id)
      .map(([other]) => String(other))
  }

  ranges(delivery: string): RangeCounts[] {
    const lines = this.#db.all('select counts from zhenghe_exchange_range where delivery = ? order by n', delivery)
    return lines.map(([counts]) => RangeCounts.parse(JSON.parse(String(counts))))
  }

  record(delivery: string, counts: RangeCounts): void {
    this.#db.run('insert into zhenghe_exchange_range (delivery, n, rows, counts) values (?, ?, ?, ?)', delivery, counts.n, counts.sent, JSON.stringify(counts))
  }

  isOurs({ table }: TargetName): boolean {
    return this.#db.one('select 1 from zhenghe_exchange_target where target_table = ?', table) !== undefined
  }

  checkpoint({ table }: TargetName, grant: Pick<Grant, 'id'>): string | null {
    const found = this.#db.one('select checkpoint from zhenghe_exchange_target where target_table = ? and grant_id = ?', table, grant.id)
    return found?.[0] == null ? null : String(found[0])
  }

  /** Which grant fills a table. A null checkpoint keeps the one before, where it is of the same grant. */
  recordTarget({ table }: TargetName, grant: Pick<Grant, 'id'>, delivery: string, checkpoint: string | null): void {
    this.#db.run(
      `insert into zhenghe_exchange_target as t (target_table, grant_id, checkpoint, delivery) values (?, ?, ?, ?)
       on conflict (target_table) do update set grant_id = excluded.grant_id, delivery = excluded.delivery,
         checkpoint = coalesce(excluded.checkpoint, case when t.grant_id = excluded.grant_id then t.checkpoint end)`,
      ...[table, grant.id, checkpoint, delivery],
    )
  }

  recordEnd(receipt: Receipt, manifest: Signed): void {
    const { delivery, endedAt } = receipt
    this.#db.run(
      'update zhenghe_exchange_delivery set ended_at = ?, receipt = ?, manifest = ? where id = ?',
      ...[endedAt, JSON.stringify(receipt), JSON.stringify(manifest), delivery],
    )
  }
}
