/** The provider's half of one delivery over an open session: reads under the grant's role, checks, masks, sends, and signs what it did. */
import { type DeliveryMode, type Grant, Manifest, Receipt, type Signed, type SuiteName, suiteOfGrant } from '@zhenghe/wire/documents.ts'
import { checkGrant } from '@zhenghe/wire/grant.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import type { Range, RangeCounts } from '@zhenghe/wire/messages.ts'
import { deliveryDigest } from '@zhenghe/wire/ranges.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import { nodeSigner, nodeSigningKey, openDocument, signDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { MANIFEST, RECEIPT } from '@zhenghe/wire/signed.ts'
import type { Part, Source, SourceConnector, SourceOptions, SourceReader, SourceSnapshot } from './connectors/connector.ts'
import { Conversation, type Of } from './conversation.ts'
import { reasonToStop, SourceClosed } from './hours.ts'
import { type Rejection, RowKernel } from './kernels/kernel.ts'
import { RateBudget } from './rate.ts'
import { answer } from './reconcile/answer.ts'
import { explain, refusal } from './refusal.ts'
import { QualityGate, type RangeSource, sendRange } from './send-range.ts'
import { incrementOf, planIncrement, planKeys } from './source/plan.ts'

export type SendOptions = {
  delivery: string
  mode: DeliveryMode
  grant: Signed
  keys: NodeKeys
  /** keys pinned at this node */
  approvers: readonly string[]
  source: SourceConnector
  reading: SourceOptions
  /** rejected rows kept for the quarantine, per range */
  rejectionLimit: number
  rate: RateBudget
  /** only the rows of these keys, range by range: brought into the target as an increment is, without moving its checkpoint */
  only?: readonly (readonly (readonly string[])[])[] | undefined
  /** aborted: finish the ranges under way, then stop resumably; for the reason of the signal where it is a `SourceClosed` */
  stop: AbortSignal
  watch: SendWatcher
}
export type SendProgress = {
  phase: 'planning' | 'moving' | 'reconciling' | 'finished'
  ranges: number
  rangesDone: number
  totalRows: number
  read: number
  rejected: number
  sent: number
  bytes: number
}
export type SendWatcher = {
  /** The live counters, handed over once; they change as the delivery goes on. */
  progress(counters: Readonly<SendProgress>): void
  /** The rows held back from a range; called again for the same range where it is read again. */
  rejections(range: number, rows: readonly Rejection[], rejected: number): void
}
/** Both signed documents of a delivery that is done. */
export type Evidence = { manifest: Signed; receipt: Signed }

export type PreparedSend = { options: SendOptions; grant: Grant; source: Source }

/** Everything that can be refused before anybody is called: the grant, and the source as it is now. Throws a `Refusal`. */
export async function prepareSend(options: SendOptions): Promise<PreparedSend> {
  try {
    const grant = checkGrant(options.grant, { approvers: options.approvers, now: Date.now(), node: options.keys.identity })
    if (grant.provider.node.id !== options.keys.identity.id) throw refusal('protocol', 'this node is the consumer of the grant and cannot send by it')
    const mode = options.only ? 'snapshot' : options.mode // rows of given keys are found without a cursor
    return { options, grant, source: await options.source.prepare(grant, mode, options.reading) }
  } catch (error) {
    throw explain(error, 'source')
  }
}

/** Runs the delivery, or the reconciliation the receiver asks for instead (then there is no evidence). Throws a `Refusal`, which the other side has been told. */
export async function send(prepared: PreparedSend, session: Session): Promise<Evidence | undefined> {
  const talk = new Conversation(session)
  try {
    const sender = await Sender.begin(prepared, talk)
    try {
      const evidence = await sender.run()
      await talk.end()
      return evidence
    } finally {
      await sender.end()
    }
  } catch (error) {
    const reason = explain(error, 'source')
    await talk.refuse(reason)
    throw reason
  }
}

class Sender {
  readonly #prepared: PreparedSend
  readonly #suite: SuiteName
  readonly #talk: Conversation
  readonly #snapshot: SourceSnapshot
  readonly #startedAt = new Date().toISOString()
  readonly #counts = new Map<number, RangeCounts>()
  readonly #gate: QualityGate
  readonly #grantRate: RateBudget
  readonly #progress: SendProgress

  private constructor(prepared: PreparedSend, talk: Conversation, snapshot: SourceSnapshot) {
    this.#prepared = prepared
    this.#suite = suiteOfGrant(prepared.grant)
    this.#talk = talk
    this.#snapshot = snapshot
    this.#gate = new QualityGate(prepared.options.only ? 1 : prepared.grant.limits.rejectShare) // rows that were rejected before: each that passes is welcome
    this.#grantRate = new RateBudget(prepared.grant.limits.rowsPerSecond)
    this.#progress = { phase: 'planning', ranges: 0, rangesDone: 0, totalRows: prepared.source.table.estimatedRows, read: 0, rejected: 0, sent: 0, bytes: 0 }
    prepared.options.watch.progress(this.#progress)
  }

  static async begin(prepared: PreparedSend, talk: Conversation): Promise<Sender> {
    return new Sender(prepared, talk, await prepared.source.snapshot())
  }

  end(): Promise<void> {
    return this.#snapshot.end()
  }

  async run(): Promise<Evidence | undefined> {
    const first = await this.#talk.next('have', 'manifest', 'reconcile')
    if (first.kind === 'manifest') return this.#alreadyDone(first.signed)
    if (first.kind === 'reconcile') {
      await this.#reconcile(first)
      return undefined
    }
    const { name } = this.#snapshot.facts
    const anew = this.#prepared.options.mode === 'snapshot' && this.#snapshot.allOrNothing === true && first.done.some(({ snapshot }) => snapshot !== name)
    const plan = { ...(await this.#plan(anew ? { ...first, ranges: null } : first)), ...(anew ? { anew } : {}) }
    await this.#talk.session.send(plan)
    const { ranges } = await this.#talk.next('want')
    this.#progress.phase = 'moving'
    if (!anew) for (const done of first.done) this.#count(done)
    await this.#sendAll(plan, new Set(ranges))
    const mixed = [...this.#counts.values()].some(({ snapshot }) => snapshot !== plan.snapshot)
    if (plan.mode === 'snapshot' && mixed) await this.#reconcile(await this.#talk.next('reconcile'))
    return this.#conclude(plan)
  }

  async #plan(have: Of<'have'>): Promise<Of<'plan'>> {
    const { options, grant, source } = this.#prepared
    const cursor = await this.#cursor(have)
    const fresh = () => {
      if (options.only) return planKeys(options.only)
      return options.mode === 'incremental' ? planIncrement(cursor?.from ?? null, cursor?.to ?? null) : this.#snapshot.plan()
    }
    const ranges = have.ranges ?? (await fresh())
    this.#progress.ranges = ranges.length
    return {
      kind: 'plan',
      grant: { id: grant.id, version: grant.version },
      mode: options.mode,
      ranges,
      columns: grant.fields.map(({ name, type }) => ({ name, type })),
      keys: grant.fields.filter(({ key }) => key).map(({ name }) => name),
      totalRows: options.only ? options.only.flat().length : Math.round(source.table.estimatedRows),
      snapshot: this.#snapshot.facts.name,
      cursor,
    }
  }

  /** From where and up to where the cursor is read. A frozen increment keeps its bounds; a whole load notes how far it reaches. */
  async #cursor({ checkpoint, ranges }: Of<'have'>): Promise<Of<'plan'>['cursor']> {
    const { options, grant } = this.#prepared
    const field = grant.fields.find(({ name }) => name === grant.cursor)
    if (!field) return null
    if (options.only) return { field: field.name, from: checkpoint, to: checkpoint }
    const [frozen] = options.mode === 'incremental' ? (ranges ?? []) : []
    if (frozen) return { field: field.name, from: frozen.from, to: frozen.to }
    const to = await this.#snapshot.highWater(field)
    return { field: field.name, from: options.mode === 'incremental' ? checkpoint : null, to: options.mode === 'incremental' ? (to ?? checkpoint) : to }
  }

  /** Sends what is wanted by several readers at once, and waits until the target has committed all of it. */
  async #sendAll(plan: Of<'plan'>, wanted: ReadonlySet<number>): Promise<void> {
    const { grant, options } = this.#prepared
    const queue = plan.ranges.filter(({ n }) => wanted.has(n)).map((range) => ({ n: range.n, part: this.#partOf(plan.mode, range) }))
    const pending = new Set(queue.map(({ n }) => n))
    const failed = new AbortController()
    const stopped = () => options.stop.aborted || failed.signal.aborted
    const read = async () => {
      const source = this.#source(await this.#snapshot.reader())
      try {
        for (let next = stopped() ? undefined : queue.shift(); next; next = stopped() ? undefined : queue.shift())
          await this.#sendPart(source, next.n, next.part)
      } finally {
        await source.reader.end()
      }
    }
    const confirmed = async () => {
      while (pending.size > (stopped() ? queue.length : 0)) {
        const { n } = await this.#talk.next('rangeDone')
        pending.delete(n)
        this.#progress.rangesDone++
      }
    }
    const readers = Array.from({ length: Math.min(grant.limits.connections, queue.length) }, read)
    await Promise.all([...readers, confirmed()]).catch((error: unknown) => {
      failed.abort()
      throw error
    })
    if (pending.size > 0) throw reasonToStop(options.stop, 'the sending node is being stopped; the delivery is taken up again when it is back')
  }

  #partOf(mode: DeliveryMode, range: Range): Part {
    const { only } = this.#prepared.options
    if (only) return { by: 'keys', keys: only[range.n] ?? [] }
    return mode === 'snapshot' ? { by: 'range', range } : incrementOf(range)
  }

  #source(reader: SourceReader): RangeSource {
    const { grant, options } = this.#prepared
    const { rejectionLimit, rate, watch } = options
    return {
      reader,
      session: this.#talk.session,
      kernel: new RowKernel(grant.fields, rejectionLimit),
      rates: [rate, this.#grantRate],
      gate: this.#gate,
      progress: this.#progress,
      rejections: watch.rejections,
    }
  }

  async #sendPart(source: RangeSource, n: number, part: Part): Promise<void> {
    const counts = await sendRange(source, n, part, this.#snapshot.facts.name)
    this.#counts.set(n, counts)
  }

  /** Compared and sent by one reader, so that both are of one moment. */
  async #reconcile(ask: Of<'reconcile'>): Promise<void> {
    this.#progress.phase = 'reconciling'
    const { stop } = this.#prepared.options
    if (stop.reason instanceof SourceClosed) throw stop.reason // a comparison reads the whole table
    const reader = await this.#snapshot.reader()
    try {
      const source = this.#source(reader)
      await answer({ talk: this.#talk, grant: this.#prepared.grant, reader, moment: reader.moment ?? this.#snapshot.facts.name }, ask, async (n, keys) => {
        await this.#sendPart(source, n, { by: 'keys', keys })
        await this.#talk.next('rangeDone')
      })
    } finally {
      await reader.end()
    }
  }

  #count(counts: RangeCounts): void {
    this.#counts.set(counts.n, counts)
    this.#gate.add(counts.read - counts.filtered, counts.rejected)
    this.#progress.rangesDone++
    for (const key of ['read', 'rejected', 'sent', 'bytes'] as const) this.#progress[key] += counts[key]
  }

  async #conclude(plan: Of<'plan'>): Promise<Evidence> {
    this.#gate.close()
    const manifest = signDocument(MANIFEST, this.#manifest(plan), nodeSigner(this.#prepared.options.keys, this.#suite))
    await this.#talk.session.send({ kind: 'manifest', signed: manifest })
    const { signed } = await this.#talk.next('receipt')
    return this.#checked(manifest, signed)
  }

  #manifest(plan: Of<'plan'>): Manifest {
    const { options, grant } = this.#prepared
    const ranges = [...this.#counts.values()].sort((a, b) => a.n - b.n)
    const sum = (key: 'read' | 'filtered' | 'rejected' | 'sent' | 'bytes') => ranges.reduce((total, counts) => total + counts[key], 0)
    const { system, position } = this.#snapshot.facts
    return {
      v: 1,
      delivery: options.delivery,
      grant: { id: grant.id, version: grant.version },
      mode: options.mode,
      read: sum('read'),
      filtered: sum('filtered'),
      rejected: sum('rejected'),
      sent: sum('sent'),
      bytes: sum('bytes'),
      ranges: ranges.length,
      masked: addUp(ranges.map(({ masked }) => masked)),
      reasons: addUp(ranges.map(({ reasons }) => reasons)),
      digest: deliveryDigest(
        ranges.map(({ digest }) => digest),
        this.#suite,
      ),
      ...(plan.cursor ? { cursor: { from: plan.cursor.from, to: plan.cursor.to } } : {}),
      source: { system, position },
      startedAt: this.#startedAt,
      endedAt: new Date().toISOString(),
    }
  }

  /** The target had ended this delivery before, and only its word of it was lost. */
  async #alreadyDone(manifest: Signed): Promise<Evidence> {
    const { signed } = await this.#talk.next('receipt')
    return this.#checked(manifest, signed)
  }

  /** Both documents, once they are found to be genuine and to agree. */
  #checked(manifest: Signed, receipt: Signed): Evidence {
    const { options, grant } = this.#prepared
    const own = openDocument(MANIFEST, manifest, nodeSigningKey(options.keys.identity, this.#suite), Manifest)
    const theirs = openDocument(RECEIPT, receipt, nodeSigningKey(grant.consumer.node, this.#suite), Receipt)
    const agree =
      own.delivery === options.delivery &&
      theirs.delivery === options.delivery &&
      theirs.manifest === signedDigest(manifest, this.#suite) &&
      theirs.digest === own.digest
    if (!agree || theirs.received !== own.sent || theirs.loaded !== own.sent || theirs.bytes !== own.bytes) {
      throw refusal(
        'evidence_differs',
        `the receipt tells of ${theirs.received} rows received and ${theirs.loaded} loaded, the manifest of ${own.sent} sent: the delivery is not done`,
      )
    }
    this.#progress.phase = 'finished'
    return { manifest, receipt }
  }
}

function addUp(records: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const record of records) for (const [key, value] of Object.entries(record)) sums[key] = (sums[key] ?? 0) + value
  return sums
}
