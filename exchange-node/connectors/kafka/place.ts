/**
 * The ledger of a table in a cluster, as a place of small files: the compacted topic `zhenghe-exchange-ledger-…`, whose keys are their paths. Rows that wait for their
 * load to be whole lie beside it, in a topic for each delivery; a file of them names the stretch where they are. A file appears with its one message, or not at all.
 */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { MessageToProduce, Producer } from '@platformatic/kafka'
import type { FileInfo, Place } from '../files/place.ts'
import { type Cluster, OWN, type Topic } from './cluster.ts'
import { messagesOf } from './read.ts'

/** The topics of ledgers begin so. */
export const LEDGER = `${OWN}ledger-`
const ROWS = `${OWN}rows-`
/** Files of rows end so while they come; they lie in the topic of their delivery. */
const WAITING = '.part'
const CHUNK_BYTES = 512 << 10
const LONGEST_MESSAGE = 16 << 20
const INLINE = 0
const ELSEWHERE = 1

/** `id` marks the messages of one writing, which may have been broken off before. */
type Chunks = { topic: string; id: string; from: string; to: string; bytes: number }
type File = { content: Buffer } | { chunks: Chunks }
type Send = (messages: MessageToProduce[]) => Promise<unknown>

export class KafkaPlace implements Place {
  readonly product = 'Kafka'
  readonly name: string
  readonly #cluster: Cluster
  readonly #ledger: string
  readonly #producer: Producer
  readonly #files = new Map<string, File>()
  readonly #topics = new Map<string, Promise<Topic>>()
  #send: Send

  private constructor(cluster: Cluster, ledger: string) {
    this.#cluster = cluster
    this.#ledger = ledger
    this.name = cluster.name
    this.#producer = cluster.producer()
    this.#send = (messages) => this.#produce(messages)
  }

  /** Reads the ledger, a topic, which is made when something is written to it. The place ends with its cluster. */
  static async open(cluster: Cluster, ledger: string): Promise<KafkaPlace> {
    const place = new KafkaPlace(cluster, ledger)
    await place.readAgain()
    return place
  }

  /** What is written from here on is part of a transaction, together with the rows it speaks of, until it is called without one. */
  within(send: Send | undefined): void {
    this.#send = send ?? ((messages) => this.#produce(messages))
  }

  /** After a transaction that was given up. */
  async readAgain(): Promise<void> {
    this.#files.clear()
    const topic = await this.#cluster.topic(this.#ledger)
    if (topic) await this.#read(topic)
  }

  /** The topic of rows that wait goes, once nobody needs them. */
  async dropWaiting(delivery: string): Promise<void> {
    await this.#cluster.dropTopic(`${ROWS}${delivery}`)
  }

  async list(folder: string): Promise<FileInfo[]> {
    const below = folder === '' ? '' : `${folder}/`
    const files = await Promise.all([...this.#files.keys()].filter((file) => file.startsWith(below)).map((file) => this.stat(file)))
    return files.filter((info) => info !== undefined)
  }

  async stat(file: string): Promise<FileInfo | undefined> {
    const found = this.#files.get(file)
    if (!found) return undefined
    return { path: file, bytes: 'content' in found ? found.content.length : found.chunks.bytes, modified: '', version: '' }
  }

  async read(file: string): Promise<Readable> {
    const found = this.#files.get(file)
    if (!found) throw new Error(`there is no ${file} in the ledger`)
    // a copy: who reads rows may change them in their place
    return Readable.from('content' in found ? [Buffer.from(found.content)] : this.#chunks(found.chunks), { objectMode: false })
  }

  async content(file: string): Promise<Buffer | undefined> {
    const found = this.#files.get(file)
    if (!found || 'content' in found) return found && Buffer.from(found.content)
    const parts: Buffer[] = []
    for await (const part of this.#chunks(found.chunks)) parts.push(part)
    return Buffer.concat(parts)
  }

  async write(file: string, content: Readable): Promise<void> {
    const parts: Buffer[] = []
    let bytes = 0
    let chunks: Chunks | undefined
    for await (const part of content as AsyncIterable<Buffer>) {
      parts.push(part)
      bytes += part.length
      if (bytes < CHUNK_BYTES || !file.endsWith(WAITING)) continue
      chunks = await this.#append(file, chunks, Buffer.concat(parts.splice(0)))
      bytes = 0
    }
    if (chunks && bytes > 0) chunks = await this.#append(file, chunks, Buffer.concat(parts))
    await this.#put(file, chunks ? { chunks } : { content: Buffer.concat(parts) })
  }

  async move(from: string, to: string): Promise<void> {
    const found = this.#files.get(from)
    if (!found) throw new Error(`there is no ${from} in the ledger`)
    await this.#record([this.#lineOf(to, found), this.#lineOf(from, undefined)])
    this.#files.set(to, found)
    this.#files.delete(from)
  }

  async remove(file: string): Promise<void> {
    const gone = [...this.#files.keys()].filter((one) => one === file || one.startsWith(`${file}/`))
    const delivery = deliveryOf(`${file}/`)
    if (delivery !== undefined && file.endsWith(delivery)) await this.dropWaiting(delivery)
    if (gone.length === 0) return
    await this.#record(gone.map((one) => this.#lineOf(one, undefined)))
    for (const one of gone) this.#files.delete(one)
  }

  /** Its cluster ends it. */
  async end(): Promise<void> {}

  async #read(topic: Topic): Promise<void> {
    const [{ start, end } = { start: 0n, end: 0n }] = await this.#cluster.bounds(topic)
    for await (const messages of messagesOf(this.#cluster, topic, { partition: 0, from: start, to: end }))
      for (const { key, value } of messages) {
        const file = key!.toString()
        if (value === null) this.#files.delete(file)
        else this.#files.set(file, fileOf(value))
      }
  }

  async #put(file: string, written: File): Promise<void> {
    await this.#record([this.#lineOf(file, written)])
    this.#files.set(file, written)
  }

  async #record(messages: MessageToProduce[]): Promise<void> {
    await this.#topic(this.#ledger)
    await this.#cluster.told(() => this.#send(messages))
  }

  async #append(file: string, before: Chunks | undefined, content: Buffer): Promise<Chunks> {
    const topic = before?.topic ?? `${ROWS}${deliveryOf(file)}`
    const id = before?.id ?? randomUUID()
    await this.#topic(topic)
    let chunks = before
    for (let at = 0; at < content.length; at += CHUNK_BYTES) {
      const value = content.subarray(at, at + CHUNK_BYTES)
      const { offsets } = await this.#cluster.told(() =>
        this.#produce([{ topic, partition: 0, key: Buffer.from(`${id}/${(chunks?.bytes ?? 0) + value.length}`), value }]),
      )
      const offset = offsets![0]!.offset
      chunks = { topic, id, from: chunks?.from ?? String(offset), to: String(offset + 1n), bytes: (chunks?.bytes ?? 0) + value.length }
    }
    return chunks!
  }

  /** One byte tells whether the content follows, or where it lies. */
  #lineOf(file: string, found: File | undefined): MessageToProduce {
    const line = { topic: this.#ledger, partition: 0, key: Buffer.from(file) }
    if (!found) return line
    const value = 'content' in found ? [Buffer.from([INLINE]), found.content] : [Buffer.from([ELSEWHERE]), Buffer.from(JSON.stringify(found.chunks))]
    return { ...line, value: Buffer.concat(value) }
  }

  #produce(messages: MessageToProduce[]) {
    return this.#producer.send({ messages })
  }

  /** Chunks in their order, each once, whatever else was written between them. */
  async *#chunks({ topic: name, id, from, to, bytes }: Chunks): AsyncGenerator<Buffer> {
    const topic = await this.#topic(name)
    let read = 0
    for await (const messages of messagesOf(this.#cluster, topic, { partition: 0, from: BigInt(from), to: BigInt(to) }))
      for (const { key, value } of messages) {
        if (!value || key?.toString() !== `${id}/${read + value.length}`) continue
        read += value.length
        yield value
      }
    if (read !== bytes) throw new Error(`${read} of ${bytes} bytes that wait in the topic ${name} are there`)
  }

  /** Made where it is not there. */
  #topic(name: string): Promise<Topic> {
    const known = this.#topics.get(name)
    if (known) return known
    const found = this.#found(name)
    this.#topics.set(name, found)
    found.catch(() => this.#topics.delete(name))
    return found
  }

  async #found(name: string): Promise<Topic> {
    return (await this.#cluster.topic(name)) ?? this.#cluster.makeTopic(name, { partitions: 1, largest: LONGEST_MESSAGE })
  }
}

function deliveryOf(file: string): string | undefined {
  return /^\.zhenghe\/([0-9a-f-]{36})\//.exec(file)?.[1]
}

function fileOf(value: Buffer): File {
  const rest = value.subarray(1)
  return value[0] === INLINE ? { content: rest } : { chunks: JSON.parse(rest.toString()) as Chunks }
}
