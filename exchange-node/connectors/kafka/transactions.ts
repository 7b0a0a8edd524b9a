/** Messages that appear together or not at all, to whoever reads committed messages only. */
import type { Producer } from '@platformatic/kafka'
import { type Cluster, FRESH, OWN } from './cluster.ts'
import { explained, isKafkaError } from './errors.ts'
import type { Send } from './publish.ts'

type Transaction = Awaited<ReturnType<Producer['beginTransaction']>>

export class Transactions {
  readonly #cluster: Cluster
  readonly #producer: Producer
  #next: Transaction | undefined

  private constructor(cluster: Cluster, producer: Producer, next: Transaction) {
    this.#cluster = cluster
    this.#producer = producer
    this.#next = next
  }

  /** What a node that was killed has left open under this name ends, and what another node goes on writing is refused from here on. */
  static async open(cluster: Cluster, name: string): Promise<Transactions> {
    const producer = cluster.producer(`${OWN}${name}`)
    for (const late = performance.now() + 1000 * cluster.address.timeoutSeconds; ; ) {
      try {
        return new Transactions(cluster, producer, await producer.beginTransaction(FRESH))
      } catch (error) {
        // what was left open is being ended
        if (!isKafkaError(error, 'CONCURRENT_TRANSACTIONS') || performance.now() > late) throw explained(error, cluster.side)
      }
    }
  }

  /** When this resolves, readers of committed messages see them. */
  async run(work: (send: Send) => Promise<void>): Promise<void> {
    const transaction = this.#next ?? (await this.#cluster.told(() => this.#producer.beginTransaction(FRESH)))
    this.#next = undefined
    try {
      const written = new Set<string>()
      await work((messages) => {
        for (const { topic } of messages) written.add(topic)
        return this.#cluster.told(() => transaction.send({ messages }))
      })
      await this.#cluster.told(() => transaction.commit())
      for (const topic of written) await this.#cluster.settled(topic)
    } catch (error) {
      await transaction.abort().catch(() => undefined) // it ends by itself, or when somebody begins the next
      throw error
    }
  }
}
