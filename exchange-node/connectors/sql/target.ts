/** A database of the SQL family as a target: a load beside the old table, the ledger in tables called `zhenghe_exchange_…` of the login's own schema. */
import type { GrantField, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { DeliveryRow, Plan, TargetName } from '../../target/ledger.ts'
import { loadTable } from '../../target/load.ts'
import type { Key, Landing, Look, Place, Sink, Target, TargetConnector, TargetRequest } from '../connector.ts'
import { HOLD_SECONDS, type SqlSession, type SqlStore, type SqlTable } from './dialect.ts'
import { Ledger } from './ledger.ts'
import { stagingOf } from './merge.ts'
import { framesOf } from './rows.ts'
import { fieldsSql } from './select.ts'
import { SqlSink } from './sink.ts'
import { lookAt, withSession } from './source.ts'
import { qualified } from './statement.ts'
import { completeAll, indexWhole, swap } from './swap.ts'
import { checkRoom, checkTarget, countRows, createTable, deleteKeys, describeTable, dropTable, exists, indexLoad } from './table.ts'

/** Bytes a field is taken to need before anything is known of it. */
const ESTIMATED_FIELD_BYTES = 20
/** Transactions at once; the sender's connections decide how many there are. */
const SINKS = 16

export class SqlTarget implements TargetConnector {
  readonly #store: SqlStore

  constructor(store: SqlStore) {
    this.#store = store
  }

  look(): Promise<Look> {
    return lookAt(this.#store, 'target')
  }

  tables(): Promise<SourceTable[]> {
    return withSession(this.#store, 'target', (session) => session.dialect.readTables(session))
  }

  async open(request: TargetRequest): Promise<Target> {
    const session = await this.#store.open('target')
    try {
      const ledger = await Ledger.of(session)
      await ledger.prepare()
      const holder = await this.#hold(ledger, request.name)
      try {
        await completeAll(session, ledger, request.name)
        return new SqlTableTarget(session, holder, ledger, request, this.#store)
      } catch (error) {
        await holder.end()
        throw error
      }
    } catch (error) {
      await session.end()
      throw error
    }
  }

  discard(delivery: string): Promise<void> {
    return this.#settled(delivery, async (session, ledger, target) => {
      if ((await ledger.find(delivery))?.receipt) return
      await clear(session, ledger, target, delivery)
    }).then(() => undefined)
  }

  receiptHeld(delivery: string): Promise<{ receipt: Receipt; checkpoint: string | null } | undefined> {
    return this.#settled(delivery, async (_session, ledger, target) => {
      const receipt = (await ledger.find(delivery))?.receipt
      return receipt ? { receipt, checkpoint: await ledger.checkpoint(target, receipt.grant) } : undefined
    })
  }

  /** With an end that was announced and interrupted completed first. */
  #settled<T>(delivery: string, work: (session: SqlSession, ledger: Ledger, target: TargetName) => Promise<T>): Promise<T | undefined> {
    return withSession(this.#store, 'target', async (session) => {
      const ledger = await Ledger.of(session)
      const target = (await ledger.isThere()) ? await ledger.targetOf(delivery) : undefined
      if (!target) return undefined
      if ((await ledger.intents(target)).length > 0) {
        const holder = await this.#hold(ledger, target)
        await completeAll(session, ledger, target).finally(() => holder.end())
      }
      return work(session, ledger, target)
    })
  }

  /** A connection that holds the target until it ends. Refuses `database_busy`. */
  async #hold(ledger: Ledger, name: TargetName): Promise<SqlSession> {
    const holder = await this.#store.open('target')
    try {
      if (await ledger.hold(holder, name, HOLD_SECONDS)) return holder
      throw refusal('database_busy', `target: another delivery is at work on ${name.schema}.${name.table}: wait for it to end, or cancel it`)
    } catch (error) {
      await holder.end()
      throw error
    }
  }
}

async function clear(session: SqlSession, ledger: Ledger, target: TargetName, delivery: string): Promise<void> {
  await dropTable(session, loadTable(target, delivery))
  await dropTable(session, stagingOf(target, delivery))
  await ledger.forget(delivery)
}

class SqlTableTarget implements Target {
  readonly sinks = SINKS
  readonly #session: SqlSession
  readonly #holder: SqlSession
  readonly #ledger: Ledger
  readonly #request: TargetRequest
  readonly #store: SqlStore
  readonly #load: TargetName
  /** connections of ranges that are committed */
  readonly #idle: SqlSession[] = []
  #existing: SqlTable | undefined

  constructor(session: SqlSession, holder: SqlSession, ledger: Ledger, request: TargetRequest, store: SqlStore) {
    this.#session = session
    this.#holder = holder
    this.#ledger = ledger
    this.#request = request
    this.#store = store
    this.#load = loadTable(request.name, request.delivery)
  }

  async found(): Promise<DeliveryRow | undefined> {
    const found = await this.#ledger.find(this.#request.delivery)
    if (!found || found.receipt || found.plan.mode === 'incremental' || (await this.exists('load'))) return found
    await this.#ledger.forget(found.id)
    return undefined
  }

  async check(): Promise<void> {
    const { name, grant, mode } = this.#request
    this.#existing = await checkTarget(this.#session, this.#ledger, name, grant, mode)
  }

  done(): Promise<RangeCounts[]> {
    return this.#ledger.ranges(this.#request.delivery)
  }

  checkpoint(): Promise<string | null> {
    return this.#ledger.checkpoint(this.#request.name, this.#request.grant)
  }

  async begin(plan: Plan): Promise<void> {
    const { delivery, name, grant, quotaBytes } = this.#request
    const session = this.#session
    for (const id of await this.#ledger.abandoned(delivery, name)) await clear(session, this.#ledger, name, id)
    await checkRoom(session, name, plan.totalRows * grant.fields.length * ESTIMATED_FIELD_BYTES, quotaBytes)
    if (plan.mode === 'snapshot') {
      await dropTable(session, this.#load)
      await createTable(session, this.#load, grant.fields, false, this.#existing)
      await describeTable(session, this.#load, grant.fields, grant.resource.name)
    } else if (!this.#existing) {
      await createTable(session, name, grant.fields, true)
      await describeTable(session, name, grant.fields, grant.resource.name)
    }
    await this.#ledger.freeze(delivery, plan, name)
  }

  async sink(landing: Landing): Promise<Sink> {
    if (landing.kind === 'mend' && landing.place === 'load' && landing.remove.length > 0) await indexLoad(this.#session, this.#load, this.#fields)
    const session = this.#idle.pop() ?? (await this.#store.open('target'))
    const goal = { ...this.#request, load: this.#load, ledger: this.#ledger }
    return SqlSink.begin(session, landing, goal, () => this.#idle.push(session))
  }

  exists(place: Place): Promise<boolean> {
    return exists(this.#session, this.#at(place))
  }

  count(place: Place): Promise<number> {
    return countRows(this.#session, this.#at(place))
  }

  async *rows(place: Place): AsyncGenerator<RowFrame, number> {
    const at = this.#at(place)
    const session = await this.#store.open('target') // leaving the loop early ends it
    try {
      const { dialect } = session
      const [table] = await dialect.readTables(session, at)
      if (!table) throw refusal('target_missing', `there is no table ${at.schema}.${at.table} in the target`)
      const fields = this.#fields.map((field) => ({ ...field, column: dialect.columnOf(field.name) }))
      const selection = fieldsSql(dialect, table, fields)
      const batches = session.batches(`select ${selection.sql} from ${qualified(dialect, at)}`)
      return yield* framesOf(batches, { ...selection, fields, table })
    } finally {
      await session.end()
    }
  }

  async remove(place: Place, keys: readonly Key[]): Promise<void> {
    if (place === 'load') await indexLoad(this.#session, this.#load, this.#fields)
    await this.#transaction(() => deleteKeys(this.#session, this.#at(place), this.#fields, keys))
  }

  async finish(receipt: Receipt, manifest: Signed, checkpoint: string | null): Promise<void> {
    const { delivery, name, grant, mode } = this.#request
    if (mode === 'incremental') return this.#transaction(() => this.#ledger.recordEnd(this.#session, receipt, manifest))
    await indexWhole(this.#session, this.#load, name, grant.fields, delivery)
    await swap(this.#session, this.#ledger, name, { receipt, manifest, checkpoint })
  }

  async forget(): Promise<void> {
    await this.#session.rollback().catch(() => undefined)
    await Promise.allSettled(this.#idle.splice(0).map((session) => session.end()))
    if ((await this.#ledger.intents(this.#request.name)).length > 0) return
    await clear(this.#session, this.#ledger, this.#request.name, this.#request.delivery)
  }

  async end(): Promise<void> {
    await Promise.allSettled([this.#session, ...this.#idle.splice(0)].map((session) => session.end()))
    await this.#holder.end()
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    await this.#session.begin()
    try {
      await work()
      await this.#session.commit()
    } catch (error) {
      await this.#session.rollback().catch(() => undefined)
      throw error
    }
  }

  get #fields(): readonly GrantField[] {
    return this.#request.grant.fields
  }

  #at(place: Place): TargetName {
    return place === 'load' ? this.#load : this.#request.name
  }
}
