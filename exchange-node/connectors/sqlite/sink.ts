/** One range of rows on its way into a SQLite file. SQLite has one writer, so rows wait in a file of their own; then they and their ledger line are one short transaction. */
import { setImmediate } from 'node:timers/promises'
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { evaluate } from '@zhenghe/wire/filter.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { Key, Landing, Sink, TargetRequest } from '../connector.ts'
import { Comparable } from '../passing.ts'
import { Canonical } from '../tuples/canonical.ts'
import { TupleReader } from '../tuples/values.ts'
import { Waiting } from '../waiting.ts'
import { identifier, list, type SqliteFile } from './file.ts'
import type { SqliteLedger } from './ledger.ts'
import { columnSql, readSql, type Stored, stored } from './types.ts'

export type Goal = Pick<TargetRequest, 'delivery' | 'grant' | 'name'> & { load: TargetName; db: SqliteFile; ledger: SqliteLedger; write: Write }
/** Runs work as one transaction of the file, after those that came before it. */
export type Write = <T>(work: () => T | Promise<T>) => Promise<T>

const STAGING = 'temp.zhenghe_exchange_increment'

export class SqliteSink implements Sink {
  readonly #landing: Landing
  readonly #goal: Goal
  readonly #waiting: Waiting
  readonly #reader: TupleReader
  #rows = 0
  #aborted = false

  constructor(landing: Landing, goal: Goal) {
    this.#landing = landing
    this.#goal = goal
    this.#waiting = new Waiting(goal.db.file)
    this.#reader = new TupleReader(goal.grant.fields.map(({ type }) => type))
  }

  async write(payload: Buffer, rows: number): Promise<void> {
    this.#rows += rows
    this.#waiting.add(payload)
  }

  async commit(counts: RangeCounts): Promise<void> {
    const { n, sent, bytes } = counts
    if (this.#rows !== sent || this.#waiting.bytes !== bytes)
      throw refusal('counts_differ', `range ${n}: the sender tells of ${sent} rows in ${bytes} bytes, ${this.#rows} in ${this.#waiting.bytes} came`)
    await this.#goal.write(() => this.#land(counts))
    this.#waiting.end()
  }

  async abort(): Promise<void> {
    this.#aborted = true
    this.#waiting.end()
  }

  async #land(counts: RangeCounts): Promise<void> {
    const { db, ledger, grant, name, load, delivery } = this.#goal
    const landing = this.#landing
    if (landing.kind === 'increment') {
      createStaging(db, grant.fields)
      await this.#insert(STAGING)
      dropOlder(db, name, grant.fields, grant.cursor ?? '')
      const columns = list(grant.fields.map(({ name: field }) => identifier(field)))
      db.run(`insert or replace into ${identifier(name.table)} (${columns}) select ${columns} from ${STAGING}`)
      db.run(`drop table ${STAGING}`)
      ledger.record(delivery, counts)
      return ledger.recordTarget(name, grant, delivery, landing.checkpoint)
    }
    const table = landing.kind === 'load' || landing.place === 'load' ? load : name
    if (landing.kind === 'mend') deleteKeys(db, table, grant.fields, landing.remove)
    await this.#insert(identifier(table.table))
    if (table === load) ledger.record(delivery, counts)
  }

  async #insert(into: string): Promise<void> {
    const { db, grant } = this.#goal
    const { fields } = grant
    const sql = `insert into ${into} (${list(fields.map(({ name }) => identifier(name)))}) values (${list(fields.map(() => '?'))})`
    for (const payload of this.#waiting.all()) {
      for (const row of this.#reader.rows(payload)) db.run(sql, ...fields.map((field, at) => stored(field, row[at]!)))
      await setImmediate()
      if (this.#aborted) throw new Error('the range was broken off')
    }
  }
}

/** Its key refuses two rows of an increment that are one. */
function createStaging(db: SqliteFile, fields: readonly GrantField[]): void {
  db.run(
    `create temp table zhenghe_exchange_increment (${list(fields.map(columnSql))}, primary key (${list(keysOf(fields).map(({ name }) => identifier(name)))}))`,
  )
}

/** Takes those rows out of the increment that the table has newer, by the cursor. */
function dropOlder(db: SqliteFile, { table }: TargetName, fields: readonly GrantField[], cursor: string): void {
  const field = fields.find(({ name }) => name === cursor)
  if (!field) return
  const on = keysOf(fields)
    .map(({ name }) => `t.${identifier(name)} = s.${identifier(name)}`)
    .join(' and ')
  const column = identifier(cursor)
  const [came, there] = [field, { ...field, name: 'there' }]
  const comparable = new Comparable({ fields: [came, there] }, new Set([came.name, there.name]))
  const pairs = `select s.rowid, s.${column}, t.${column} from ${STAGING} s join ${identifier(table)} t on ${on} where s.${column} <> t.${column}`
  const older = [...db.rows(pairs)].filter(([, ...values]) => {
    const row = comparable.of(values)
    return evaluate({ op: 'lt', field: cursor, value: String(row['there']) }, row, [came]) === true
  })
  for (const [rowid] of older) db.run(`delete from ${STAGING} where rowid = ?`, rowid!)
}

export function keysOf(fields: readonly GrantField[]): GrantField[] {
  return fields.filter(({ key }) => key)
}

/** Each key the texts of the key fields in their order. */
export function deleteKeys(db: SqliteFile, { table }: TargetName, fields: readonly GrantField[], keys: readonly Key[]): void {
  const parts = keysOf(fields)
  const forms = parts.map(({ type }) => new Canonical(type))
  const sql = `delete from ${identifier(table)} where ${parts.map(({ name }) => `${identifier(name)} = ?`).join(' and ')}`
  for (const key of keys) {
    const values = parts.map((part, at): Stored => stored(part, forms[at]!.of(key[at]) ?? null))
    db.run(sql, ...values)
  }
}

/** The columns of a table of the exchange, as the encoder takes them. */
export function selectSql(fields: readonly GrantField[], table: TargetName): string {
  return `select ${list(fields.map(({ name, type }) => readSql(name, type)))} from ${identifier(table.table)}`
}
