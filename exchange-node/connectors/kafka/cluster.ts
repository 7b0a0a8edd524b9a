/** A Kafka cluster, by one of its clients: what it holds, and connections for those who read and write. Every error is a refusal that says what to do. */
import fs from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Admin, type BaseOptions, Consumer, Producer } from '@platformatic/kafka'
import { refusal } from '../../refusal.ts'
import type { KafkaAddress } from './address.ts'
import { explained, isKafkaError, type Side } from './errors.ts'

const CLIENT = 'zhenghe-exchange'
/** Topics that the exchange keeps for itself begin so. */
export const OWN = 'zhenghe-exchange-'
/** Kafka's own, of offsets and transactions. */
const INTERNAL = '__'
/** Of each question; the driver asks several within one. */
const RETRIES = 2
const FIRST_PAUSE_MS = 250
const CONNECT_MS = 5000
/** After this the cluster gives up a transaction by itself. Its own limit is fifteen minutes unless it was changed. */
const TRANSACTION_MS = 600_000
const TOPIC = 2
const EARLIEST = -2n
const LATEST = -1n
export const COMMITTED = 1
const ANY = 0
const SETTLE_MS = 10
/** What a producer sends that has never had an identity: the cluster then gives it one, and ends what an earlier one of the same name has left open. */
export const FRESH = { producerId: -1n, producerEpoch: -1 }

export type Topic = {
  name: string
  /** the cluster's own name of it: a topic that was removed and made again has another */
  id: string
  partitions: readonly { leader: number }[]
  /** older messages of a key are removed */
  compacted: boolean
  /** messages are removed by age or size */
  forgets: boolean
  /** the longest message it takes, bytes */
  largest: number
}

export class Cluster {
  readonly address: KafkaAddress
  readonly side: Side
  readonly #admin: Admin
  /** closing each */
  readonly #ends: (() => Promise<void>)[] = []

  constructor(address: KafkaAddress, side: Side) {
    this.address = address
    this.side = side
    this.#admin = new Admin(optionsOf(address))
    this.#ends.push(() => this.#admin.close())
  }

  /** The servers of the address, for people. */
  get name(): string {
    return this.address.brokers.join(',')
  }

  /** The cluster's own number. */
  async id(): Promise<string> {
    return (await this.told(() => this.#admin.metadata({ topics: [], forceUpdate: true }))).id
  }

  /** Names of topics, without Kafka's own and the exchange's. */
  async topics(): Promise<string[]> {
    const names = await this.told(() => this.#admin.listTopics())
    return names.filter((name) => !name.startsWith(INTERNAL) && !name.startsWith(OWN)).sort()
  }

  /** The exchange's own topics whose names begin so. */
  async ledgers(begin: string): Promise<string[]> {
    return (await this.told(() => this.#admin.listTopics())).filter((name) => name.startsWith(begin))
  }

  /** What the topic takes of the disks of its leaders. */
  async bytes({ name, partitions }: Topic): Promise<number> {
    const asked = { name, partitions: partitions.map((_, at) => at) }
    const found = await this.told(() => this.#admin.describeLogDirs({ topics: [asked] }))
    const sizes = new Map<number, bigint>()
    for (const { results } of found)
      for (const { topics } of results)
        for (const { partitions: held } of topics) for (const { partitionIndex, partitionSize } of held) sizes.set(partitionIndex, partitionSize)
    return Number([...sizes.values()].reduce((sum, size) => sum + size, 0n))
  }

  async topic(name: string): Promise<Topic | undefined> {
    const names = await this.told(() => this.#admin.listTopics({ includeInternals: true }))
    if (!names.includes(name)) return undefined
    const metadata = await this.told(() => this.#admin.metadata({ topics: [name], forceUpdate: true }))
    const found = metadata.topics.get(name)
    if (!found) return undefined
    const settings = await this.#settings(name)
    const policies = (settings.get('cleanup.policy') ?? 'delete').split(',')
    return {
      name,
      id: found.id,
      partitions: found.partitions,
      compacted: policies.includes('compact'),
      forgets: policies.includes('delete'),
      largest: Number(settings.get('max.message.bytes') ?? Number.MAX_SAFE_INTEGER),
    }
  }

  /** Waits until no transaction is open in a topic: a commit is answered before readers see it. Refuses `database_unreachable` where that takes too long. */
  async settled(name: string): Promise<void> {
    const consumer = this.consumer()
    const ends = async (isolationLevel: number) =>
      (await this.told(() => consumer.listOffsets({ topics: [name], timestamp: LATEST, isolationLevel }))).get(name) ?? []
    for (const late = performance.now() + 1000 * this.address.timeoutSeconds; ; await pause(SETTLE_MS)) {
      const [all, seen] = [await ends(ANY), await ends(COMMITTED)]
      if (all.every((end, partition) => end === seen[partition])) break
      if (performance.now() > late) throw refusal('database_unreachable', `${this.side}: the cluster does not end a transaction in ${name}; it is tried again`)
    }
    await consumer.close(true)
  }

  /** The offset of the first message that is there, and of the one that will come next after all that are committed, of each partition. */
  async bounds({ name }: Pick<Topic, 'name'>): Promise<{ start: bigint; end: bigint }[]> {
    const consumer = this.consumer()
    const asked = (timestamp: bigint) => this.told(() => consumer.listOffsets({ topics: [name], timestamp, isolationLevel: COMMITTED }))
    const [starts, ends] = [(await asked(EARLIEST)).get(name) ?? [], (await asked(LATEST)).get(name) ?? []]
    await consumer.close(true)
    return ends.map((end, partition) => ({ start: starts[partition]!, end }))
  }

  /** Compacted, and wide enough for the longest row. One that is there already stays as it is. */
  async makeTopic(name: string, { partitions, largest }: { partitions: number; largest: number }): Promise<Topic> {
    const settings = { 'cleanup.policy': 'compact', 'max.message.bytes': String(largest) }
    const configs = Object.entries(settings).map(([setting, value]) => ({ name: setting, value }))
    const replicas = this.address.replicas ?? -1
    await this.told(() => this.#admin.createTopics({ topics: [name], partitions, replicas, configs })).catch((error: unknown) => {
      if (!isKafkaError((error as Error).cause ?? error, 'TOPIC_ALREADY_EXISTS')) throw error
    })
    for (const late = performance.now() + 1000 * this.address.timeoutSeconds; performance.now() < late; await pause(SETTLE_MS)) {
      const made = await this.topic(name).catch(unlessUnknown)
      if (made && made.partitions.length > 0 && made.partitions.every(({ leader }) => leader >= 0)) return made
    }
    throw refusal('database_unreachable', `${this.side}: the cluster has made the topic ${name} and does not show it; it is tried again`)
  }

  /** What is not there is no trouble. */
  async dropTopic(name: string): Promise<void> {
    const names = await this.told(() => this.#admin.listTopics({ includeInternals: true }))
    if (names.includes(name)) await this.told(() => this.#admin.deleteTopics({ topics: [name] }))
  }

  /** For one reader: requests of a consumer follow one another. The caller closes it. */
  consumer(): Consumer {
    const consumer = new Consumer({ ...optionsOf(this.address), groupId: CLIENT, isolationLevel: COMMITTED, minBytes: 1 })
    this.#ends.push(() => consumer.close(true))
    return consumer
  }

  /** @param transactional the name under which transactions are; whoever begins one under it next ends what this one has left open */
  producer(transactional?: string): Producer {
    const named = transactional === undefined ? {} : { transactionalId: transactional }
    const producer = new Producer({ ...optionsOf(this.address), ...named, idempotent: true, timeout: TRANSACTION_MS })
    this.#ends.push(() => producer.close(true))
    return producer
  }

  async told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw explained(error, this.side)
    }
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#ends.splice(0).map((end) => end()))
  }

  async #settings(name: string): Promise<Map<string, string | null | undefined>> {
    const resources = [{ resourceType: TOPIC, resourceName: name, configurationKeys: ['cleanup.policy', 'max.message.bytes'] }] as const
    const [found] = await this.told(() =>
      this.#admin.describeConfigs({ resources: [...resources].map((one) => ({ ...one, configurationKeys: [...one.configurationKeys] })) }),
    )
    return new Map(found?.configs.map(({ name: setting, value }) => [setting, value]))
  }
}

/** A server that has not heard of a new topic yet. */
function unlessUnknown(error: unknown): undefined {
  const { cause = error } = error as Error
  if (isKafkaError(cause, 'UNKNOWN_TOPIC_OR_PARTITION') || /unknown topic/i.test((cause as Error).message)) return undefined
  throw error
}

function optionsOf({ brokers, login, tls, timeoutSeconds }: KafkaAddress): BaseOptions {
  return {
    clientId: CLIENT,
    bootstrapBrokers: brokers,
    retries: RETRIES,
    retryDelay: (_client, _operation, attempt) => FIRST_PAUSE_MS * 2 ** attempt,
    connectTimeout: Math.min(CONNECT_MS, 1000 * timeoutSeconds),
    requestTimeout: 1000 * timeoutSeconds,
    autocreateTopics: false,
    ...(login ? { sasl: login } : {}),
    ...(tls ? { tls: tls.ca === undefined ? {} : { ca: certificates(tls.ca) } } : {}),
  }
}

function certificates(file: string): Buffer {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    throw refusal('database_login', `the file of certificates that the address of the store names as «ca» cannot be read: ${(error as Error).message}`, error)
  }
}
