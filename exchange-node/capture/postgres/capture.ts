/** Change capture from PostgreSQL 14 and later by logical replication: plugin pgoutput, binary values, large transactions in pieces. */
import path from 'node:path'
import type { Grant } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import type { Key } from '../../connectors/connector.ts'
import { PostgresSnapshot } from '../../connectors/postgres/source.ts'
import { decode } from '../../kernels/decode.ts'
import type { Places } from '../../kernels/layout.ts'
import { type Address, connect, withClient } from '../../pg/connect.ts'
import { copyOut } from '../../pg/copy-out.ts'
import { identifier, text } from '../../pg/sql.ts'
import { Refusal, refusal } from '../../refusal.ts'
import { checkSource } from '../../source/preflight.ts'
import { WHOLE } from '../../source/relatives.ts'
import { prepareRole } from '../../source/role.ts'
import { type SourceTable, shapeHas, shapeOf } from '../../source/schema.ts'
import { copyOutSql, selectRows } from '../../source/select.ts'
import { Snapshot } from '../../source/snapshot.ts'
import { type Backlog, type Beginning, type Capture, type CaptureOptions, type ChangeLog, LayoutChanged, SchemaChanged, type Standing } from '../capture.ts'
import { Spill } from '../spill.ts'
import { Ahead } from './ahead.ts'
import { checkIdentity, checkPartitions, checkServer, checkTable, readConversions, readFacts, readTypes } from './checks.ts'
import { PostgresLog } from './log.ts'
import { holdMoment } from './moment.ts'
import { BRING_TO_DATE, emptied, partitionsChanged, readPartitions } from './partitions.ts'
import type { Relation } from './pgoutput.ts'
import { connectReplication, lsnOf, ReplicationStream } from './replication.ts'
import { type FetchRow, type FieldColumn, RelationRows } from './rows.ts'
import * as slots from './slot.ts'
import { Visibility } from './visible.ts'

const MARK_EVERY_MS = 10_000
const MOMENT_ATTEMPTS = 3
const DROPPED = 'its place in the log was given up so that the source does not run out of disk'

type Prepared = { address: Address; grant: Grant; options: CaptureOptions; table: SourceTable; role: string; partitioned: boolean }

export class PostgresCapture implements Capture {
  readonly grant: Grant
  readonly #address: Address
  readonly #options: CaptureOptions
  readonly #table: SourceTable
  readonly #role: string
  readonly #slot: string
  readonly #control: pg.Client
  readonly #partitioned: boolean
  /** of a partitioned table: its partitions when the capture began */
  #partitions: readonly number[] | undefined
  #fetcher: pg.Client | undefined
  /** a connection of its own, for it looks while others are busy; taken up again when it was lost */
  #lookout: pg.Client | undefined
  #publication: slots.Publication | undefined
  readonly #ahead = new Ahead()
  readonly #visibility = new Visibility()
  #following = false
  #markedAt = 0

  private constructor({ address, grant, options, table, role, partitioned }: Prepared, control: pg.Client) {
    this.#partitioned = partitioned
    this.grant = grant
    this.#address = address
    this.#options = options
    this.#control = control
    this.#table = table
    this.#role = role
    this.#slot = slots.slotName(options.delivery)
  }

  /** Everything that can be refused before anybody is called. Makes the grant's role and publication. The caller ends it. */
  static async prepare(address: Address, given: Grant, options: CaptureOptions): Promise<PostgresCapture> {
    const control = await connect(address, 'capture control')
    try {
      const grant = { ...given, source: { ...given.source, shape: `${given.source.shape} ${options.accepted}`.trim() } }
      await checkServer(control, slots.slotName(options.delivery))
      const table = await checkSource(control, grant)
      const facts = await readFacts(control, grant)
      checkTable(grant, facts, await readPartitions(control, grant))
      await readConversions(control, grant, await readTypes(control, grant))
      const role = await prepareRole(control, grant, true)
      await slots.preparePublication(control, grant, options.delivery)
      return new PostgresCapture({ address, grant, options, table, role, partitioned: facts?.kind === 'p' }, control)
    } catch (error) {
      await control.end().catch(() => undefined)
      throw error
    }
  }

  async begin(): Promise<Beginning> {
    const { statementTimeoutMs } = this.#options
    const publication = await slots.preparePublication(this.#control, this.grant, this.#options.delivery)
    await slots.dropSlot(this.#control, this.#slot)
    const partitions = this.#partitioned ? { partitions: (await readPartitions(this.#control, this.grant)).map(({ oid }) => oid) } : {}
    const keeper = await connectReplication(this.#address)
    try {
      await keeper.query('set idle_in_transaction_session_timeout = 0')
      const identity = await slots.identify(keeper)
      const { created, exported } = await slots.createSlot(keeper, this.#slot, statementTimeoutMs)
      const binding = slots.bindingText({ ...identity, slot: this.#slot, created, publication, ...partitions })
      const snapshot = Snapshot.adopt(this.#address, keeper, this.#role, statementTimeoutMs, { exported, system: identity.system, position: created })
      return { binding, position: created, source: { table: this.#table, snapshot: async () => this.#snapshotOf(snapshot) } }
    } catch (error) {
      await keeper.end().catch(() => undefined)
      throw error
    }
  }

  async moment(): Promise<Standing> {
    const { statementTimeoutMs } = this.#options
    const wanted = { address: this.#address, grant: this.grant, role: this.#role, slot: this.#slot, statementTimeoutMs }
    for (let attempt = 1; attempt <= MOMENT_ATTEMPTS; attempt++) {
      const held = await holdMoment(wanted)
      if (!held) continue
      await slots.leaveMark(this.#control) // the log is stopped by a transaction behind the moment, also where nobody else writes
      return { position: held.facts.position, snapshot: this.#snapshotOf(held) }
    }
    throw refusal('database_busy', 'source: the table is emptied or rewritten again and again, so no moment of it can be held')
  }

  async follow(binding: string, position: string, before: string | undefined, arrived: () => void): Promise<ChangeLog> {
    const { publication } = await this.#checkBinding(binding, position)
    const spill = new Spill(path.join(this.#options.folder, this.#slot))
    const words = [`proto_version '2'`, `streaming 'on'`, `binary 'true'`, `messages 'true'`, `publication_names ${text(identifier(publication.name))}`]
    const from = lsnOf(position)
    const sql = `START_REPLICATION SLOT ${identifier(this.#slot)} LOGICAL ${position} (${words.join(', ')})`
    const stream = await ReplicationStream.start(this.#address, sql, from, arrived).catch((error: Error & { code?: string }) => {
      if (error.code === '55000' || error.code === '42704') throw this.#lost(error.message)
      throw error
    })
    this.#following = true
    return new PostgresLog({
      stream,
      spill,
      from,
      before: before === undefined ? undefined : lsnOf(before),
      agree: (relation, at) => this.#agree(relation, at),
      isWhole: ({ schema, table }) => schema === this.grant.source.schema && table === this.grant.source.table,
      emptied: (relations, at) => this.#emptied(relations, at),
      begun: (transaction) => this.#visibility.begun(transaction),
    })
  }

  #snapshotOf(snapshot: ConstructorParameters<typeof PostgresSnapshot>[0]): PostgresSnapshot {
    const { statementTimeoutMs, pagesPerRange } = this.#options
    const options = { statementTimeoutMs, overlapSeconds: 0, pagesPerRange }
    return new PostgresSnapshot(snapshot, { grant: this.grant, table: this.#table, abilities: WHOLE, paged: true, options })
  }

  ahead(): readonly Key[] {
    return this.#ahead.keys()
  }

  async look(): Promise<Backlog> {
    this.#lookout ??= await connect(this.#address, 'capture lookout')
    const lookout = this.#lookout
    try {
      return await this.#lookBy(lookout)
    } catch (error) {
      if (!(error instanceof Refusal)) {
        this.#lookout = undefined
        await lookout.end().catch(() => undefined)
      }
      throw error
    }
  }

  async #lookBy(client: pg.Client): Promise<Backlog> {
    const { budgetBytes, overBudget } = this.#options
    const { there, lost, reason, keptBytes, lagBytes, confirmed, now } = await slots.readSlot(client, this.#slot)
    if (confirmed !== null) this.#ahead.passed(lsnOf(confirmed), lsnOf(now))
    if (this.#following && !there) throw this.#lost('the slot is not there any more')
    if (lost) throw this.#lost(`PostgreSQL has let go of its log (${reason ?? 'max_slot_wal_keep_size'})`)
    if (keptBytes > budgetBytes && overBudget === 'drop') {
      await slots.dropSlot(client, this.#slot)
      throw refusal(
        'slot_lost',
        `${Math.round(keptBytes / 2 ** 20)} MiB of log waited for this capture, ${Math.round(budgetBytes / 2 ** 20)} are allowed: ${DROPPED}. What changed since can only come by a new load`,
      )
    }
    await this.#checkPublished(client)
    if (performance.now() - this.#markedAt >= MARK_EVERY_MS) {
      this.#markedAt = performance.now()
      await slots.leaveMark(client)
    }
    return { keptBytes, lagBytes }
  }

  async drop(): Promise<void> {
    await slots.dropSlot(this.#control, this.#slot)
    await slots.dropPublication(this.#control, this.#options.delivery)
  }

  async end(): Promise<void> {
    await Promise.all([this.#control, this.#fetcher, this.#lookout].map((client) => client?.end().catch(() => undefined)))
  }

  /** Refuses `slot_lost` where the log is not the one whose positions the target keeps, or does not reach back so far. */
  async #checkBinding(text: string, position: string): Promise<slots.Binding> {
    const replication = await connectReplication(this.#address)
    const identity = await slots.identify(replication).finally(() => replication.end().catch(() => undefined))
    const bound = JSON.parse(text) as slots.Binding
    if (identity.system !== bound.system) throw this.#lost('this is another database cluster than before')
    if (identity.timeline !== bound.timeline)
      throw this.#lost(`the cluster goes another way since timeline ${bound.timeline} (a standby was promoted, or a backup restored)`)
    const { there, lost, reason, confirmed } = await slots.readSlot(this.#control, this.#slot)
    if (!there) throw this.#lost('the slot is not there any more')
    if (lost) throw this.#lost(`PostgreSQL has let go of its log (${reason ?? 'max_slot_wal_keep_size'})`)
    if (confirmed === null || lsnOf(confirmed) > lsnOf(position))
      throw this.#lost(`the slot begins at ${confirmed}, after ${position} where the target stands: it was made anew`)
    this.#publication = bound.publication
    this.#partitions = bound.partitions
    await this.#checkPublished(this.#control)
    return bound
  }

  /** Nobody has touched the publication, and updates of the published table can still be told apart: else it goes at once, before the department's own updates fail by it. */
  async #checkPublished(client: pg.Client): Promise<void> {
    const facts = await readFacts(client, this.grant)
    if (!facts) throw refusal('source_missing', `there is no table ${this.grant.source.schema}.${this.grant.source.table} in the source any more`)
    const partitions = facts.kind === 'p' ? await readPartitions(client, this.grant) : []
    try {
      if (facts.kind === 'p') checkPartitions(this.grant, facts, partitions)
      else checkIdentity(this.grant, facts)
    } catch (error) {
      await slots.dropPublication(client, this.#options.delivery).catch(() => undefined)
      throw error
    }
    const changed = this.#partitions && partitionsChanged(this.grant, this.#partitions, partitions)
    if (changed) throw new LayoutChanged(`${changed.words}. ${BRING_TO_DATE}`, changed.shape)
    if (this.#publication === undefined) return
    const mark = await slots.publicationMark(client, this.grant, this.#publication.name)
    if (mark !== this.#publication.mark) throw this.#lost('the publication was altered, so changes may be missing')
  }

  #lost(why: string) {
    return refusal(
      'slot_lost',
      `the place of this capture in the log of the source is lost: ${why}. What changed since can only come by a new load, of about ${Math.round(this.#table.estimatedRows)} rows and ${Math.ceil(this.#table.bytes / 2 ** 20)} MiB; a person must order it`,
    )
  }

  /** The relation's columns against the grant, when the log first describes it and whenever it changes. */
  async #agree(relation: Relation, position: string): Promise<RelationRows | undefined> {
    const { source, fields } = this.grant
    // nothing but the granted table is published: under another name it is one of its partitions
    if (!this.#partitioned && (relation.schema !== source.schema || relation.table !== source.table)) return undefined
    const { rows } = await this.#control.query<{ names: string[] }>(
      'select array(select format_type(t, m) from unnest($1::int8[], $2::int4[]) as c(t, m)) as names',
      [relation.columns.map(({ type }) => type), relation.columns.map(({ modifier }) => modifier)],
    )
    const columns = relation.columns.map(({ name }, at) => ({ column: name, dbType: rows[0]!.names[at]! }))
    const granted = fields.map(({ column }) => columns.find((one) => one.column === column))
    const gone = fields.filter((_, at) => !granted[at]).map(({ column }) => column)
    const now = granted.filter((column) => column !== undefined)
    const changed = now.filter((column) => !shapeHas(source.shape, column)).map(({ column, dbType }) => `${column} ${dbType}`)
    if (gone.length > 0) throw new SchemaChanged(`columns that are granted are gone from the table: ${gone.join(', ')}`, position, '')
    if (changed.length > 0) throw new SchemaChanged(`granted columns have changed: ${changed.join(', ')}`, position, shapeOf(now))
    const at = fields.map(({ column }) => relation.columns.findIndex(({ name }) => name === column))
    const conversions = await readConversions(
      this.#control,
      this.grant,
      at.map((column) => relation.columns[column]!.type),
    )
    const plan: FieldColumn[] = at.map((column, field) => ({ column, identity: relation.columns[column]!.key, conversion: conversions[field]! }))
    return new RelationRows(this.grant, plan, relation.columns.length, this.#fetch)
  }

  /** Of partitions that were emptied together: whether they are all there are. Which rows one alone had, nobody knows. */
  async #emptied(relations: readonly number[], position: string): Promise<boolean> {
    const leaves = (await readPartitions(this.#control, this.grant)).filter(({ leaf }) => leaf)
    if (leaves.every(({ oid }) => relations.includes(oid))) return true
    const events = relations.map((relation) => emptied(relation, position))
    if (events.some((event) => !shapeHas(this.grant.source.shape, event)))
      throw new SchemaChanged(`partitions were emptied (TRUNCATE) by themselves. ${BRING_TO_DATE}`, position, shapeOf(events))
    return false
  }

  /** Under the grant's role, which may read nothing else. */
  #fetch: FetchRow = async (bytes: Buffer, { offsets, lengths }: Places) => {
    const key = this.grant.fields.flatMap(({ key: isKey, type }, field) => {
      const at = offsets[field]!
      return isKey ? [decode(type, bytes.subarray(at, at + Math.max(lengths[field]!, 0)))] : []
    })
    this.#ahead.asked(key)
    this.#fetcher ??= await this.#openFetcher()
    await this.#visibility.wait(this.#fetcher, this.#options.statementTimeoutMs)
    let tuple: Buffer | undefined
    for await (const { payload } of copyOut(this.#fetcher, copyOutSql(selectRows(this.grant, { by: 'keys', keys: [key] }, 0)))) tuple = Buffer.from(payload)
    return tuple
  }

  async #openFetcher(): Promise<pg.Client> {
    const client = await connect(this.#address, 'capture reader')
    await client.query(
      `set statement_timeout = ${Math.trunc(this.#options.statementTimeoutMs)}; set default_transaction_read_only = on; set role ${identifier(this.#role)}`,
    )
    return client
  }
}

/** What a capture that will not go on has left at its source, by the name of its delivery. */
export function discardCapture(address: Address, delivery: string): Promise<void> {
  return withClient(address, 'cancel', async (client) => {
    await slots.dropSlot(client, slots.slotName(delivery))
    await slots.dropPublication(client, delivery)
  })
}
