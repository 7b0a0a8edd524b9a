/** PostgreSQL as a target: rows by binary COPY, the ledger beside them in the schema `zhenghe_exchange`. */
import type { GrantField, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type pg from 'pg'
import { type Address, connect, one, transaction, withClient } from '../../pg/connect.ts'
import { copyOut, type RowFrame } from '../../pg/copy-out.ts'
import { identifier, list } from '../../pg/sql.ts'
import type { SourceTable } from '../../source/schema.ts'
import { copyOutSql, hashesSql } from '../../source/select.ts'
import { discard } from '../../target/discard.ts'
import * as ledger from '../../target/ledger.ts'
import { countRows, createLoadTable, dropTable, finishLoad, loadTable, nameOf, tableExists } from '../../target/load.ts'
import { createTarget, deleteKeysSql } from '../../target/merge.ts'
import { checkRoom, checkTarget, type ExistingTable } from '../../target/preflight.ts'
import type { Key, Landing, Look, Place, Sink, Target, TargetConnector, TargetRequest } from '../connector.ts'
import { PostgresSink, wayOf } from './sink.ts'
import { lookAtPostgres, postgresTables } from './source.ts'

/** Bytes a field is taken to need before anything is known of it. */
const ESTIMATED_FIELD_BYTES = 20
/** Transactions at once; the sender's connections decide how many there are. */
const SINKS = 32

export class PostgresTarget implements TargetConnector {
  readonly #address: Address

  constructor(address: Address) {
    this.#address = address
  }

  look(): Promise<Look> {
    return lookAtPostgres(this.#address)
  }

  tables(): Promise<SourceTable[]> {
    return postgresTables(this.#address)
  }

  async open(request: TargetRequest): Promise<Target> {
    const client = await this.#connect()
    try {
      await ledger.prepareLedger(client)
      await ledger.lockTarget(client, request.name)
      return new PostgresTable(client, request, () => this.#connect())
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }

  /** The table as it is at this moment, whatever happens to it later; nothing is locked but against being emptied or replaced. The caller ends it. */
  async moment(request: TargetRequest): Promise<Target> {
    const client = await this.#connect()
    try {
      await client.query(`set idle_in_transaction_session_timeout = 0; begin isolation level repeatable read read only`)
      await client.query(`lock table ${nameOf(request.name)} in access share mode`)
      await client.query('select') // the moment
      return new PostgresTable(client, request, () => this.#connect())
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }

  discard(delivery: string): Promise<void> {
    return withClient(this.#address, 'cancel', (client) => discard(client, delivery))
  }

  receiptHeld(delivery: string): Promise<{ receipt: Receipt; checkpoint: string | null } | undefined> {
    return withClient(this.#address, 'evidence', async (client) => {
      const { there } = await one<{ there: boolean }>(client, `select to_regclass('zhenghe_exchange.target') is not null as there`)
      const found = there ? await ledger.findDelivery(client, delivery) : undefined
      if (!found?.receipt) return undefined
      const { target, grant } = found.receipt
      return { receipt: found.receipt, checkpoint: await ledger.checkpointOf(client, target, grant) }
    })
  }

  async #connect(): Promise<pg.Client> {
    const client = await connect(this.#address, 'target')
    await client.query(`set client_connection_check_interval = '2s'`) // a key being built for a node that is gone stops
    return client
  }
}

class PostgresTable implements Target {
  readonly sinks = SINKS
  readonly #client: pg.Client
  readonly #request: TargetRequest
  readonly #open: () => Promise<pg.Client>
  readonly #load: ledger.TargetName
  /** connections of ranges that are committed */
  readonly #idle: pg.Client[] = []
  #existing: ExistingTable | undefined

  constructor(client: pg.Client, request: TargetRequest, open: () => Promise<pg.Client>) {
    this.#client = client
    this.#request = request
    this.#open = open
    this.#load = loadTable(request.name, request.delivery)
  }

  async found(): Promise<ledger.DeliveryRow | undefined> {
    const found = await ledger.findDelivery(this.#client, this.#request.delivery)
    if (!found || found.receipt || found.plan.mode === 'incremental' || (await this.exists('load'))) return found
    await ledger.forgetDelivery(this.#client, found.id)
    return undefined
  }

  async check(): Promise<void> {
    const { name, grant, mode } = this.#request
    this.#existing = await checkTarget(this.#client, name, grant, mode)
  }

  done(): Promise<RangeCounts[]> {
    return ledger.doneRanges(this.#client, this.#request.delivery)
  }

  checkpoint(): Promise<string | null> {
    return ledger.checkpointOf(this.#client, this.#request.name, this.#request.grant)
  }

  async begin(plan: ledger.Plan): Promise<void> {
    const { delivery, name, grant, quotaBytes, changing } = this.#request
    for (const id of await ledger.abandoned(this.#client, delivery, name)) {
      await dropTable(this.#client, loadTable(name, id))
      await ledger.forgetDelivery(this.#client, id)
    }
    await checkRoom(this.#client, plan.totalRows * grant.fields.length * ESTIMATED_FIELD_BYTES, quotaBytes)
    await transaction(this.#client, 'begin', async () => {
      if (plan.mode === 'snapshot') {
        await dropTable(this.#client, this.#load)
        await createLoadTable(this.#client, this.#load, grant.fields, changing)
      } else if (!this.#existing) await createTarget(this.#client, name, grant.fields)
      await ledger.freezePlan(this.#client, delivery, plan, name)
    })
  }

  async sink(landing: Landing): Promise<Sink> {
    const client = this.#idle.pop() ?? (await this.#open())
    return PostgresSink.begin(client, wayOf(landing, { ...this.#request, load: this.#load }), () => this.#idle.push(client))
  }

  exists(place: Place): Promise<boolean> {
    return tableExists(this.#client, this.#at(place))
  }

  count(place: Place): Promise<number> {
    return countRows(this.#client, this.#at(place))
  }

  rows(place: Place): AsyncGenerator<RowFrame, number> {
    return this.#frames(
      place,
      this.#fields.map(({ name }) => identifier(name)),
      '',
    )
  }

  recordHashes(place: Place, columns: readonly string[], buckets: readonly number[] | undefined): AsyncGenerator<RowFrame, number> {
    const hashed = (field: GrantField) => ({ value: identifier(field.name), type: field.type })
    const keys = this.#fields.filter(({ key }) => key)
    const hashes = hashesSql(
      keys.map(hashed),
      columns.map((name) => hashed(this.#fields.find((field) => field.name === name)!)),
    )
    if (!buckets) return this.#frames(place, hashes, '')
    const texts = keys.map(({ name }) => `${identifier(name)}::pg_catalog.text`)
    return this.#frames(place, [...hashes, ...texts], `where ${hashes[0]} in (${list(['-1', ...buckets.map(String)])})`)
  }

  async remove(place: Place, keys: readonly Key[]): Promise<void> {
    await this.#client.query(deleteKeysSql(this.#at(place), this.#fields, keys))
  }

  async finish(receipt: Receipt, manifest: Signed, checkpoint: string | null): Promise<void> {
    const { delivery, name, grant, mode, memoryMiB } = this.#request
    const end = async () => {
      if (mode === 'snapshot') await ledger.recordTarget(this.#client, name, grant, delivery, checkpoint)
      await ledger.recordEnd(this.#client, receipt, manifest)
    }
    if (mode === 'incremental') await transaction(this.#client, 'begin', end)
    else {
      const { fields, resource } = grant
      await finishLoad(this.#client, { target: name, load: this.#load, fields, title: resource.name, existing: this.#existing, memoryMiB, end })
    }
  }

  async forget(): Promise<void> {
    await this.#client.query('rollback')
    await dropTable(this.#client, this.#load)
    await ledger.forgetDelivery(this.#client, this.#request.delivery)
  }

  async end(): Promise<void> {
    await Promise.allSettled([this.#client, ...this.#idle.splice(0)].map((client) => client.end()))
  }

  get #fields(): readonly GrantField[] {
    return this.#request.grant.fields
  }

  #at(place: Place): ledger.TargetName {
    return place === 'load' ? this.#load : this.#request.name
  }

  #frames(place: Place, columns: readonly string[], where: string): AsyncGenerator<RowFrame, number> {
    return copyOut(this.#client, copyOutSql(`select ${list(columns)} from ${nameOf(this.#at(place))} ${where}`))
  }
}
