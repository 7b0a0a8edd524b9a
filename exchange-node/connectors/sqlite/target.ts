/** SQLite as a target: a load beside the old table, the ledger in the same file, the new table in the old one's place in one transaction. */
import { setImmediate } from 'node:timers/promises'
import type { Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { DeliveryRow, Plan, TargetName } from '../../target/ledger.ts'
import type { Key, Landing, Look, Place, Sink, Target, TargetConnector, TargetRequest } from '../connector.ts'
import { holdTable } from '../files/hold.ts'
import { type FieldValue, RowEncoder } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import { identifier, list, SqliteFile } from './file.ts'
import { SqliteLedger } from './ledger.ts'
import { OWN, readTable, readTables, SCHEMA } from './schema.ts'
import { deleteKeys, type Goal, keysOf, SqliteSink, selectSql, type Write } from './sink.ts'
import { lookAt, withFile } from './source.ts'
import { checkRoom, checkTarget, swap } from './swap.ts'
import { columnSql } from './types.ts'

/** Transactions that may wait their turn. */
const SINKS = 8
/** Write-ahead logging, so that readers of the file see the old table until the new one is there; the disk has what a commit says it has. */
const SETTINGS = 'pragma journal_mode = wal; pragma synchronous = full; pragma legacy_alter_table = on'

export class SqliteTarget implements TargetConnector {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  async look(): Promise<Look> {
    return lookAt(this.#file, 'target')
  }

  async tables(): Promise<SourceTable[]> {
    return withFile(this.#file, 'target', readTables)
  }

  async open(request: TargetRequest): Promise<Target> {
    const release = await holdTable(`${this.#file} ${request.name.table}`)
    try {
      const db = new SqliteFile(this.#file, 'target')
      return new SqliteTableTarget(db, request, await prepared(db), release)
    } catch (error) {
      release()
      throw error
    }
  }

  async discard(delivery: string): Promise<void> {
    const db = new SqliteFile(this.#file, 'target')
    try {
      const ledger = await prepared(db)
      if (!ledger.find(delivery)?.receipt) await writing(db)(() => dropDelivery(db, ledger, delivery))
    } finally {
      db.end()
    }
  }

  async receiptHeld(delivery: string): Promise<{ receipt: Receipt; checkpoint: string | null } | undefined> {
    return withFile(this.#file, 'target', (db) => {
      const ledger = new SqliteLedger(db)
      const receipt = ledger.isThere() ? ledger.find(delivery)?.receipt : undefined
      return receipt ? { receipt, checkpoint: ledger.checkpoint(receipt.target, receipt.grant) } : undefined
    })
  }
}

async function prepared(db: SqliteFile): Promise<SqliteLedger> {
  const ledger = new SqliteLedger(db)
  db.exec(SETTINGS)
  if (!ledger.isThere()) await writing(db)(() => ledger.prepare())
  return ledger
}

/** One transaction at a time on a file, in this process by turns and among processes by SQLite's own lock. */
function writing(db: SqliteFile): Write {
  return async (work) => {
    const release = await holdTable(`${db.file} is written to`)
    try {
      db.exec('begin immediate')
      const result = await work()
      db.exec('commit')
      return result
    } catch (error) {
      if (db.inTransaction) db.exec('rollback')
      throw error
    } finally {
      release()
    }
  }
}

function loadOf({ schema }: TargetName, delivery: string): TargetName {
  return { schema, table: `${OWN}load_${delivery.replaceAll('-', '')}` }
}

function dropDelivery(db: SqliteFile, ledger: SqliteLedger, delivery: string): void {
  db.exec(`drop table if exists ${identifier(loadOf({ schema: SCHEMA, table: '' }, delivery).table)}`)
  ledger.forget(delivery)
}

class SqliteTableTarget implements Target {
  readonly sinks = SINKS
  readonly #db: SqliteFile
  readonly #request: TargetRequest
  readonly #ledger: SqliteLedger
  readonly #release: () => void
  readonly #load: TargetName
  readonly #write: Write

  constructor(db: SqliteFile, request: TargetRequest, ledger: SqliteLedger, release: () => void) {
    this.#db = db
    this.#request = request
    this.#ledger = ledger
    this.#release = release
    this.#load = loadOf(request.name, request.delivery)
    this.#write = writing(db)
  }

  async found(): Promise<DeliveryRow | undefined> {
    return this.#ledger.find(this.#request.delivery)
  }

  async check(): Promise<void> {
    checkTarget(this.#db, this.#ledger, this.#request)
  }

  async done(): Promise<RangeCounts[]> {
    return this.#ledger.ranges(this.#request.delivery)
  }

  async checkpoint(): Promise<string | null> {
    return this.#ledger.checkpoint(this.#request.name, this.#request.grant)
  }

  async begin(plan: Plan): Promise<void> {
    const { delivery, name, grant, quotaBytes } = this.#request
    await this.#write(() => {
      for (const id of this.#ledger.abandoned(delivery, name)) dropDelivery(this.#db, this.#ledger, id)
      checkRoom(this.#db, quotaBytes)
      const columns = list(grant.fields.map(columnSql))
      if (plan.mode === 'snapshot') this.#db.exec(`drop table if exists ${this.#sqlOf('load')}; create table ${this.#sqlOf('load')} (${columns})`)
      else if (!readTable(this.#db, name.table)) {
        const keys = keysOf(grant.fields).map((key) => identifier(key.name))
        this.#db.exec(`create table ${this.#sqlOf('table')} (${columns}, primary key (${list(keys)}))`)
      }
      this.#ledger.freeze(delivery, plan, name)
    })
  }

  async sink(landing: Landing): Promise<Sink> {
    if (landing.kind === 'mend' && landing.place === 'load' && landing.remove.length > 0) await this.#indexLoad()
    const goal: Goal = { ...this.#request, load: this.#load, db: this.#db, ledger: this.#ledger, write: this.#write }
    return new SqliteSink(landing, goal)
  }

  async exists(place: Place): Promise<boolean> {
    return readTable(this.#db, this.#at(place).table) !== undefined
  }

  async count(place: Place): Promise<number> {
    return Number(this.#db.one(`select count(*) from ${this.#sqlOf(place)}`)?.[0] ?? 0)
  }

  async *rows(place: Place): AsyncGenerator<RowFrame, number> {
    const { fields } = this.#request.grant
    if (!(await this.exists(place))) throw refusal('target_missing', `there is no table ${this.#request.name.table} in the target`)
    const frames = new TupleFrames()
    const encoder = new RowEncoder(frames, fields)
    let rows = 0
    for (const row of this.#db.rows(selectSql(fields, this.#at(place)))) {
      encoder.write(row as FieldValue[])
      rows++
      if (!frames.full) continue
      yield frames.take()
      await setImmediate()
    }
    if (frames.rows > 0) yield frames.take()
    return rows
  }

  async remove(place: Place, keys: readonly Key[]): Promise<void> {
    if (place === 'load') await this.#indexLoad()
    await this.#write(() => deleteKeys(this.#db, this.#at(place), this.#request.grant.fields, keys))
  }

  async finish(receipt: Receipt, manifest: Signed, checkpoint: string | null): Promise<void> {
    const { delivery, name, grant, mode } = this.#request
    await this.#write(() => {
      if (mode === 'snapshot') {
        swap(this.#db, name, this.#load, grant.fields)
        this.#ledger.recordTarget(name, grant, delivery, checkpoint)
      }
      this.#ledger.recordEnd(receipt, manifest)
    })
  }

  async forget(): Promise<void> {
    const { delivery } = this.#request
    if (!this.#ledger.find(delivery)?.receipt) await this.#write(() => dropDelivery(this.#db, this.#ledger, delivery))
  }

  async end(): Promise<void> {
    this.#db.end()
    this.#release()
  }

  #at(place: Place): TargetName {
    return place === 'load' ? this.#load : this.#request.name
  }

  #sqlOf(place: Place): string {
    return identifier(this.#at(place).table)
  }

  /** So that rows of a load are found by their key; it goes when the load is whole. */
  #indexLoad(): Promise<void> {
    const keys = list(keysOf(this.#request.grant.fields).map(({ name }) => identifier(name)))
    return this.#write(() => this.#db.exec(`create index if not exists ${identifier(`${this.#load.table}_mend`)} on ${this.#sqlOf('load')} (${keys})`))
  }
}
