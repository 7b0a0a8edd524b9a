/** Batches of changes into a table of PostgreSQL: what a batch holds, and where the target then stands, in one transaction. */
import type { Grant, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { OpenPeriod, RefusedChange } from '@zhenghe/wire/messages.ts'
import type pg from 'pg'
import { places, walk } from '../../kernels/layout.ts'
import { type Address, connect } from '../../pg/connect.ts'
import { type CopyIn, copyIn } from '../../pg/copy-in.ts'
import { refusal } from '../../refusal.ts'
import { findDelivery, lockTarget, prepareLedger, type TargetName } from '../../target/ledger.ts'
import { copyInSql, countRows, tableExists } from '../../target/load.ts'
import * as ledger from './ledger.ts'
import { RefusedKeys, WARY_BATCHES } from './refused.ts'
import { PATCHES, REMOVALS, Statements, UPSERTS } from './statements.ts'
import { applyWarily } from './wary.ts'

export type Changes = { of: 'upsert' | 'remove' | 'patch' | 'empty'; rows: number; unchanged: readonly string[] }
export type Held = ledger.CaptureState & { loaded: boolean; last: { manifest: Signed; receipt: Receipt } | undefined }
/** What of a batch the database refused, and which keys wait now where that has changed. */
export type Outcome = { refused: readonly RefusedChange[]; open: readonly RefusedChange[] | undefined }
const ALL_APPLIED: Outcome = { refused: [], open: undefined }
type Group = Changes & { copy: CopyIn | undefined; payloads: Buffer[]; arrived: number }

/** Rows that change are mostly in memory: they are found by the index before a large table is read whole. */
const RANDOM_PAGE_COST = 1.1
/** Below, a temporary table costs more than it saves. */
const FEW_ROWS = 200
/** Enough to know by what the database plans its statements. */
const MANY_ROWS = 2000
/** Tuples a statement takes at once, so that few statements are prepared. */
const STEPS = [64, 8, 1]
const MOST_PARAMETERS = 60_000
const STAGING = { upsert: UPSERTS, patch: PATCHES, remove: REMOVALS } as const

export class CaptureTable {
  readonly #client: pg.Client
  readonly #delivery: string
  readonly #grant: Grant
  readonly #name: TargetName
  readonly #statements: Statements
  #open = false
  #staged = false
  #refused = new RefusedKeys([])
  #waryBatches = 0
  /** this batch is brought in warily, to its end */
  #careful = false
  #group: Group | undefined
  /** one statement after another, without its caller waiting */
  #tail: Promise<unknown> = Promise.resolve()
  /** rows of the batch that have come */
  #rows = 0
  #bytes = 0

  private constructor(client: pg.Client, delivery: string, grant: Grant, name: TargetName) {
    this.#client = client
    this.#delivery = delivery
    this.#grant = grant
    this.#name = name
    this.#statements = new Statements(name, grant.fields)
  }

  /** Holds the table for this capture until `end`. */
  static async open(address: Address, delivery: string, grant: Grant, name: TargetName): Promise<CaptureTable> {
    const client = await connect(address, 'capture')
    try {
      await client.query(`set client_connection_check_interval = '2s'; set client_min_messages = warning; set random_page_cost = ${RANDOM_PAGE_COST}`)
      // what is told as applied may not be lost with the machine, whatever the database is set to
      await client.query(`select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`)
      await prepareLedger(client)
      await ledger.prepareCaptureLedger(client)
      await lockTarget(client, name)
      const table = new CaptureTable(client, delivery, grant, name)
      await client.query(table.#statements.staging())
      return table
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }

  /** What the ledger holds; undefined before the first beginning. Refuses `target_missing` where the table is gone. */
  async held(): Promise<Held | undefined> {
    const state = await ledger.readState(this.#client, this.#delivery)
    if (!state) return undefined
    const delivery = await findDelivery(this.#client, this.#delivery)
    const loaded = delivery?.receipt !== null && delivery?.receipt !== undefined
    if (loaded && !(await tableExists(this.#client, this.#name)))
      throw refusal('target_missing', `the table ${this.#name.schema}.${this.#name.table} was dropped at the target: order a new load`)
    this.#refused = new RefusedKeys(state.refused)
    this.#waryBatches = state.wary
    return { ...state, loaded, last: await ledger.lastPeriod(this.#client, this.#delivery) }
  }

  /** Rows are brought in one by one where one is refused: so it goes on for a while after, and as long as a key waits. */
  get wary(): boolean {
    return this.#careful || this.#waryBatches > 0 || this.#refused.count > 0
  }

  bind(binding: string, position: string): Promise<void> {
    return ledger.bind(this.#client, this.#delivery, this.#grant.id, this.#name, { binding, position })
  }

  /** What the frames that follow are. */
  async begin(changes: Changes): Promise<void> {
    await this.#endGroup()
    this.#start()
    this.#group = { ...changes, copy: undefined, payloads: [], arrived: 0 }
    if (changes.of === 'empty') this.#empty()
    else if (changes.rows >= FEW_ROWS && !this.wary) await this.#beginCopy(this.#group, changes.of)
  }

  /** Whole tuples of the group begun last. */
  async write(payload: Buffer, rows: number): Promise<void> {
    const group = this.#group
    if (!group || group.of === 'empty' || group.arrived + rows > group.rows) throw refusal('protocol', 'rows came that belong to no group of changes')
    group.arrived += rows
    this.#rows += rows
    this.#bytes += payload.length
    if (group.copy) await group.copy.write(payload)
    else group.payloads.push(Buffer.from(payload))
  }

  /** Applies what has come, within the open transaction. */
  async apply(): Promise<void> {
    await this.#endGroup()
    if (this.#staged) void this.#queue(() => this.#client.query(`truncate ${UPSERTS}, ${PATCHES}, ${REMOVALS}`))
    this.#staged = false
    await this.#done()
  }

  /** What came is applied, but for what the database refuses. */
  async outcome(): Promise<Outcome> {
    if (!this.wary) return ALL_APPLIED
    await this.#endGroup()
    await this.#done()
    return this.#refused.outcome()
  }

  /** Commits the batch with the target's new position. Refuses `counts_differ` where other rows came than the sender tells. */
  async commit(batch: { sent: number; bytes: number; position: string }, from: string, period: OpenPeriod): Promise<void> {
    await this.#endGroup()
    if (batch.sent !== this.#rows || batch.bytes !== this.#bytes)
      throw refusal(
        'counts_differ',
        `the sender tells of ${batch.sent} rows in ${batch.bytes} bytes, ${this.#rows} in ${this.#bytes} came: nothing of the batch was applied`,
      )
    this.#start()
    const values = [this.#delivery, from, batch.position, JSON.stringify(period)]
    const { rowCount } = await this.#queue(() => this.#client.query({ name: 'zhenghe_advance', text: ledger.advanceSql(), values }))
    ledger.stood(rowCount, from)
    if (this.wary) await this.#saveRefused()
    await this.#client.query('commit')
    this.#refused.committed()
    this.#forget()
  }

  async abort(): Promise<void> {
    await this.#tail.catch(() => undefined)
    this.#tail = Promise.resolve()
    await this.#client.query('rollback')
    this.#refused.forget()
    this.#forget()
  }

  countRows(): Promise<number> {
    return countRows(this.#client, this.#name)
  }

  closePeriod(receipt: Receipt, manifest: Signed, next: OpenPeriod): Promise<void> {
    return ledger.closePeriod(this.#client, this.#delivery, receipt, manifest, next)
  }

  /** What is not committed is rolled back. */
  async end(): Promise<void> {
    await Promise.allSettled([this.#client.end()])
  }

  async #saveRefused(): Promise<void> {
    this.#waryBatches = this.#refused.outcome().refused.length > 0 ? WARY_BATCHES : Math.max(this.#waryBatches - 1, 0)
    await this.#refused.save(this.#client, this.#delivery, this.#waryBatches)
  }

  #empty(): void {
    this.#refused.settleAll()
    void this.#queue(() => this.#client.query(this.#statements.empty()))
  }

  #start(): void {
    if (this.#open) return
    this.#open = true
    this.#careful = this.wary
    void this.#queue(() => this.#client.query('begin'))
    if (this.wary) void this.#queue(() => this.#client.query('set constraints all immediate'))
  }

  #forget(): void {
    this.#open = this.#staged = this.#careful = false
    this.#rows = this.#bytes = 0
    this.#group = undefined
  }

  async #beginCopy(group: Group, of: 'upsert' | 'remove' | 'patch'): Promise<void> {
    await this.#done()
    this.#staged = true
    const fields = of === 'remove' ? this.#grant.fields.filter(({ key }) => key) : this.#grant.fields
    group.copy = await copyIn(this.#client, copyInSql(STAGING[of], fields))
  }

  async #endGroup(): Promise<void> {
    const group = this.#group
    this.#group = undefined
    if (!group || group.of === 'empty') return
    if (group.copy) {
      const copied = await group.copy.end()
      if (copied !== group.arrived)
        throw refusal('counts_differ', `${group.arrived} rows came and the database took ${copied}: nothing of the batch was applied`)
      if (group.arrived >= MANY_ROWS) this.#describe(STAGING[group.of])
      void this.#queue(() => this.#client.query(this.#staging(group)))
      if (group.of === 'patch') void this.#queue(() => this.#client.query(`truncate ${PATCHES}`))
    } else if (this.wary) await this.#applyWarily(group)
    else this.#applyFew(group)
  }

  /** Once for each connection: a temporary table of which nothing is known is taken for a few rows or for many, and the whole target is hashed to meet them. */
  #describe(staging: string): void {
    if (this.#described.has(staging)) return
    this.#described.add(staging)
    void this.#queue(() => this.#client.query(`analyze ${staging}`))
  }
  readonly #described = new Set<string>()

  #staging({ of, unchanged }: Group): string {
    if (of === 'remove') return this.#statements.removeStaged()
    return of === 'patch' ? this.#statements.patchStaged(unchanged) : this.#statements.upsertStaged()
  }

  #fieldsOf(of: Changes['of']): Grant['fields'] {
    return of === 'remove' ? this.#grant.fields.filter(({ key }) => key) : this.#grant.fields
  }

  async #applyWarily({ of, unchanged, payloads }: Group): Promise<void> {
    if (of === 'empty') return
    await this.#done()
    await applyWarily(this.#client, { of, payloads, fields: this.#fieldsOf(of) }, this.#refused, async (values, rows) => {
      this.#applyRows({ of, unchanged }, values, rows)
      const applied = this.#tail
      this.#tail = Promise.resolve() // one that fails here does not end the batch
      await applied
    })
  }

  #applyFew({ of, unchanged, payloads, arrived }: Group): void {
    this.#applyRows({ of, unchanged }, readTuples(payloads, this.#fieldsOf(of).length), arrived)
  }

  #applyRows({ of, unchanged }: Pick<Group, 'of' | 'unchanged'>, tuples: readonly (Buffer | null)[], arrived: number): void {
    const fields = this.#fieldsOf(of).length
    const text = (rows: number) =>
      of === 'remove' ? this.#statements.removeRows(rows) : of === 'patch' ? this.#statements.patchRows(unchanged, rows) : this.#statements.upsertRows(rows)
    let at = 0
    for (const step of STEPS.filter((rows) => rows * fields <= MOST_PARAMETERS)) {
      for (; arrived - at >= step; at += step) {
        const values = tuples.slice(at * fields, (at + step) * fields)
        const name = `zhenghe_${of}_${step}${of === 'patch' ? `_${this.#patchName(unchanged)}` : ''}`
        void this.#queue(() => this.#client.query({ name, text: text(step), values }))
      }
    }
  }

  /** Short: names of statements may have 63 bytes. */
  #patchName(unchanged: readonly string[]): number {
    const words = unchanged.join()
    if (!this.#patchNames.includes(words)) this.#patchNames.push(words)
    return this.#patchNames.indexOf(words)
  }
  readonly #patchNames: string[] = []

  /** The next statement; a failure is thrown by who waits next. */
  #queue<T>(statement: () => Promise<T>): Promise<T> {
    const work = this.#tail.then(statement)
    work.catch(() => undefined)
    this.#tail = work
    return work
  }

  async #done(): Promise<void> {
    await this.#tail
  }
}

/** The values of whole tuples, one after another, as binary parameters. */
function readTuples(payloads: readonly Buffer[], fields: number): (Buffer | null)[] {
  const at = places(fields)
  const values: (Buffer | null)[] = []
  for (const payload of payloads) {
    for (let next = 0; next < payload.length; ) {
      next = walk(payload, next, at)
      for (let field = 0; field < fields; field++) {
        const [offset, length] = [at.offsets[field]!, at.lengths[field]!]
        values.push(length < 0 ? null : payload.subarray(offset, offset + length))
      }
    }
  }
  return values
}
