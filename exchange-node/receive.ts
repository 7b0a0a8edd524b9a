/** The consumer's half of one delivery over an open session: loads ranges as they come, each with its ledger line, proves the whole and signs for it. */
import { type DeliveryMode, type Grant, Manifest, type Receipt, type Signed, type SuiteName, suiteOfGrant } from '@zhenghe/wire/documents.ts'
import { checkGrant } from '@zhenghe/wire/grant.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import { deliveryDigest } from '@zhenghe/wire/ranges.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import { nodeSigner, nodeSigningKey, openDocument, signDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { MANIFEST, RECEIPT } from '@zhenghe/wire/signed.ts'
import type { Landing, Place, Target, TargetConnector } from './connectors/connector.ts'
import { Conversation, type Of } from './conversation.ts'
import { type Arrival, type ReceiveProgress, receiveRanges } from './receive-ranges.ts'
import { compareWithSource, type Mend, type Reconciliation } from './reconcile/ask.ts'
import { explain, refusal } from './refusal.ts'
import type { Evidence } from './send.ts'
import type { Plan, TargetName } from './target/ledger.ts'

export type ReceiveOptions = {
  delivery: string
  mode: DeliveryMode
  grant: Signed
  keys: NodeKeys
  /** keys pinned at this node */
  approvers: readonly string[]
  target: { store: TargetConnector; name: TargetName; quotaBytes?: number | undefined; memoryMiB: number; changing?: boolean }
  /** called once with the live counters, which change as the delivery goes on */
  watch: (counters: Readonly<ReceiveProgress>) => void
}
export type PreparedReceive = { options: ReceiveOptions; grant: Grant }

/** What can be refused before anybody is called. Throws a `Refusal`. */
export function prepareReceive(options: ReceiveOptions): PreparedReceive {
  try {
    const grant = checkGrant(options.grant, { approvers: options.approvers, now: Date.now(), node: options.keys.identity })
    if (grant.consumer.node.id !== options.keys.identity.id) throw refusal('protocol', 'this node is the provider of the grant and cannot receive by it')
    return { options, grant }
  } catch (error) {
    throw explain(error, 'target')
  }
}

/** `checkpoint` is how far increments reach at the target now. */
export type Received = Evidence & { checkpoint: string | null }

/** Runs the delivery. Throws a `Refusal`, which the other side has been told; where it is not resumable, nothing of the load is left. */
export function receive(prepared: PreparedReceive, session: Session): Promise<Received> {
  return holdingTarget(prepared, session, (receiver) => receiver.run())
}

/** `versions` compares keys and the cursor only, where the grant has one. */
export type Comparison = { mend: boolean; scope: 'full' | 'versions' }

/** The names of the columns that a comparison looks at. */
export function comparedColumns({ fields, cursor }: Pick<Grant, 'fields' | 'cursor'>, scope: Comparison['scope']): string[] {
  return fields.filter(({ key, name }) => scope === 'full' || cursor === undefined || key || name === cursor).map(({ name }) => name)
}

/** Compares the target with the rows the grant covers now; with `mend` brings it to them. Throws a `Refusal`. */
export function reconcile(prepared: PreparedReceive, session: Session, wanted: Comparison): Promise<Reconciliation> {
  return holdingTarget(prepared, session, (receiver) => receiver.reconcile(wanted))
}

async function holdingTarget<T>({ options, grant }: PreparedReceive, session: Session, work: (receiver: Receiver) => Promise<T>): Promise<T> {
  const talk = new Conversation(session)
  let target: Target | undefined
  try {
    const { delivery, mode } = options
    const { store, ...where } = options.target
    target = await store.open({ delivery, mode, grant, ...where })
    const result = await work(new Receiver(options, grant, talk, target))
    await talk.end()
    return result
  } catch (error) {
    const reason = explain(error, 'target')
    await talk.refuse(reason)
    // a load that cannot be resumed leaves nothing behind; what cannot be cleared away now, the next delivery to this target does
    if (target && !reason.resumable) await target.forget().catch(() => undefined)
    throw reason
  } finally {
    await target?.end()
  }
}

class Receiver {
  readonly #options: ReceiveOptions
  readonly #grant: Grant
  readonly #suite: SuiteName
  readonly #talk: Conversation
  readonly #target: Target
  readonly #arrival: Arrival
  readonly #progress: ReceiveProgress = { phase: 'preparing', ranges: 0, rangesDone: 0, totalRows: 0, received: 0, bytes: 0 }

  constructor(options: ReceiveOptions, grant: Grant, talk: Conversation, target: Target) {
    this.#options = options
    this.#grant = grant
    this.#suite = suiteOfGrant(grant)
    this.#talk = talk
    this.#target = target
    this.#arrival = { talk, target, progress: this.#progress }
    options.watch(this.#progress)
  }

  async run(): Promise<Received> {
    const { mode } = this.#options
    const found = await this.#target.found()
    if (found?.receipt && found.manifest) {
      await this.#talk.session.send({ kind: 'manifest', signed: found.manifest })
      return this.#tell(found.receipt, found.manifest)
    }
    await this.#target.check()
    let done = found ? await this.#target.done() : []
    const checkpoint = await this.#target.checkpoint()
    await this.#talk.session.send({ kind: 'have', checkpoint, ranges: found?.plan.ranges ?? null, done })
    const plan = await this.#talk.next('plan')
    const anew = found !== undefined && plan.anew === true
    this.#check(plan, anew ? undefined : found?.plan)
    if (anew) {
      await this.#target.forget()
      done = []
    }
    if (!found || anew) await this.#target.begin(plan)
    await this.#receiveMissing(plan, done)
    const mixed = mode === 'snapshot' && (await this.#target.done()).some(({ snapshot }) => snapshot !== plan.snapshot)
    if (mixed) await this.#mendMixed(plan)
    return this.#conclude(plan, mixed)
  }

  async reconcile({ mend, scope }: Comparison): Promise<Reconciliation> {
    const { schema, table } = this.#options.target.name
    if (!(await this.#target.exists('table'))) throw refusal('target_missing', `there is no table ${schema}.${table} to compare: deliver it first`)
    let n = 0
    this.#progress.phase = 'reconciling'
    return this.#compare('table', mend ? () => n++ : undefined, scope)
  }

  #check(plan: Plan, frozen: Plan | undefined): void {
    const { id, version, fields } = this.#grant
    const columns = fields.map(({ name, type }) => ({ name, type }))
    const keys = fields.filter(({ key }) => key).map(({ name }) => name)
    const granted = JSON.stringify([{ id, version }, this.#options.mode, columns, keys])
    if (JSON.stringify([plan.grant, plan.mode, plan.columns, plan.keys]) !== granted) {
      throw refusal('plan_differs', 'the sender plans another delivery than the grant and the order say: both nodes must hold the same version of the grant')
    }
    if (frozen && JSON.stringify(plan.ranges) !== JSON.stringify(frozen.ranges)) {
      throw refusal('plan_differs', 'the sender cut the load into other ranges than those already begun: order a new delivery')
    }
    if (plan.mode === 'incremental' && plan.cursor?.field !== this.#grant.cursor)
      throw refusal('plan_differs', 'the sender follows another cursor than the grant names')
  }

  async #receiveMissing(plan: Plan, done: readonly RangeCounts[]): Promise<void> {
    const landed = new Set(done.map(({ n }) => n))
    const wanted = plan.ranges.map(({ n }) => n).filter((n) => !landed.has(n))
    Object.assign(this.#progress, { phase: 'moving', ranges: plan.ranges.length, rangesDone: done.length, totalRows: plan.totalRows })
    for (const { sent, bytes } of done) {
      this.#progress.received += sent
      this.#progress.bytes += bytes
    }
    await this.#talk.session.send({ kind: 'want', ranges: wanted })
    const landing: Landing = plan.mode === 'snapshot' ? { kind: 'load' } : { kind: 'increment', checkpoint: plan.cursor?.to ?? null }
    await receiveRanges(this.#arrival, landing, wanted)
  }

  /** Ranges read at different moments may hold a row twice, or not at all: the load is brought to the latest moment before anybody sees it. */
  async #mendMixed(plan: Plan): Promise<void> {
    this.#progress.phase = 'reconciling'
    const done = await this.#target.done()
    let n = Math.max(...plan.ranges.map((range) => range.n), ...done.map((range) => range.n)) + 1
    await this.#compare('load', () => n++, 'full')
  }

  /** @param nextRange numbers the ranges of mended rows; without it nothing is mended */
  async #compare(place: Place, nextRange: (() => number) | undefined, scope: Comparison['scope']): Promise<Reconciliation> {
    const { fields } = this.#grant
    const comparing = { talk: this.#talk, target: this.#target, place, fields, columns: comparedColumns(this.#grant, scope) }
    const result = await compareWithSource(comparing, nextRange && this.#mend(place, nextRange))
    await this.#talk.session.send({ kind: 'reconcileResult', ...resultOf(result) })
    return result
  }

  #mend(place: Place, nextRange: () => number): Mend {
    return async (remove, fetch) => {
      if (fetch.length === 0) return this.#target.remove(place, remove)
      const n = nextRange()
      await this.#talk.session.send({ kind: 'reconcileMend', n, keys: fetch })
      await receiveRanges(this.#arrival, { kind: 'mend', place, remove }, [n])
    }
  }

  async #conclude(plan: Plan, mixed: boolean): Promise<Received> {
    const { delivery, mode } = this.#options
    this.#progress.phase = 'indexing'
    const { signed } = await this.#talk.next('manifest')
    const ranges = await this.#target.done()
    const manifest = openDocument(MANIFEST, signed, nodeSigningKey(this.#grant.provider.node, this.#suite), Manifest)
    checkManifest(manifest, delivery, plan, ranges)
    if (manifest.digest !== this.#digestOf(ranges))
      throw refusal('digest_differs', 'the manifest speaks of other rows than those that have landed: nothing was swapped in; deliver again')
    const sent = ranges.reduce((sum, counts) => sum + counts.sent, 0)
    const rows = await this.#target.count(mode === 'snapshot' ? 'load' : 'table')
    if (mode === 'snapshot' && !mixed && rows !== sent)
      throw refusal('counts_differ', `${sent} rows were sent and ${rows} are in the table: nothing was swapped in; deliver again`)
    const receipt = await this.#receipt(signed, ranges, rows)
    await this.#target.finish(receipt, signed, plan.cursor?.to ?? null)
    return this.#tell(receipt, signed)
  }

  async #receipt(manifest: Signed, ranges: readonly RangeCounts[], rows: number): Promise<Receipt> {
    const { delivery, mode, target } = this.#options
    const started = await this.#target.found()
    const received = ranges.reduce((sum, { sent }) => sum + sent, 0)
    return {
      v: 1,
      delivery,
      grant: { id: this.#grant.id, version: this.#grant.version },
      mode,
      received,
      loaded: received,
      ranges: ranges.length,
      bytes: ranges.reduce((sum, { bytes }) => sum + bytes, 0),
      digest: this.#digestOf(ranges),
      target: { ...target.name, rows },
      manifest: signedDigest(manifest, this.#suite),
      startedAt: started!.startedAt,
      endedAt: new Date().toISOString(),
    }
  }

  #digestOf(ranges: readonly RangeCounts[]): string {
    return deliveryDigest(
      ranges.map(({ digest }) => digest),
      this.#suite,
    )
  }

  /** The commit came first: whatever happens now, the same receipt can be signed and told again. */
  async #tell(facts: Receipt, manifest: Signed): Promise<Received> {
    this.#progress.phase = 'finished'
    const receipt = signDocument(RECEIPT, facts, nodeSigner(this.#options.keys, this.#suite))
    await this.#talk.session.send({ kind: 'receipt', signed: receipt })
    return { manifest, receipt, checkpoint: await this.#target.checkpoint() }
  }
}

function resultOf({ rows, missing, extra, changed, mended }: Reconciliation): Omit<Of<'reconcileResult'>, 'kind'> {
  return { rows, missing, extra, changed, mended }
}

/** 对账: the sender's signed sums against this side's ledger lines. */
function checkManifest(manifest: Manifest, delivery: string, plan: Plan, ranges: readonly RangeCounts[]): void {
  const landed = new Set(ranges.map(({ n }) => n))
  const missing = plan.ranges.filter(({ n }) => !landed.has(n)).length
  const sum = (key: 'read' | 'filtered' | 'rejected' | 'sent' | 'bytes') => ranges.reduce((total, counts) => total + counts[key], 0)
  const differs = (['read', 'filtered', 'rejected', 'sent', 'bytes'] as const).filter((key) => manifest[key] !== sum(key))
  const unbalanced = manifest.read !== manifest.filtered + manifest.rejected + manifest.sent
  if (manifest.delivery !== delivery || missing > 0 || unbalanced || differs.length > 0 || manifest.ranges !== ranges.length) {
    throw refusal('counts_differ', `the manifest and what has landed do not agree (${differs.join(', ') || 'ranges'}): nothing was swapped in; deliver again`)
  }
}
