/** The provider's half of a change capture over an open session: the load it begins with, then the changes behind it, in batches, for as long as both sides are there. */
import { Manifest, Receipt, type Signed, suiteOfGrant } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import type { ChangeCounts, OpenPeriod, RefusedChange } from '@zhenghe/wire/messages.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import { nodeSigner, nodeSigningKey, openDocument, signDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { MANIFEST, RECEIPT } from '@zhenghe/wire/signed.ts'
import { Conversation, type Of } from '../conversation.ts'
import { reasonToStop } from '../hours.ts'
import type { Rejection } from '../kernels/kernel.ts'
import { explain, refusal } from '../refusal.ts'
import { type Evidence, type SendOptions, type SendProgress, send } from '../send.ts'
import { Batch } from './batch.ts'
import { type Capture, type ChangeLog, LayoutChanged, SchemaChanged, type Standing } from './capture.ts'
import { rowsAt } from './fetch.ts'
import { keptOpen } from './kept-open.ts'
import type { LiveCapture } from './moments.ts'
import { grown, manifestOf, noCounts, openPeriod, withRefused } from './period.ts'
import { PieceSender } from './piece.ts'
import { Signal } from './signal.ts'
import { type Ask, Standstill } from './standstill.ts'
import type { SourceWatch } from './watch.ts'

export type CaptureProgress = {
  phase: 'following'
  /** where the target stands, in the log's own words */
  position: string
  /** ISO 8601, of the last applied transaction at the source; null before the first */
  committedAt: string | null
  lagBytes: number
  lagSeconds: number
  keptBytes: number
  budgetBytes: number
  changes: number
  sent: number
  rejected: number
  bytes: number
}
export type CaptureSendOptions = Omit<SendOptions, 'source' | 'mode' | 'reading' | 'watch'> & {
  capture: Capture
  source: SourceWatch
  budgetBytes: number
  periodMs: number
  /** a period ends after so many changes as well */
  periodChanges: number
  watch: {
    progress(counters: Readonly<SendProgress | CaptureProgress>): void
    rejections(range: number, rows: readonly Rejection[], rejected: number): void
    /** A period both sides have signed for; the same again where word of it may have been lost. 0 is the load. */
    period(n: number, evidence: Evidence): void
    /** Granted columns are not what was agreed. @param shape what a person may accept; empty where nothing can be accepted */
    changed(shape: string, detail: string): void
    /** Keys whose last change the target refuses, all of them; told anew whenever they change. */
    refused?(open: readonly RefusedChange[]): void
    /** From when on others may ask something of it; undefined when it has ended. */
    live?(capture: LiveCapture | undefined): void
  }
}

const IN_FLIGHT = 2
const KEYS_AT_ONCE = 2000
/** A batch without rows only moves the position on. */
const EMPTY_EVERY_MS = 1000

/** Runs until the session ends or `stop`. Throws the `Refusal` that ended it, which the other side has been told; resolves never. */
export async function sendCapture(options: CaptureSendOptions, session: Session): Promise<never> {
  const talk = new Conversation(session)
  const { source } = options
  const overdue = () => source.failure && session.destroy(new WireError('closed', source.failure.message))
  source.onLook = overdue
  try {
    const have = await loaded(options, talk)
    return await new CaptureSender(options, talk, have).run()
  } catch (error) {
    const told = explain(error, 'source')
    const reason = told.byPeer ? told : ((await source.settle()) ?? told)
    if (reason instanceof LayoutChanged) options.watch.changed(reason.shape, reason.message)
    await talk.refuse(reason)
    throw reason
  } finally {
    source.onLook = () => undefined
  }
}

type Loaded = { binding: string; position: string; period: OpenPeriod }

/** Makes sure that the target holds a load to which the changes behind a position can be added. */
async function loaded(options: CaptureSendOptions, talk: Conversation): Promise<Loaded> {
  const { capture, watch } = options
  let have = await talk.next('captureHave')
  if (!have.loaded) {
    const { binding, position, source } = await capture.begin()
    await talk.session.send({ kind: 'captureFrom', binding, position })
    await talk.next('captureBound')
    const sending = { ...options, mode: 'snapshot' as const, source: NOTHING, reading: NO_READING }
    const evidence = await send({ options: sending, grant: capture.grant, source }, keptOpen(talk.session))
    if (!evidence) throw refusal('protocol', 'the receiver asked for a reconciliation where a load was due')
    watch.period(0, evidence)
    have = await talk.next('captureHave')
  }
  const { binding, position, period, last, refused } = have
  if (!have.loaded || binding === null || position === null) throw refusal('protocol', 'the receiver does not say from where the changes are wanted')
  if (last) watch.period(Manifest.parse(JSON.parse(last.manifest.text)).period ?? 0, last)
  watch.refused?.(refused)
  return { binding, position, period: period ?? openPeriod(1, position, new Date().toISOString()) }
}

const NO_READING = { statementTimeoutMs: 0, overlapSeconds: 0 }
/** The load reads from what the capture has prepared. */
const NOTHING: SendOptions['source'] = {
  look: () => Promise.reject(new Error('never asked')),
  tables: () => Promise.reject(new Error('never asked')),
  prepare: () => Promise.reject(new Error('never asked')),
}

type Flight = { n: number; position: string; committedAt: string | undefined; counts: ChangeCounts; since: number }

class CaptureSender {
  readonly #options: CaptureSendOptions
  readonly #talk: Conversation
  readonly #binding: string
  readonly #wake = new Signal()
  readonly #pieces: PieceSender
  readonly #progress: CaptureProgress
  readonly #flights: Flight[] = []
  readonly #standstill: Standstill
  #period: OpenPeriod
  #periodEnds: number
  #receipt: Signed | undefined
  #failure: unknown
  #n = 0
  /** pieces of the batch under way have been sent, with these counts */
  #begun: ChangeCounts | undefined
  #position: string
  /** where the target stands when everything sent is applied */
  #sentTo: string
  #emptyAt = 0
  #confirmed = ''
  #changed: SchemaChanged | undefined
  readonly #rejections: Rejection[] = []

  constructor(options: CaptureSendOptions, talk: Conversation, { binding, position, period }: Loaded) {
    this.#options = options
    this.#talk = talk
    this.#binding = binding
    this.#position = this.#sentTo = position
    this.#period = period
    this.#periodEnds = performance.now() + options.periodMs
    const { grant } = options.capture
    this.#pieces = new PieceSender(talk.session, grant, options.rate, options.rejectionLimit)
    const { changes, sent, rejected, bytes } = period.counts
    const waiting = { lagBytes: 0, lagSeconds: 0, keptBytes: 0, budgetBytes: options.budgetBytes }
    this.#progress = { phase: 'following', position, committedAt: null, ...waiting, changes, sent, rejected, bytes }
    options.watch.progress(this.#progress)
    this.#standstill = new Standstill(options.capture, {
      hold: (id) => talk.session.send({ kind: 'captureMoment', id }),
      apply: (batch) => this.#apply(batch),
      wake: () => this.#wake.set(),
    })
  }

  async run(): Promise<never> {
    const stop = () => this.#wake.set()
    this.#options.stop.addEventListener('abort', stop, { once: true })
    this.#options.source.onLook = () => this.#looked()
    void this.#answers()
    this.#options.watch.live?.(this.#standstill)
    try {
      for (let before: string | undefined; ; ) before = await this.#follow(before)
    } finally {
      this.#options.stop.removeEventListener('abort', stop)
      this.#options.watch.live?.(undefined)
      this.#standstill.end()
    }
  }

  /** One reading of the log; answers before what to stop in the next. Where granted columns have changed, what was committed before is delivered, and then people are asked. */
  async #follow(before: string | undefined): Promise<string | undefined> {
    const { capture } = this.#options
    const log = await capture.follow(this.#binding, this.#position, before, () => this.#wake.set())
    try {
      await this.#pump(log)
      const { message, shape } = this.#changed!
      this.#options.watch.changed(shape, message)
      throw refusal('schema_changed', `${message}. What was committed before is delivered; whether and how it goes on, people on both sides decide`)
    } catch (error) {
      if (!(error instanceof SchemaChanged) || before !== undefined) throw error
      this.#changed = error
      if (this.#begun) await this.#talk.session.send({ kind: 'changesAbort' })
      this.#begun = undefined
      await this.#landed()
      return error.position
    } finally {
      await log.end()
    }
  }

  /** Until the log ends before a change of columns. */
  async #pump(log: ChangeLog): Promise<void> {
    const batch = new Batch(this.#options.capture.grant.fields)
    for (;;) {
      this.#check()
      const ask = this.#changed ? undefined : this.#standstill.next()
      if (ask) await this.#stand(log, batch, ask)
      await log.take(batch)
      this.#confirm(log)
      if (this.#due(batch)) await this.#flush(batch)
      else if (log.atEnd && batch.rows === 0) return this.#landed()
      else if (this.#periodDue(batch)) await this.#closePeriod()
      else await this.#wake.wait()
    }
  }

  /** Everything up to a moment of the source is sent; what was asked is done; then it goes on. */
  async #stand(log: ChangeLog, batch: Batch, ask: Ask): Promise<void> {
    const standing = await this.#standstill.open(log, ask)
    if (!standing) return
    try {
      while (!log.atEnd || batch.changes > 0 || this.#begun) {
        this.#check()
        await log.take(batch)
        this.#confirm(log)
        if (this.#due(batch)) await this.#flush(batch)
        else if (!log.atEnd || batch.changes > 0) await this.#wake.wait()
      }
      await this.#setBack(standing)
      await ask.act(standing)
    } catch (error) {
      await standing.snapshot.end()
      ask.fail(error)
      throw error
    } finally {
      log.stopBefore(undefined)
    }
  }

  /** Rows of which the target may have a later state have that of the moment again; what became of them since comes by the log. */
  async #setBack({ snapshot }: Standing): Promise<void> {
    const { capture } = this.#options
    const keys = capture.ahead()
    for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) await this.#apply(await rowsAt(snapshot, capture.grant, keys.slice(at, at + KEYS_AT_ONCE)))
  }

  /** Beside the log: the target stands where it stood. */
  async #apply(batch: Batch): Promise<readonly Rejection[]> {
    while (this.#flights.length >= IN_FLIGHT) {
      if (this.#failure) throw this.#failure
      await this.#wake.wait()
    }
    batch.commit(this.#sentTo, this.#progress.committedAt ?? new Date().toISOString())
    const rejections = await this.#put(batch)
    await this.#landed()
    return rejections
  }

  #check(): void {
    if (this.#failure) throw this.#failure
    if (this.#options.stop.aborted && this.#flights.length === 0)
      throw reasonToStop(this.#options.stop, 'the sending node is being stopped; the capture goes on from where the target stands when it is back')
  }

  #due(batch: Batch): boolean {
    if (this.#flights.length >= IN_FLIGHT || this.#options.stop.aborted) return false
    if (batch.full) return true
    if (batch.open || batch.position === undefined) return false
    return batch.changes > 0 || this.#begun !== undefined || performance.now() - this.#emptyAt >= EMPTY_EVERY_MS
  }

  async #flush(batch: Batch): Promise<void> {
    const rejections = await this.#put(batch)
    this.#quarantine(rejections, this.#period.counts.rejected + (this.#begun?.rejected ?? 0))
  }

  /** A piece, or the whole where a transaction has ended. Answers what was held back of it. */
  async #put(batch: Batch): Promise<readonly Rejection[]> {
    const { session } = this.#talk
    if (!this.#begun) {
      session.beginRange(0)
      await session.send({ kind: 'changesBegin', n: this.#n })
      this.#begun = noCounts()
    }
    const { counts, rejections } = await this.#pieces.send(batch, this.#begun)
    this.#begun = counts
    const { position, committedAt, open } = batch
    batch.next()
    if (open || position === undefined) {
      await session.send({ kind: 'changesApply' })
      return rejections
    }
    batch.position = undefined
    const digest = session.rangeDigest(0)
    const at = committedAt ?? new Date().toISOString()
    await session.send({ kind: 'changesEnd', n: this.#n, position, committedAt: at, digest, ...counts })
    this.#flights.push({ n: this.#n++, position, committedAt, counts, since: performance.now() })
    this.#period = grown(this.#period, counts, digest, suiteOfGrant(this.#options.capture.grant))
    this.#begun = undefined
    this.#sentTo = position
    this.#emptyAt = performance.now()
    return rejections
  }

  /** The first of a period. */
  #quarantine(rejections: readonly Rejection[], rejected: number): void {
    if (rejections.length === 0) return
    this.#rejections.push(...rejections.slice(0, this.#options.rejectionLimit - this.#rejections.length))
    this.#options.watch.rejections(this.#period.n, this.#rejections, rejected)
  }

  #confirm(log: ChangeLog): void {
    if (this.#confirmed === this.#position) return
    this.#confirmed = this.#position
    log.confirm(this.#position)
  }

  #periodDue(batch: Batch): boolean {
    const { counts } = this.#period
    const due = performance.now() >= this.#periodEnds || counts.changes >= this.#options.periodChanges
    return due && counts.changes > 0 && this.#flights.length === 0 && this.#begun === undefined && !batch.open
  }

  async #closePeriod(): Promise<void> {
    const { delivery, keys, capture, watch, periodMs } = this.#options
    const suite = suiteOfGrant(capture.grant)
    const { system } = JSON.parse(this.#binding) as { system: string }
    const facts = manifestOf(this.#period, { delivery, grant: capture.grant, system, position: this.#position, endedAt: new Date().toISOString() })
    const manifest = signDocument(MANIFEST, facts, nodeSigner(keys, suite))
    this.#receipt = undefined
    await this.#talk.session.send({ kind: 'manifest', signed: manifest })
    while (!this.#receipt) {
      if (this.#failure) throw this.#failure
      await this.#wake.wait()
    }
    const theirs = openDocument(RECEIPT, this.#receipt, nodeSigningKey(capture.grant.consumer.node, suite), Receipt)
    if (theirs.manifest !== signedDigest(manifest, suite) || theirs.received !== facts.sent || theirs.loaded !== facts.sent || theirs.digest !== facts.digest)
      throw refusal(
        'evidence_differs',
        `the receipt tells of ${theirs.received} rows received and ${theirs.loaded} applied, the manifest of ${facts.sent} sent`,
      )
    watch.period(this.#period.n, { manifest, receipt: this.#receipt })
    this.#period = openPeriod(this.#period.n + 1, this.#position, facts.endedAt)
    this.#periodEnds = performance.now() + periodMs
    this.#rejections.length = 0
  }

  /** Resolves when everything sent is committed at the target. */
  async #landed(): Promise<void> {
    while (this.#flights.length > 0) {
      if (this.#failure) throw this.#failure
      await this.#wake.wait()
    }
  }

  async #answers(): Promise<void> {
    try {
      for (;;) {
        const answer = await this.#talk.next('changesDone', 'receipt', 'captureMomentHeld')
        if (answer.kind === 'receipt') this.#receipt = answer.signed
        else if (answer.kind === 'captureMomentHeld') this.#standstill.held(answer.id)
        else this.#done(answer)
        this.#wake.set()
      }
    } catch (error) {
      this.#failure ??= error
      this.#wake.set()
    }
  }

  #done({ n, position, refused, open }: Of<'changesDone'>): void {
    const flight = this.#flights.shift()
    if (!flight || flight.n !== n || flight.position !== position) throw refusal('protocol', `batch ${n} is told to be applied, which was not sent`)
    this.#position = position
    const { changes, sent, rejected, bytes } = withRefused(flight.counts, refused)
    this.#period = { ...this.#period, counts: withRefused(this.#period.counts, refused) }
    if (open) this.#options.watch.refused?.(open)
    const progress = this.#progress
    Object.assign(progress, { position, committedAt: flight.committedAt ?? progress.committedAt })
    progress.changes += changes
    progress.sent += sent
    progress.rejected += rejected
    progress.bytes += bytes
  }

  #looked(): void {
    const { source } = this.#options
    const [oldest] = this.#flights
    const lagSeconds = oldest ? Math.round((performance.now() - oldest.since) / 1000) : 0
    Object.assign(this.#progress, source.backlog, { lagSeconds })
    this.#failure ??= source.failure
    this.#wake.set()
  }
}
