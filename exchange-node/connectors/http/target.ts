/** An HTTP API as a target: rows are put into it request by request. It cannot be asked what it holds, so this node remembers what it has put. */
import path from 'node:path'
import type { GrantField, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { Landing, Look, Sink, Target, TargetConnector, TargetRequest } from '../connector.ts'
import { Folder } from '../files/folder.ts'
import { holdTable } from '../files/hold.ts'
import { FileLedger } from '../files/ledger.ts'
import { StagedTarget } from '../files/staged.ts'
import { isOlder } from '../passing.ts'
import { WaitingSink } from '../waiting.ts'
import { exchange } from './ask.ts'
import { type HeldRow, Journal } from './journal.ts'
import type { Push } from './push-file.ts'
import { type PushRow, PushRowWriter } from './push-rows.ts'
import { type Kind, Pusher } from './pusher.ts'
import { SCHEMA } from './source.ts'

/** The parts of a whole load, within which requests are numbered; those of an increment are its ranges. */
const PART: Readonly<Record<Kind, string>> = { put: 'load', delete: 'gone' }

export class HttpTarget implements TargetConnector {
  readonly #url: string
  readonly #push: Push

  constructor(url: string, push: Push) {
    this.#url = url
    this.#push = push
  }

  /** Any answer will do: what the paths take is known when rows come. */
  async look(): Promise<Look> {
    const { headers, timeoutSeconds, idempotent, upsert } = this.#push
    const url = new URL(this.#url)
    await exchange(url, { headers, timeoutSeconds, method: 'HEAD', patient: () => false })
    return { product: idempotent || upsert ? 'HTTP API' : 'HTTP API（至少一次 / at least once）', database: `${url.host}${url.pathname}` }
  }

  /** An API that is put into shows nothing. */
  async tables(): Promise<SourceTable[]> {
    return []
  }

  async open(request: TargetRequest): Promise<Target> {
    const { folder } = this.#push
    const release = await holdTable(`${folder} ${request.name.table}`)
    try {
      return new ApiTarget(this.#url, this.#push, new Journal(folder, request.name.table), request, release)
    } catch (error) {
      release()
      throw error
    }
  }

  async discard(delivery: string): Promise<void> {
    const ledger = new FileLedger(new Folder(this.#push.folder))
    const begun = await ledger.begun(delivery)
    if (!begun || (await ledger.ended(delivery))) return
    const journal = new Journal(this.#push.folder, begun.target.table)
    try {
      await giveUp(new Pusher(this.#url, this.#push, journal, delivery, begun.target.table), journal, delivery)
      await ledger.forget(delivery)
    } finally {
      journal.end()
    }
  }

  async receiptHeld(delivery: string): Promise<{ receipt: Receipt; checkpoint: string | null } | undefined> {
    const ended = await new FileLedger(new Folder(this.#push.folder)).ended(delivery)
    return ended && { receipt: ended.receipt, checkpoint: ended.checkpoint }
  }
}

/** A load that the API was told of is taken back there, where it can be asked to; else it forgets it by itself. */
async function giveUp(pusher: Pusher, journal: Journal, delivery: string): Promise<void> {
  if (journal.answered(delivery, 'begin').requests > 0 || journal.answered(delivery, PART.put).requests > 0) await pusher.step('abort').catch(() => undefined)
  journal.forget(delivery)
}

class ApiTarget extends StagedTarget {
  readonly #url: string
  readonly #push: Push
  readonly #journal: Journal
  readonly #pusher: Pusher
  readonly #writer: PushRowWriter
  readonly #cursor: GrantField | undefined
  readonly #release: () => void

  constructor(url: string, push: Push, journal: Journal, request: TargetRequest, release: () => void) {
    super(new Folder(push.folder), request, request.name.table)
    this.#url = url
    this.#push = push
    this.#journal = journal
    this.#release = release
    const { delivery, grant, name } = request
    this.#pusher = new Pusher(url, push, journal, delivery, name.table)
    this.#writer = new PushRowWriter(grant.fields, grant.cursor, push)
    this.#cursor = grant.fields.find((field) => field.name === grant.cursor)
  }

  async check(): Promise<void> {
    const { name, grant, mode } = this.request
    const { table, columns, upsert } = this.#push
    if (name.schema !== SCHEMA || (table !== undefined && name.table !== table))
      throw refusal('target_missing', `the file of the API takes ${SCHEMA}.${table ?? '…'}, not ${name.schema}.${name.table}: subscribe to that`)
    if (mode !== 'snapshot' && !(upsert && this.#pusher.atOnce))
      throw refusal(
        'target_incompatible',
        'the API takes no changes of single rows, as its file says (upsert, and no commit): subscribe to whole loads, or ask its operator for such an interface',
      )
    const [granted, taken] = [grant.fields.map((field) => field.name), columns?.map((column) => column.name)]
    const differ = taken ? [...granted.filter((one) => !taken.includes(one)), ...taken.filter((one) => !granted.includes(one))] : []
    if (differ.length > 0)
      throw refusal('target_incompatible', `the fields that are granted and those that the file of the API takes are not the same: ${differ.join(', ')}`)
    const loose = grant.fields.find(({ key, type }) => key && (type === 'numeric' || type === 'jsonb'))
    if (loose) throw refusal('target_incompatible', `the key ${loose.name} is ${loose.type}, so that 1.0 and 1 were two keys: grant it as text or int8`)
  }

  protected async prepare(): Promise<void> {}

  protected async changing(landing: Exclude<Landing, { kind: 'load' }>): Promise<Sink> {
    if (landing.kind === 'mend') throw notReadBack()
    return new WaitingSink(path.join(this.#push.folder, 'rows'), (rows, counts) => this.#land(rows, counts, landing.checkpoint))
  }

  protected async tableExists(): Promise<boolean> {
    return (await this.ledger.filled(this.request.name)) !== undefined
  }

  protected async tableCount(): Promise<number> {
    return this.#pusher.atOnce ? this.#journal.rows : ((await this.ledger.filled(this.request.name))?.rows ?? 0)
  }

  protected tableRows(): AsyncGenerator<RowFrame, number> {
    throw notReadBack()
  }

  protected async removeRows(): Promise<void> {
    throw notReadBack()
  }

  /** The rows go first, then the end is written down: whoever finds none goes on with the requests that are missing. */
  async finish(receipt: Receipt, manifest: Signed, checkpoint: string | null): Promise<void> {
    const { delivery, mode } = this.request
    if (mode === 'snapshot') {
      await this.#pusher.takeUp()
      if (this.#pusher.atOnce) await this.#bringTo()
      else await this.#replace()
      await this.#fill(checkpoint, receipt.target.rows)
    }
    await this.ledger.end(delivery, { receipt, manifest, checkpoint })
    await this.ledger.dropRows(delivery)
    this.#journal.forget(delivery)
  }

  protected override async abandon(delivery: string): Promise<void> {
    await giveUp(new Pusher(this.#url, this.#push, this.#journal, delivery, this.goal), this.#journal, delivery)
    await super.abandon(delivery)
  }

  async end(): Promise<void> {
    this.#journal.end()
    this.#release()
  }

  async #land(rows: () => Iterable<Buffer>, counts: RangeCounts, checkpoint: string | null): Promise<void> {
    const writer = this.#writer
    const all = async function* () {
      for (const payload of rows()) yield* writer.of(payload)
    }
    await this.#pusher.takeUp()
    await this.#checkAll(all())
    await this.#send('put', String(counts.n), this.#differing(all(), this.#cursor))
    await this.ledger.land(this.request.delivery, { counts, remove: [] })
    await this.#fill(checkpoint, this.#journal.rows)
  }

  /** By what differs from what was put before. */
  async #bringTo(): Promise<void> {
    const { upsert, delete: remove } = this.#push
    const changed = await this.#checkAll(this.#loaded())
    if (changed > 0 && !upsert)
      throw refusal(
        'target_incompatible',
        `${changed} rows have changed, and the API only takes new ones, as its file says: nothing was put. Ask its operator for a way to change rows`,
      )
    const gone = this.#journal.gone().next().done === false
    if (gone && !remove)
      throw refusal(
        'target_incompatible',
        'rows are gone from the source, and the API has no way to remove them: nothing was put. Ask its operator for one, and name it as «delete»',
      )
    await this.#send('put', PART.put, this.#differing(this.#loaded()))
    if (gone) await this.#send('delete', PART.delete, this.#removals())
  }

  /** All rows, between a beginning and a commit; those that were answered before are not sent again. */
  async #replace(): Promise<void> {
    await this.#checkAll(this.#loaded())
    await this.#pusher.step('begin')
    await this.#send('put', PART.put, this.#loaded(), this.#journal.answered(this.request.delivery, PART.put).rows)
    await this.#pusher.step('commit')
  }

  /** Refuses two rows with one key. Answers how many rows are known otherwise than they come. */
  async #checkAll(rows: AsyncIterable<PushRow>): Promise<number> {
    let changed = 0
    this.#journal.begin()
    for await (const { key, digest } of rows) {
      if (!this.#journal.come(key))
        throw refusal('duplicate_keys', `the source sent two rows with the key ${key.slice(0, 80)}: mend them there, then deliver again`)
      const known = this.#journal.find(key)
      if (known && known.digest !== digest) changed++
    }
    return changed
  }

  async #send(kind: Kind, part: string, rows: AsyncIterable<PushRow>, passOver = 0): Promise<void> {
    const { batch } = this.#push[kind]!
    const waiting: PushRow[] = []
    const flush = async () => {
      const sent = waiting.splice(0)
      await this.#pusher.rows(
        kind,
        part,
        sent.map(({ json }) => json),
        sent.map(({ key, digest, version }): HeldRow => ({ key, digest, version })),
      )
    }
    let at = 0
    for await (const row of rows) {
      if (at++ < passOver) continue
      waiting.push(row)
      if (waiting.length >= batch) await flush()
    }
    await flush()
  }

  /** @param cursor where a row that is older by it than the one that was put stays away */
  async *#differing(rows: AsyncIterable<PushRow>, cursor?: GrantField): AsyncGenerator<PushRow> {
    for await (const row of rows) {
      const known = this.#journal.find(row.key)
      if (known?.digest === row.digest) continue
      if (cursor && known?.version != null && row.version !== null && isOlder(cursor, row.version, known.version)) continue
      yield row
    }
  }

  async *#removals(): AsyncGenerator<PushRow> {
    for (const held of this.#journal.gone()) yield { ...held, json: this.#writer.ofKey(held.key) }
  }

  async *#loaded(): AsyncGenerator<PushRow> {
    for await (const { payload } of this.rows('load')) yield* this.#writer.of(payload)
  }

  async #fill(checkpoint: string | null, rows: number): Promise<void> {
    const { grant, name, delivery } = this.request
    const before = await this.checkpoint()
    await this.ledger.fill(name, { grant: grant.id, delivery, checkpoint: checkpoint ?? before, rows })
  }
}

function notReadBack(): Error {
  return refusal(
    'target_incompatible',
    'an API that rows are put into is not read back, so it can neither be compared nor mended row by row: deliver it whole again',
  )
}
