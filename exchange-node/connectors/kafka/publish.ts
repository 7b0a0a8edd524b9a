/** What of some rows is not in a topic yet, written to it: a row that is there already as it is makes no message, so that whatever is done twice is done once. */

import { type MessageToProduce, murmur2 } from '@platformatic/kafka'
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import { isOlder } from '../passing.ts'
import type { Topic } from './cluster.ts'
import { digestOf, type Latest } from './latest.ts'
import type { RowMessage } from './messages.ts'

export type Send = (messages: MessageToProduce[]) => Promise<unknown>
/** What a message needs besides its key and value. */
const ENVELOPE_BYTES = 256
const BATCH_BYTES = 512 << 10
const POSITIVE = 0x7fffffff

/** Refuses two rows with one key, and rows that are longer than the topic takes: before the first message is written. */
export class Check {
  readonly #topic: Topic
  readonly #latest: Latest

  /** @param latest from here on tells the rows that came from those that did not */
  constructor(topic: Topic, latest: Latest) {
    this.#topic = topic
    this.#latest = latest
    latest.meetAnew()
  }

  row({ key, value }: RowMessage): void {
    const { name, largest } = this.#topic
    if (key.length + value.length + ENVELOPE_BYTES > largest)
      throw refusal(
        'target_value',
        `target: the row with the key ${shown(key)} is a message of ${value.length} bytes, and ${name} takes ${largest}: raise its max.message.bytes`,
      )
    if (!this.#latest.meet(key)) throw refusal('duplicate_keys', `the source sent two rows with the key ${shown(key)}: mend them there, then deliver again`)
  }
}

export class Publisher {
  readonly #topic: Topic
  readonly #latest: Latest
  readonly #send: Send
  readonly #waiting: MessageToProduce[] = []
  #bytes = 0

  constructor(topic: Topic, latest: Latest, send: Send) {
    this.#topic = topic
    this.#latest = latest
    this.#send = send
  }

  /** @param cursor of the row, where one that is older by it leaves the topic's row as it is */
  async put({ key, value, version }: RowMessage, cursor?: GrantField): Promise<void> {
    const known = this.#latest.find(key)
    if (known?.digest === digestOf(value)) return
    if (cursor && known?.version != null && version !== null && isOlder(cursor, version, known.version)) return
    const partition = known && known.partition >= 0 ? known.partition : (murmur2(key) & POSITIVE) % this.#topic.partitions.length
    await this.#add({ topic: this.#topic.name, partition, key, value })
    this.#latest.put(key, partition, value, version)
  }

  /** A message without a value takes the row of its key away. */
  async take(key: Buffer, partition: number): Promise<void> {
    await this.#add({ topic: this.#topic.name, partition, key })
  }

  async flush(): Promise<void> {
    const messages = this.#waiting.splice(0)
    this.#bytes = 0
    if (messages.length > 0) await this.#send(messages)
  }

  async #add(message: MessageToProduce): Promise<void> {
    this.#waiting.push(message)
    this.#bytes += message.key!.length + (message.value?.length ?? 0) + ENVELOPE_BYTES
    if (this.#bytes >= BATCH_BYTES) await this.flush()
  }
}

function shown(key: Buffer): string {
  return key.toString().slice(0, 80)
}
