/** One topic as a table. Rows of a load wait in a topic of their own; increments and mended rows go straight in. */
import os from 'node:os'
import path from 'node:path'
import type { GrantField, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { Plan } from '../../target/ledger.ts'
import type { Key, Landing, Sink, TargetRequest } from '../connector.ts'
import { StagedTarget } from '../files/staged.ts'
import { RowEncoder } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import { WaitingSink } from '../waiting.ts'
import { type Cluster, OWN, type Topic } from './cluster.ts'
import { type Latest, latestOf } from './latest.ts'
import { type RowMessage, RowMessages } from './messages.ts'
import type { KafkaPlace } from './place.ts'
import { Check, Publisher, type Send } from './publish.ts'
import { messagesOf } from './read.ts'
import { spanOf } from './rows.ts'
import { SCHEMA } from './source.ts'
import type { Transactions } from './transactions.ts'

/** Room for the longest row as JSON. */
const LARGEST_MESSAGE = 16 << 20
/** Whose evidence is kept here; the platform has all of it. */
const DELIVERIES = 1000
/** Names of topics have at most 249 characters, and the ledger's has the table's in it. */
const NAME = /^(?!\.{1,2}$|__)[a-zA-Z0-9._-]{1,220}$/

export class TopicTarget extends StagedTarget {
  readonly #cluster: Cluster
  readonly #kafkaPlace: KafkaPlace
  readonly #transactions: Transactions
  readonly #release: () => void
  readonly #messages: RowMessages
  readonly #cursor: GrantField | undefined
  #topic: Topic | undefined
  /** what the topic holds; unknown until somebody asks, and after what went wrong */
  #latest: Promise<Latest> | undefined
  /** it tells where the messages are, until some are written */
  #placed = true

  constructor(cluster: Cluster, place: KafkaPlace, transactions: Transactions, request: TargetRequest, release: () => void) {
    super(place, request, request.name.table)
    this.#cluster = cluster
    this.#kafkaPlace = place
    this.#transactions = transactions
    this.#release = release
    const { fields, cursor } = request.grant
    this.#messages = new RowMessages(fields, cursor)
    this.#cursor = fields.find(({ name }) => name === cursor)
  }

  async check(): Promise<void> {
    const { name, grant } = this.request
    if (name.schema !== SCHEMA) throw refusal('target_missing', `a Kafka cluster has no schema ${name.schema}: subscribe to the schema «${SCHEMA}»`)
    if (!NAME.test(name.table) || name.table.startsWith(OWN))
      throw refusal(
        'target_incompatible',
        `${name.table} cannot be the name of a topic: letters, digits, dots, dashes and underscores, at most 220, not beginning with ${OWN}`,
      )
    const loose = grant.fields.find(({ key, type }) => key && (type === 'numeric' || type === 'jsonb'))
    if (loose)
      throw refusal('target_incompatible', `the key ${loose.name} is ${loose.type}, so that 1.0 and 1 were two keys of messages: grant it as text or int8`)
    const topic = await this.#found()
    if (!topic) return
    if (!topic.compacted || topic.forgets)
      throw refusal(
        'target_incompatible',
        `the topic ${name.table} forgets messages by age or size, and rows with them: set its cleanup.policy to compact, or choose another name`,
      )
    const held = (await this.#cluster.bounds(topic)).some(({ start, end }) => end > start)
    if (held && !(await this.ledger.filled(name)))
      throw refusal('target_not_ours', `the topic ${name.table} holds messages that no exchange has written, and would take them away: choose another name`)
  }

  protected async prepare(plan: Plan): Promise<void> {
    const { quotaBytes } = this.request
    const topic = await this.#found()
    const used = topic && quotaBytes !== undefined ? await this.#cluster.bytes(topic) : 0
    if (quotaBytes !== undefined && used >= quotaBytes)
      throw refusal('target_room', `the topic holds ${used} bytes and ${quotaBytes} are allowed: raise quotaMiB, or let the cluster compact it`)
    await this.#forgetOldest()
    if (plan.mode === 'incremental') await this.#made()
  }

  /** The ledger is read whole for every delivery. */
  async #forgetOldest(): Promise<void> {
    const known = await Promise.all((await this.ledger.deliveries()).map(async (id) => ({ id, startedAt: (await this.ledger.begun(id))?.startedAt ?? '' })))
    const oldest = known.sort((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(DELIVERIES)
    for (const { id } of oldest) await this.ledger.forget(id)
  }

  protected async changing(landing: Exclude<Landing, { kind: 'load' }>): Promise<Sink> {
    return new WaitingSink(path.join(os.tmpdir(), 'kafka'), (rows, counts) => this.#land(landing, rows, counts))
  }

  protected async tableExists(): Promise<boolean> {
    return (await this.ledger.filled(this.request.name)) !== undefined && (await this.#found()) !== undefined
  }

  protected async tableCount(): Promise<number> {
    return (await this.#held()).rows
  }

  protected async *tableRows(): AsyncGenerator<RowFrame, number> {
    const frames = new TupleFrames()
    const encoder = new RowEncoder(frames, this.request.grant.fields)
    if (!this.#placed) this.#forgetHeld()
    const [topic, latest] = [await this.#there(), await this.#held()]
    let rows = 0
    for (const span of spanOf(await this.#cluster.bounds(topic)))
      for await (const messages of messagesOf(this.#cluster, topic, span))
        for (const { key, value, offset } of messages) {
          if (!value || !key || latest.offsetOf(key) !== offset) continue
          encoder.write(this.#messages.valuesOf(value))
          rows++
          if (frames.full) yield frames.take()
        }
    if (frames.rows > 0) yield frames.take()
    return rows
  }

  protected async removeRows(keys: readonly Key[]): Promise<void> {
    const topic = await this.#there()
    await this.#change(topic, (publisher, latest) => this.#removeKeys(publisher, latest, keys))
  }

  async finish(receipt: Receipt, manifest: Signed, checkpoint: string | null): Promise<void> {
    const { delivery, mode } = this.request
    const end = () => this.ledger.end(delivery, { receipt, manifest, checkpoint })
    if (mode === 'incremental') {
      await this.#transaction(end)
      await this.ledger.dropRows(delivery)
    } else {
      const topic = await this.#made()
      await this.#checkAll(topic, this.#loaded())
      await this.#change(topic, async (publisher, latest) => {
        for await (const message of this.#loaded()) await publisher.put(message)
        for (const { key, partition } of latest.unmet()) await publisher.take(key, partition)
        await publisher.flush()
        latest.dropUnmet()
        await end()
        await this.#fill(checkpoint, receipt.target.rows)
      })
      await this.ledger.dropRows(delivery)
      await this.#kafkaPlace.dropWaiting(delivery)
    }
  }

  async end(): Promise<void> {
    this.#forgetHeld()
    await this.#cluster.end()
    this.#release()
  }

  /** Rows that are in the topic already make no message, so that an increment which is sent again changes nothing. */
  async #land(landing: Exclude<Landing, { kind: 'load' }>, rows: () => Iterable<Buffer>, counts: RangeCounts): Promise<void> {
    const topic = await this.#made()
    const messages = this.#messages
    const all = async function* () {
      for (const payload of rows()) yield* messages.of(payload)
    }
    await this.#checkAll(topic, all())
    await this.#change(topic, async (publisher, latest) => {
      if (landing.kind === 'mend') await this.#removeKeys(publisher, latest, landing.remove, 'unless they come')
      const cursor = landing.kind === 'increment' ? this.#cursor : undefined
      for await (const message of all()) await publisher.put(message, cursor)
      await publisher.flush()
      if (landing.kind === 'mend') return
      await this.ledger.land(this.request.delivery, { counts, remove: [] })
      await this.#fill(landing.checkpoint, latest.rows)
    })
  }

  async #removeKeys(publisher: Publisher, latest: Latest, keys: readonly Key[], which: 'all' | 'unless they come' = 'all'): Promise<void> {
    for (const key of keys.map((one) => this.#messages.keyOf(one))) {
      const known = latest.find(key)
      if (!known || (which !== 'all' && known.met)) continue
      await publisher.take(key, known.partition)
      latest.drop(key)
    }
    await publisher.flush()
  }

  async #checkAll(topic: Topic, rows: AsyncIterable<RowMessage>): Promise<void> {
    const check = new Check(topic, await this.#held())
    for await (const row of rows) check.row(row)
  }

  async *#loaded(): AsyncGenerator<RowMessage> {
    for await (const { payload } of this.rows('load')) yield* this.#messages.of(payload)
  }

  async #change(topic: Topic, work: (publisher: Publisher, latest: Latest) => Promise<void>): Promise<void> {
    const latest = await this.#held()
    try {
      await this.#transaction((send) => work(new Publisher(topic, latest, send), latest))
      this.#placed = false
    } catch (error) {
      this.#forgetHeld()
      throw error
    }
  }

  /** What the ledger is told meanwhile is told in the same transaction. */
  async #transaction(work: (send: Send) => Promise<void>): Promise<void> {
    try {
      await this.#transactions.run((send) => {
        this.#kafkaPlace.within(send)
        return work(send)
      })
    } catch (error) {
      await this.#kafkaPlace.readAgain().catch(() => undefined)
      throw error
    } finally {
      this.#kafkaPlace.within(undefined)
    }
  }

  async #fill(checkpoint: string | null, rows: number): Promise<void> {
    const { grant, name, delivery } = this.request
    const before = await this.checkpoint()
    await this.ledger.fill(name, { grant: grant.id, delivery, checkpoint: checkpoint ?? before, rows })
  }

  #held(): Promise<Latest> {
    this.#latest ??= this.#read()
    return this.#latest
  }

  async #read(): Promise<Latest> {
    const topic = await this.#there()
    const versionOf = this.#cursor ? ({ value }: { value: Buffer | null }) => (value ? this.#messages.versionOf(value) : null) : undefined
    return latestOf(this.#cluster, topic, spanOf(await this.#cluster.bounds(topic)), versionOf)
  }

  #forgetHeld(): void {
    this.#latest?.then((latest) => latest.end()).catch(() => undefined)
    this.#latest = undefined
    this.#placed = true
  }

  async #there(): Promise<Topic> {
    const topic = await this.#found()
    if (topic) return topic
    throw refusal('target_missing', `there is no topic ${this.request.name.table} in the target`)
  }

  async #found(): Promise<Topic | undefined> {
    this.#topic ??= await this.#cluster.topic(this.request.name.table)
    return this.#topic
  }

  async #made(): Promise<Topic> {
    const { partitions = -1 } = this.#cluster.address
    this.#topic = (await this.#found()) ?? (await this.#cluster.makeTopic(this.goal, { partitions, largest: LARGEST_MESSAGE }))
    return this.#topic
  }
}
