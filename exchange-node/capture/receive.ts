/** The consumer's half of a change capture over an open session: the load it begins with, then batches, each applied whole with the position it reaches. */
import { type Grant, Manifest, type Receipt, type Signed, type SuiteName, suiteOfGrant } from '@zhenghe/wire/documents.ts'
import type { OpenPeriod } from '@zhenghe/wire/messages.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import { nodeSigner, nodeSigningKey, openDocument, signDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { MANIFEST, RECEIPT } from '@zhenghe/wire/signed.ts'
import { PostgresTarget } from '../connectors/postgres/target.ts'
import { Conversation, type Of } from '../conversation.ts'
import { type Address, withClient } from '../pg/connect.ts'
import { type PreparedReceive, type ReceiveOptions, receive } from '../receive.ts'
import type { ReceiveProgress } from '../receive-ranges.ts'
import { explain, type Refusal, refusal } from '../refusal.ts'
import type { Evidence } from '../send.ts'
import { keptOpen } from './kept-open.ts'
import type { Moments } from './moments.ts'
import { grown, manifestOf, openPeriod, withRefused } from './period.ts'
import { CaptureTable, type Held } from './target/apply.ts'
import { beWary } from './target/ledger.ts'
import { isOfRow, WARY_BATCHES } from './target/refused.ts'

export type CaptureReceiveProgress = { phase: 'following'; position: string; committedAt: string | null; changes: number; received: number; bytes: number }
export type CaptureReceiveOptions = Omit<ReceiveOptions, 'mode' | 'watch'> & {
  address: Address
  /** where the table is held as it was at one moment, for who compares it meanwhile */
  moments: Moments
  watch: {
    progress(counters: Readonly<ReceiveProgress | CaptureReceiveProgress>): void
    /** A period both sides have signed for; the same again where word of it may have been lost. 0 is the load. */
    period(n: number, evidence: Evidence): void
  }
}

/** Runs until the session ends. Throws the `Refusal` that ended it, which the other side has been told; resolves never. */
export async function receiveCapture(options: CaptureReceiveOptions, grant: Grant, session: Session): Promise<never> {
  const talk = new Conversation(session)
  let table: CaptureTable | undefined
  const open = () => CaptureTable.open(options.address, options.delivery, grant, options.target.name)
  try {
    table = await open()
    let held = await table.held()
    await tellHeld(talk, options, suiteOfGrant(grant), held)
    if (!held?.loaded) {
      const { binding, position } = await talk.next('captureFrom')
      await table.bind(binding, position)
      await table.end()
      await talk.session.send({ kind: 'captureBound' })
      const prepared: PreparedReceive = {
        options: { ...options, target: { ...options.target, changing: true }, mode: 'snapshot', watch: options.watch.progress },
        grant,
      }
      options.watch.period(0, await receive(prepared, keptOpen(session)))
      table = await open()
      held = await table.held()
      await tellHeld(talk, options, suiteOfGrant(grant), held)
    }
    if (!held) throw refusal('protocol', 'the load has ended, and the ledger of the target knows nothing of it')
    return await new CaptureReceiver(options, grant, talk, table, held).run()
  } catch (error) {
    const reason = isOfRow(error) && table ? await againWarily(options, table, error as Error) : explain(error, 'target')
    await talk.refuse(reason)
    throw reason
  } finally {
    await table?.end()
  }
}

/** The whole batch failed by a row: it comes again, and is brought in so that the one does not take the others with it. */
async function againWarily({ address, delivery }: CaptureReceiveOptions, table: CaptureTable, error: Error): Promise<Refusal> {
  const { message } = error
  if (table.wary)
    return refusal('rows_refused', `target: the database refuses what came, and no single row of it: ${message}. Mend the table, then resume`, error)
  await table.end()
  await withClient(address, 'capture', (client) => beWary(client, delivery, WARY_BATCHES)).catch(() => undefined) // else it fails like this once more
  return refusal(
    'row_refused',
    `target: the database refuses a row: ${message}. The changes are applied again row by row; what is refused waits in the quarantine of its provider`,
    error,
  )
}

async function tellHeld({ session }: Conversation, { keys, watch }: CaptureReceiveOptions, suite: SuiteName, held: Held | undefined): Promise<void> {
  const last = held?.last && { manifest: held.last.manifest, receipt: signDocument(RECEIPT, held.last.receipt, nodeSigner(keys, suite)) }
  if (last) watch.period(held?.last?.receipt.period ?? 0, last)
  const { loaded = false, binding = null, position = null, period = null, refused = [] } = held ?? {}
  await session.send({ kind: 'captureHave', loaded, binding, position, period, last: last ?? null, refused })
}

class CaptureReceiver {
  readonly #options: CaptureReceiveOptions
  readonly #grant: Grant
  readonly #talk: Conversation
  readonly #table: CaptureTable
  readonly #progress: CaptureReceiveProgress
  #position: string
  #period: OpenPeriod
  #n: number | undefined

  constructor(options: CaptureReceiveOptions, grant: Grant, talk: Conversation, table: CaptureTable, { position, period }: Held) {
    this.#options = options
    this.#grant = grant
    this.#talk = talk
    this.#table = table
    this.#position = position
    this.#period = period ?? openPeriod(1, position, new Date().toISOString())
    this.#progress = {
      phase: 'following',
      position,
      committedAt: null,
      changes: this.#period.counts.changes,
      received: this.#period.counts.sent,
      bytes: this.#period.counts.bytes,
    }
    options.watch.progress(this.#progress)
  }

  async run(): Promise<never> {
    for (;;) {
      const item = await this.#talk.arrival()
      if (item.kind === 'frame') await this.#table.write(item.payload, item.rows)
      else await this.#take(item.message)
    }
  }

  async #take(message: Of<Parameters<Conversation['next']>[0]>): Promise<void> {
    switch (message.kind) {
      case 'changesBegin':
        if (this.#n !== undefined) throw refusal('protocol', `batch ${message.n} begins within batch ${this.#n}`)
        this.#n = message.n
        this.#talk.session.beginRange(0)
        return
      case 'changes':
        return this.#table.begin(message)
      case 'changesApply':
        return this.#table.apply()
      case 'changesAbort':
        this.#n = undefined
        return this.#table.abort()
      case 'changesEnd':
        return this.#commit(message)
      case 'captureMoment':
        return this.#hold(message.id)
      case 'manifest':
        return this.#closePeriod(message.signed)
      default:
        throw refusal('protocol', `changes were due, ${message.kind} came`)
    }
  }

  async #commit({ kind: _, n, position, committedAt, digest, ...counts }: Of<'changesEnd'>): Promise<void> {
    if (n !== this.#n) throw refusal('protocol', `batch ${n} ends and has not begun`)
    if (digest !== this.#talk.session.rangeDigest(0))
      throw refusal('digest_differs', `the rows of batch ${n} are not those the sender sent: nothing of it was applied`)
    if (counts.read !== counts.filtered + counts.rejected + counts.sent) throw refusal('counts_differ', `the sender's counts of batch ${n} do not add up`)
    const { refused, open } = await this.#table.outcome()
    const applied = withRefused(counts, refused)
    const period = grown(this.#period, applied, digest, suiteOfGrant(this.#grant))
    await this.#table.commit({ sent: counts.sent, bytes: counts.bytes, position }, this.#position, period)
    this.#n = undefined
    this.#position = position
    this.#period = period
    const progress = this.#progress
    Object.assign(progress, { position, committedAt })
    progress.changes += counts.changes
    progress.received += applied.sent
    progress.bytes += counts.bytes
    await this.#talk.session.send({ kind: 'changesDone', n, position, refused: [...refused], ...(open ? { open: [...open] } : {}) })
  }

  /** Nothing is applied before it is held, so what it shows ends with the batch before. */
  async #hold(id: string): Promise<void> {
    const { delivery, address, target, moments } = this.#options
    const held = { delivery, mode: 'snapshot' as const, grant: this.#grant, name: target.name, memoryMiB: target.memoryMiB }
    moments.keep(id, await new PostgresTarget(address).moment(held))
    await this.#talk.session.send({ kind: 'captureMomentHeld', id })
  }

  async #closePeriod(signed: Signed): Promise<void> {
    const { delivery, keys, target } = this.#options
    const suite = suiteOfGrant(this.#grant)
    const theirs = openDocument(MANIFEST, signed, nodeSigningKey(this.#grant.provider.node, suite), Manifest)
    const { system } = theirs.source
    const ours = manifestOf(this.#period, { delivery, grant: this.#grant, system, position: this.#position, endedAt: theirs.endedAt })
    const facts = (manifest: Manifest) => JSON.stringify({ ...manifest, startedAt: '', cursor: manifest.cursor?.to })
    if (facts(theirs) !== facts(ours)) throw refusal('counts_differ', `the manifest of period ${this.#period.n} and what was applied do not agree`)
    const { counts, batches, digest, n, startedAt } = this.#period
    const receipt: Receipt = {
      v: 1,
      delivery,
      grant: { id: this.#grant.id, version: this.#grant.version },
      mode: 'capture',
      received: counts.sent,
      loaded: counts.sent,
      ranges: batches,
      bytes: counts.bytes,
      digest,
      target: { ...target.name, rows: await this.#table.countRows() },
      period: n,
      manifest: signedDigest(signed, suite),
      startedAt,
      endedAt: new Date().toISOString(),
    }
    const next = openPeriod(n + 1, this.#position, theirs.endedAt)
    await this.#table.closePeriod(receipt, signed, next)
    this.#period = next
    const signedReceipt = signDocument(RECEIPT, receipt, nodeSigner(keys, suite))
    await this.#talk.session.send({ kind: 'receipt', signed: signedReceipt })
    this.#options.watch.period(n, { manifest: signed, receipt: signedReceipt })
  }
}
