/** The consumer's half of one delivery over an open session: loads ranges as they come, each with its ledger line, proves the whole and signs for it. */
import { type DeliveryMode, type Grant, Manifest, type Receipt, type Signed } from '@zhenghe/wire/documents.ts'
import { checkGrant } from '@zhenghe/wire/grant.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import { deliveryDigest } from '@zhenghe/wire/ranges.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import { openDocument, signDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { MANIFEST, RECEIPT } from '@zhenghe/wire/signed.ts'
import type pg from 'pg'
import { Conversation, type Of } from './conversation.ts'
import { type Address, connect, transaction } from './pg/connect.ts'
import { increments, intoLoad, mending, type ReceiveProgress, receiveRanges, type TargetAccess } from './receive-ranges.ts'
import { compareWithSource, type Mend, type Reconciliation } from './reconcile/ask.ts'
import { explain, type Refusal, refusal } from './refusal.ts'
import type { Evidence } from './send.ts'
import * as ledger from './target/ledger.ts'
import { countRows, createLoadTable, dropTable, finishLoad, loadTable, tableExists } from './target/load.ts'
import { createTarget, deleteKeysSql } from './target/merge.ts'
import { checkRoom, checkTarget, type ExistingTable } from './target/preflight.ts'

export type ReceiveOptions = {
  delivery: string
  mode: DeliveryMode
  grant: Signed
  keys: NodeKeys
  /** raw Ed25519 keys pinned at this node */
  approvers: readonly string[]
  target: { address: Address; name: ledger.TargetName; quotaBytes?: number | undefined; memoryMiB: number }
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

/** Compares the target with the rows the grant covers now; with `mend` brings it to them. Throws a `Refusal`. */
export function reconcile(prepared: PreparedReceive, session: Session, mend: boolean): Promise<Reconciliation> {
  return holdingTarget(prepared, session, (receiver) => receiver.reconcile(mend))
}

async function holdingTarget<T>({ options, grant }: PreparedReceive, session: Session, work: (receiver: Receiver) => Promise<T>): Promise<T> {
  const talk = new Conversation(session)
  let client: pg.Client | undefined
  try {
    client = await connectTarget(options)
    await ledger.prepareLedger(client)
    await ledger.lockTarget(client, options.target.name)
    const receiver = new Receiver(options, grant, talk, client)
    const result = await work(receiver)
    await talk.end()
    return result
  } catch (error) {
    const reason = explain(error, 'target')
    await talk.refuse(reason)
    if (client) await cleanUp(client, options, reason)
    throw reason
  } finally {
    await client?.end().catch(() => undefined)
  }
}

async function connectTarget({ target }: ReceiveOptions): Promise<pg.Client> {
  const client = await connect(target.address, 'target')
  await client.query(`set client_connection_check_interval = '2s'`) // a key being built for a node that is gone stops
  return client
}

/** A load that cannot be resumed leaves nothing behind. */
async function cleanUp(client: pg.Client, { delivery, target }: ReceiveOptions, reason: Refusal): Promise<void> {
  if (reason.resumable) return
  try {
    await client.query('rollback')
    await dropTable(client, loadTable(target.name, delivery))
    await ledger.forgetDelivery(client, delivery)
  } catch {
    // the next delivery to this target clears it away
  }
}

class Receiver {
  readonly #options: ReceiveOptions
  readonly #grant: Grant
  readonly #talk: Conversation
  readonly #client: pg.Client
  readonly #load: ledger.TargetName
  readonly #access: TargetAccess
  readonly #progress: ReceiveProgress = { phase: 'preparing', ranges: 0, rangesDone: 0, totalRows: 0, received: 0, bytes: 0 }

  constructor(options: ReceiveOptions, grant: Grant, talk: Conversation, client: pg.Client) {
    this.#options = options
    this.#grant = grant
    this.#talk = talk
    this.#client = client
    this.#load = loadTable(options.target.name, options.delivery)
    this.#access = { talk, open: () => connectTarget(options), progress: this.#progress }
    options.watch(this.#progress)
  }

  async run(): Promise<Received> {
    const { delivery, mode, target } = this.#options
    const found = await this.#frozen()
    if (found?.receipt && found.manifest) {
      await this.#talk.session.send({ kind: 'manifest', signed: found.manifest })
      return this.#tell(found.receipt, found.manifest)
    }
    const existing = await checkTarget(this.#client, target.name, this.#grant, mode)
    const done = found ? await ledger.doneRanges(this.#client, delivery) : []
    const checkpoint = await ledger.checkpointOf(this.#client, target.name, this.#grant)
    await this.#talk.session.send({ kind: 'have', checkpoint, ranges: found?.plan.ranges ?? null, done })
    const plan = await this.#talk.next('plan')
    this.#check(plan, found?.plan)
    if (!found) await this.#begin(plan, existing)
    await this.#receiveMissing(plan, done)
    const mixed = mode === 'snapshot' && done.some(({ snapshot }) => snapshot !== plan.snapshot)
    if (mixed) await this.#mendMixed(plan)
    return this.#conclude(plan, existing, mixed)
  }

  async reconcile(mend: boolean): Promise<Reconciliation> {
    const { target } = this.#options
    if (!(await tableExists(this.#client, target.name)))
      throw refusal('target_missing', `there is no table ${target.name.schema}.${target.name.table} to compare: deliver it first`)
    let n = 0
    this.#progress.phase = 'reconciling'
    const result = await compareWithSource(
      this.#talk,
      this.#client,
      target.name,
      this.#grant.fields,
      mend ? this.#mend(target.name, () => n++, undefined) : undefined,
    )
    await this.#talk.session.send({ kind: 'reconcileResult', ...resultOf(result) })
    return result
  }

  /** What an earlier session left, unless its rows are gone. */
  async #frozen(): Promise<ledger.DeliveryRow | undefined> {
    const found = await ledger.findDelivery(this.#client, this.#options.delivery)
    if (!found || found.receipt || found.plan.mode === 'incremental' || (await tableExists(this.#client, this.#load))) return found
    await ledger.forgetDelivery(this.#client, found.id)
    return undefined
  }

  #check(plan: ledger.Plan, frozen: ledger.Plan | undefined): void {
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

  async #begin(plan: ledger.Plan, existing: ExistingTable | undefined): Promise<void> {
    const { delivery, target } = this.#options
    const { fields } = this.#grant
    for (const id of await ledger.abandoned(this.#client, delivery, target.name)) {
      await dropTable(this.#client, loadTable(target.name, id))
      await ledger.forgetDelivery(this.#client, id)
    }
    await checkRoom(this.#client, plan.totalRows * fields.length * ESTIMATED_FIELD_BYTES, target.quotaBytes)
    await transaction(this.#client, 'begin', async () => {
      if (plan.mode === 'snapshot') {
        await dropTable(this.#client, this.#load)
        await createLoadTable(this.#client, this.#load, fields)
      } else if (!existing) await createTarget(this.#client, target.name, fields)
      await ledger.freezePlan(this.#client, delivery, plan, target.name)
    })
  }

  async #receiveMissing(plan: ledger.Plan, done: readonly RangeCounts[]): Promise<void> {
    const { delivery, target } = this.#options
    const landed = new Set(done.map(({ n }) => n))
    const wanted = plan.ranges.map(({ n }) => n).filter((n) => !landed.has(n))
    Object.assign(this.#progress, { phase: 'moving', ranges: plan.ranges.length, rangesDone: done.length, totalRows: plan.totalRows })
    for (const { sent, bytes } of done) {
      this.#progress.received += sent
      this.#progress.bytes += bytes
    }
    await this.#talk.session.send({ kind: 'want', ranges: wanted })
    const landing = plan.mode === 'snapshot' ? intoLoad(this.#load, this.#grant, delivery) : increments(target.name, this.#grant, delivery, plan)
    await receiveRanges(this.#access, landing, wanted)
  }

  /** Ranges read at different moments may hold a row twice, or not at all: the load is brought to the latest moment before anybody sees it. */
  async #mendMixed(plan: ledger.Plan): Promise<void> {
    const { delivery } = this.#options
    this.#progress.phase = 'reconciling'
    const done = await ledger.doneRanges(this.#client, delivery)
    let n = Math.max(...plan.ranges.map((range) => range.n), ...done.map((range) => range.n)) + 1
    const result = await compareWithSource(
      this.#talk,
      this.#client,
      this.#load,
      this.#grant.fields,
      this.#mend(this.#load, () => n++, delivery),
    )
    await this.#talk.session.send({ kind: 'reconcileResult', ...resultOf(result) })
  }

  #mend(table: ledger.TargetName, nextRange: () => number, delivery: string | undefined): Mend {
    return async (remove, fetch) => {
      const deletion = deleteKeysSql(table, this.#grant.fields, remove)
      if (fetch.length === 0) {
        await this.#client.query(deletion)
        return
      }
      const n = nextRange()
      await this.#talk.session.send({ kind: 'reconcileMend', n, keys: fetch })
      await receiveRanges(this.#access, mending(table, this.#grant, deletion, delivery), [n])
    }
  }

  async #conclude(plan: ledger.Plan, existing: ExistingTable | undefined, mixed: boolean): Promise<Received> {
    const { delivery, mode, target } = this.#options
    this.#progress.phase = 'indexing'
    const { signed } = await this.#talk.next('manifest')
    const ranges = await ledger.doneRanges(this.#client, delivery)
    checkManifest(openDocument(MANIFEST, signed, this.#grant.provider.node.sign, Manifest), delivery, plan, ranges)
    const sent = ranges.reduce((sum, counts) => sum + counts.sent, 0)
    const rows = await countRows(this.#client, mode === 'snapshot' ? this.#load : target.name)
    if (mode === 'snapshot' && !mixed && rows !== sent)
      throw refusal('counts_differ', `${sent} rows were sent and ${rows} are in the table: nothing was swapped in; deliver again`)
    const receipt = await this.#receipt(signed, ranges, rows)
    const end = async () => {
      if (mode === 'snapshot') await ledger.recordTarget(this.#client, target.name, this.#grant, delivery, plan.cursor?.to ?? null)
      await ledger.recordEnd(this.#client, receipt, signed)
    }
    if (mode === 'incremental') await transaction(this.#client, 'begin', end)
    else {
      const { fields, resource } = this.#grant
      await finishLoad(this.#client, { target: target.name, load: this.#load, fields, title: resource.name, existing, memoryMiB: target.memoryMiB, end })
    }
    return this.#tell(receipt, signed)
  }

  async #receipt(manifest: Signed, ranges: readonly RangeCounts[], rows: number): Promise<Receipt> {
    const { delivery, mode, target } = this.#options
    const started = await ledger.findDelivery(this.#client, delivery)
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
      digest: deliveryDigest(ranges.map(({ digest }) => digest)),
      target: { ...target.name, rows },
      manifest: signedDigest(manifest),
      startedAt: started!.startedAt,
      endedAt: new Date().toISOString(),
    }
  }

  /** The commit came first: whatever happens now, the same receipt can be signed and told again. */
  async #tell(facts: Receipt, manifest: Signed): Promise<Received> {
    this.#progress.phase = 'finished'
    const receipt = signDocument(RECEIPT, facts, this.#options.keys.sign)
    await this.#talk.session.send({ kind: 'receipt', signed: receipt })
    return { manifest, receipt, checkpoint: await ledger.checkpointOf(this.#client, this.#options.target.name, this.#grant) }
  }
}

const ESTIMATED_FIELD_BYTES = 20

function resultOf({ rows, missing, extra, changed, mended }: Reconciliation): Omit<Of<'reconcileResult'>, 'kind'> {
  return { rows, missing, extra, changed, mended }
}

/** 对账: the sender's signed sums against this side's ledger lines. */
function checkManifest(manifest: Manifest, delivery: string, plan: ledger.Plan, ranges: readonly RangeCounts[]): void {
  const landed = new Set(ranges.map(({ n }) => n))
  const missing = plan.ranges.filter(({ n }) => !landed.has(n)).length
  const sum = (key: 'read' | 'filtered' | 'rejected' | 'sent' | 'bytes') => ranges.reduce((total, counts) => total + counts[key], 0)
  const differs = (['read', 'filtered', 'rejected', 'sent', 'bytes'] as const).filter((key) => manifest[key] !== sum(key))
  const unbalanced = manifest.read !== manifest.filtered + manifest.rejected + manifest.sent
  if (manifest.delivery !== delivery || missing > 0 || unbalanced || differs.length > 0 || manifest.ranges !== ranges.length) {
    throw refusal('counts_differ', `the manifest and what has landed do not agree (${differs.join(', ') || 'ranges'}): nothing was swapped in; deliver again`)
  }
  if (manifest.digest !== deliveryDigest(ranges.map(({ digest }) => digest)))
    throw refusal('digest_differs', 'the manifest speaks of other rows than those that have landed: nothing was swapped in; deliver again')
}
