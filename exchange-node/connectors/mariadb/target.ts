/** MariaDB and MySQL as a target: rows by `load data`, the ledger beside them in tables called `zhenghe_exchange_…` of the login's database. */
import { hash } from 'node:crypto'
import type { GrantField, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { DeliveryRow, Plan } from '../../target/ledger.ts'
import { loadTable } from '../../target/load.ts'
import type { Key, Landing, Look, Place, Sink, Target, TargetConnector, TargetRequest } from '../connector.ts'
import { selectFrames } from './frames.ts'
import { Ledger } from './ledger.ts'
import type { Form } from './row-text.ts'
import { readTables } from './schema.ts'
import { fieldsSql } from './select.ts'
import { databaseOf, kill, type MariaAddress, Session, withSession } from './session.ts'
import { MariaSink } from './sink.ts'
import { lookAtMaria } from './source.ts'
import { qualified } from './sql.ts'
import { completeAll, indexWhole, swap } from './swap.ts'
import { checkRoom, checkTarget, countRows, createTable, deleteKeys, dropTable, exists, indexLoad, type TargetName } from './table.ts'

/** Bytes a field is taken to need before anything is known of it. */
const ESTIMATED_FIELD_BYTES = 20
/** Transactions at once; the sender's connections decide how many there are. */
const SINKS = 32
const HOLD_SECONDS = 30

export class MariaTarget implements TargetConnector {
  readonly #address: MariaAddress
  readonly #form: Form | undefined

  /** @param form how rows go in; without it, the faster one that the server allows */
  constructor(address: MariaAddress, form?: Form) {
    this.#address = address
    this.#form = form
  }

  look(): Promise<Look> {
    return lookAtMaria(this.#address)
  }

  tables(): Promise<SourceTable[]> {
    return withSession(this.#address, 'target', (session) => readTables(session))
  }

  async open(request: TargetRequest): Promise<Target> {
    const session = await Session.open(this.#address, 'target')
    try {
      const ledger = new Ledger(session, databaseOf(this.#address))
      await ledger.prepare()
      await hold(session, request.name, HOLD_SECONDS)
      await completeAll(session, ledger, request.name)
      return new MariaTable(session, ledger, request, this.#address, this.#form ?? (await formOf(session)))
    } catch (error) {
      await session.end()
      throw error
    }
  }

  discard(delivery: string): Promise<void> {
    return this.#settled(delivery, async (session, ledger, target) => {
      if ((await ledger.find(delivery))?.receipt) return
      await dropTable(session, loadTable(target, delivery))
      await ledger.forget(delivery)
    }).then(() => undefined)
  }

  receiptHeld(delivery: string): Promise<{ receipt: Receipt; checkpoint: string | null } | undefined> {
    return this.#settled(delivery, async (_session, ledger, target) => {
      const receipt = (await ledger.find(delivery))?.receipt
      return receipt ? { receipt, checkpoint: await ledger.checkpoint(target, receipt.grant) } : undefined
    })
  }

  /** With an end that was announced and interrupted completed first. */
  #settled<T>(delivery: string, work: (session: Session, ledger: Ledger, target: TargetName) => Promise<T>): Promise<T | undefined> {
    return withSession(this.#address, 'target', async (session) => {
      const ledger = new Ledger(session, databaseOf(this.#address))
      const target = (await ledger.isThere()) ? await ledger.targetOf(delivery) : undefined
      if (!target) return undefined
      if ((await ledger.intents(target)).length > 0) {
        await hold(session, target, HOLD_SECONDS)
        await completeAll(session, ledger, target)
      }
      return work(session, ledger, target)
    })
  }
}

/** Holds the target for this connection until it ends. Refuses `database_busy`. */
async function hold(session: Session, { schema, table }: TargetName, seconds: number): Promise<void> {
  const name = `zhenghe ${hash('sha256', JSON.stringify([schema, table]), 'hex').slice(0, 40)}`
  const { held } = await session.one<{ held: number | null }>('select get_lock(?, ?) as held', [name, seconds])
  if (held !== 1) throw refusal('database_busy', `target: another delivery is at work on ${schema}.${table}: wait for it to end, or cancel it`)
}

async function formOf(session: Session): Promise<Form> {
  const { allowed } = await session.one<{ allowed: number }>('select @@global.local_infile as allowed')
  return allowed === 1 ? 'load' : 'insert'
}

class MariaTable implements Target {
  readonly sinks = SINKS
  readonly #session: Session
  readonly #ledger: Ledger
  readonly #request: TargetRequest
  readonly #address: MariaAddress
  readonly #form: Form
  readonly #load: TargetName
  /** connections of ranges that are committed */
  readonly #idle: Session[] = []
  #existing = false

  constructor(session: Session, ledger: Ledger, request: TargetRequest, address: MariaAddress, form: Form) {
    this.#session = session
    this.#ledger = ledger
    this.#request = request
    this.#address = address
    this.#form = form
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
    for (const id of await this.#ledger.abandoned(delivery, name)) {
      await dropTable(this.#session, loadTable(name, id))
      await this.#ledger.forget(id)
    }
    await checkRoom(this.#session, name, plan.totalRows * grant.fields.length * ESTIMATED_FIELD_BYTES, quotaBytes)
    if (plan.mode === 'snapshot') {
      await dropTable(this.#session, this.#load)
      await createTable(this.#session, this.#load, grant.fields, false)
    } else if (!this.#existing) await createTable(this.#session, name, grant.fields, true)
    await this.#ledger.freeze(delivery, plan, name)
  }

  async sink(landing: Landing): Promise<Sink> {
    if (landing.kind === 'mend' && landing.place === 'load' && landing.remove.length > 0) await indexLoad(this.#session, this.#load, this.#fields)
    const session = this.#idle.pop() ?? (await Session.open(this.#address, 'target'))
    const goal = { ...this.#request, load: this.#load, ledger: this.#ledger, form: this.#form }
    return MariaSink.begin(session, landing, goal, () => this.#idle.push(session))
  }

  exists(place: Place): Promise<boolean> {
    return exists(this.#session, this.#at(place))
  }

  count(place: Place): Promise<number> {
    return countRows(this.#session, this.#at(place))
  }

  async *rows(place: Place): AsyncGenerator<RowFrame, number> {
    const at = this.#at(place)
    const [table] = await readTables(this.#session, at)
    if (!table) throw refusal('target_missing', `there is no table ${at.schema}.${at.table} in the target`)
    const { sql, guarded } = fieldsSql(
      table,
      this.#fields.map(({ name, type }) => ({ column: name, type })),
    )
    const cancel = () => void kill(this.#address, 'target', this.#session.id).catch(() => undefined)
    return yield* selectFrames(this.#session, `select ${sql} from ${qualified(at)}`, { fields: this.#fields, guarded }, cancel)
  }

  async remove(place: Place, keys: readonly Key[]): Promise<void> {
    if (place === 'load') await indexLoad(this.#session, this.#load, this.#fields)
    await deleteKeys(this.#session, this.#at(place), this.#fields, keys)
  }

  async finish(receipt: Receipt, manifest: Signed, checkpoint: string | null): Promise<void> {
    const { name, grant, mode } = this.#request
    if (mode === 'incremental') return this.#ledger.recordEnd(receipt, manifest)
    await indexWhole(this.#session, this.#load, name, grant.fields, grant.resource.name)
    await swap(this.#session, this.#ledger, name, { receipt, manifest, checkpoint })
  }

  async forget(): Promise<void> {
    await this.#session.query('rollback')
    await Promise.allSettled(this.#idle.splice(0).map((session) => session.end()))
    if ((await this.#ledger.intents(this.#request.name)).length > 0) return
    await dropTable(this.#session, this.#load)
    await this.#ledger.forget(this.#request.delivery)
  }

  async end(): Promise<void> {
    await Promise.allSettled([this.#session, ...this.#idle.splice(0)].map((session) => session.end()))
  }

  get #fields(): readonly GrantField[] {
    return this.#request.grant.fields
  }

  #at(place: Place): TargetName {
    return place === 'load' ? this.#load : this.#request.name
  }
}
