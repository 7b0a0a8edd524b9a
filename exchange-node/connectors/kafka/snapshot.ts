/** One moment of a granted topic: the messages that were committed when it was taken. */
import { randomUUID } from 'node:crypto'
import type { Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { evaluate } from '@zhenghe/wire/filter.ts'
import type { Range } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import type { SnapshotFacts } from '../../source/snapshot.ts'
import type { Part, SourceOptions, SourceReader, SourceSnapshot } from '../connector.ts'
import { Comparable, type FieldRow, passing } from '../passing.ts'
import { type FieldValue, RowEncoder } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import type { Cluster, Topic } from './cluster.ts'
import { keyOf, Latest } from './latest.ts'
import { type Bounds, positionOf, spanOfRange, spansBetween } from './position.ts'
import { type Message, messagesOf, type Span } from './read.ts'
import { rowOf, spanOf } from './rows.ts'
import { type Description, OFFSET } from './topics.ts'

export type Granted = {
  grant: Grant
  options: SourceOptions
  description: Description | undefined /** the last message of each key, not every message */
  latest: boolean
}

const RANGES = 64n
const MOST_RANGES = 512n
const LEAST_MESSAGES = 4096n
/** Messages of a page of 8 KiB, about. */
const MESSAGES_A_PAGE = 40n

export class KafkaSnapshot implements SourceSnapshot {
  readonly facts: SnapshotFacts
  readonly #cluster: Cluster
  readonly #topic: Topic
  readonly #bounds: Bounds
  readonly #granted: Granted
  readonly #skipped: ReadonlySet<string>
  /** of the whole of a partition, once somebody asks */
  readonly #indexes = new Map<number, Promise<Latest>>()

  private constructor(cluster: Cluster, system: string, topic: Topic, bounds: Bounds, granted: Granted) {
    this.#cluster = cluster
    this.#topic = topic
    this.#bounds = bounds
    this.#granted = granted
    this.#skipped = new Set(granted.description?.skip)
    const position = positionOf(topic, bounds)
    this.facts = { name: `${system}@${position}/${randomUUID()}`, system, position }
  }

  /** @param cluster of its own; it ends with the snapshot */
  static async take(cluster: Cluster, granted: Granted): Promise<KafkaSnapshot> {
    try {
      const { table } = granted.grant.source
      const topic = await cluster.topic(table)
      if (!topic) throw refusal('source_missing', `there is no topic ${table} at the source: bind the resource to where it is now`)
      return new KafkaSnapshot(cluster, await cluster.id(), topic, await cluster.bounds(topic), granted)
    } catch (error) {
      await cluster.end()
      throw error
    }
  }

  /** Stretches of each partition; their ends are those of the moment, so that a load that is taken up again reads the same messages. */
  async plan(): Promise<Range[]> {
    const { pagesPerRange } = this.#granted.options
    const all = spanOf(this.#bounds)
    const total = all.reduce((sum, { from, to }) => sum + to - from, 0n)
    const wished = pagesPerRange === undefined ? larger(total / RANGES + 1n, LEAST_MESSAGES) : BigInt(pagesPerRange) * MESSAGES_A_PAGE
    const step = larger(wished, total / MOST_RANGES + 1n)
    const cuts = all.flatMap(({ partition, from, to }) => {
      const count = Number((to - from + step - 1n) / step)
      const bound = (n: number) => `${partition}:${n === count ? to : from + BigInt(n) * step}`
      return Array.from({ length: count }, (_, n) => ({ from: bound(n), to: bound(n + 1) }))
    })
    return cuts.map((cut, n) => ({ n, ...cut }))
  }

  /** Of offsets, how far each partition reaches. Of another field, all messages are read. */
  async highWater(field: GrantField): Promise<string | null> {
    if (field.column === OFFSET) return positionOf(this.#topic, this.#bounds)
    const comparable = new Comparable({ fields: [field] }, new Set([field.name]))
    const row = rowOf(this.#topic, this.#granted.description?.columns)
    let highest: string | null = null
    for (const span of spanOf(this.#bounds))
      for await (const messages of this.#messages(span))
        for (const message of messages) {
          if (message.value === null) continue
          const value = comparable.of([row(message)[field.column]])[field.name] ?? null
          if (value !== null && (highest === null || evaluate({ op: 'gt', field: field.name, value: highest }, { [field.name]: value }, [field])))
            highest = String(value)
        }
    return highest
  }

  async reader(): Promise<SourceReader> {
    return { rows: (part) => this.#frames(part), end: async () => undefined }
  }

  async end(): Promise<void> {
    for (const index of this.#indexes.values()) index.then((latest) => latest.end()).catch(() => undefined)
    await this.#cluster.end()
  }

  async *#frames(part: Part): AsyncGenerator<RowFrame, number> {
    const { grant, options } = this.#granted
    const { fields } = grant
    const byOffset = part.by === 'cursor' && fields.some(({ name, column }) => name === grant.cursor && column === OFFSET)
    const { wanted, passes } = passing(byOffset ? { by: 'range', range: { from: null, to: null } } : part, grant, options.overlapSeconds)
    const keys = fields.flatMap(({ key }, at) => (key ? [at] : []))
    const frames = new TupleFrames()
    const encoder = new RowEncoder(frames, fields)
    let read = 0
    for await (const { row, message } of this.#rows(byOffset ? spansBetween(this.#topic, this.#bounds, part.from, part.to) : this.#spansOf(part), byOffset)) {
      if (!wanted(row)) continue
      read++
      if (!passes(row)) continue
      if (keys.some((at) => row[at] === null || row[at] === undefined)) throw withoutKey(this.#topic, message)
      encoder.write(row as FieldValue[])
      if (frames.full) yield frames.take()
    }
    if (frames.rows > 0) yield frames.take()
    return read
  }

  #spansOf(part: Part): Span[] {
    if (part.by !== 'range' || (part.range.from === null && part.range.to === null)) return spanOf(this.#bounds)
    const span = spanOfRange(this.#topic, part.range.from, part.range.to)
    const { start, end } = this.#bounds[span.partition]!
    if (span.from < start || span.to > end)
      throw refusal(
        'source_changed',
        `source: messages ${span.partition}:${span.from} to ${span.partition}:${span.to} of ${this.#topic.name} are gone, by its retention or because it was emptied, before they were read: raise its retention, then order a new load`,
      )
    return [span]
  }

  /** @param alone what lies outside of the spans does not count */
  async *#rows(spans: readonly Span[], alone: boolean): AsyncGenerator<{ row: FieldRow; message: Message }> {
    const { grant, description, latest } = this.#granted
    const rowFrom = rowOf(this.#topic, description?.columns)
    const columns = grant.fields.map(({ column }) => column)
    for (const span of spans) {
      const index = latest ? await (alone ? this.#indexOf(span) : this.#indexOfPartition(span.partition)) : undefined
      try {
        for await (const messages of this.#messages(span))
          for (const message of messages) {
            const last = !index || (message.value !== null && index.offsetOf(keyOf(this.#topic, message, 'source')) === message.offset)
            if (!last || message.value === null) continue
            const values = rowFrom(message)
            yield { row: columns.map((column) => values[column]), message }
          }
      } finally {
        if (alone) index?.end()
      }
    }
  }

  async *#messages(span: Span): AsyncGenerator<Message[]> {
    for await (const messages of messagesOf(this.#cluster, this.#topic, span))
      yield this.#skipped.size === 0 ? messages : messages.filter(({ partition, offset }) => !this.#skipped.has(`${partition}:${offset}`))
  }

  #indexOfPartition(partition: number): Promise<Latest> {
    const known = this.#indexes.get(partition)
    if (known) return known
    const { start, end } = this.#bounds[partition]!
    const made = this.#indexOf({ partition, from: start, to: end })
    this.#indexes.set(partition, made)
    return made
  }

  async #indexOf(span: Span): Promise<Latest> {
    const latest = new Latest()
    try {
      for await (const messages of this.#messages(span)) for (const message of messages) latest.note(keyOf(this.#topic, message, 'source'), message)
      return latest
    } catch (error) {
      latest.end()
      throw error
    }
  }
}

function withoutKey({ name }: Topic, { partition, offset }: Message): Error {
  return refusal(
    'source_key',
    `source: message ${partition}:${offset} of ${name} has no key field: ask its writer, or grant the topic by ${OFFSET} and its partition, which every message has`,
  )
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
