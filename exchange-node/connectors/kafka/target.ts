/** Kafka topics as a target: each granted table is a compacted topic, brought to what it should hold by the messages that differ, in one transaction with the ledger. */
import type { Receipt } from '@zhenghe/wire/documents.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { Look, Target, TargetConnector, TargetRequest } from '../connector.ts'
import { holdTable } from '../files/hold.ts'
import { FileLedger } from '../files/ledger.ts'
import type { KafkaAddress } from './address.ts'
import { Cluster } from './cluster.ts'
import { KafkaPlace, LEDGER } from './place.ts'
import { atCluster, KafkaSource, lookAtCluster } from './source.ts'
import { TopicTarget } from './topic-target.ts'
import { Transactions } from './transactions.ts'

export class KafkaTarget implements TargetConnector {
  readonly #address: KafkaAddress

  constructor(address: KafkaAddress) {
    this.#address = address
  }

  look(): Promise<Look> {
    return this.#at(lookAtCluster)
  }

  tables(): Promise<SourceTable[]> {
    return new KafkaSource(this.#address).tables()
  }

  async open(request: TargetRequest): Promise<Target> {
    const cluster = new Cluster(this.#address, 'target')
    const { table } = request.name
    let release: (() => void) | undefined
    try {
      release = await holdTable(`${cluster.name} ${table}`)
      const transactions = await Transactions.open(cluster, table)
      const place = await KafkaPlace.open(cluster, `${LEDGER}${table}`)
      return new TopicTarget(cluster, place, transactions, request, release)
    } catch (error) {
      release?.()
      await cluster.end()
      throw error
    }
  }

  async discard(delivery: string): Promise<void> {
    await this.#eachLedger(async (ledger) => {
      if ((await ledger.begun(delivery)) && !(await ledger.ended(delivery))) await ledger.forget(delivery)
      return undefined
    })
  }

  receiptHeld(delivery: string): Promise<{ receipt: Receipt; checkpoint: string | null } | undefined> {
    return this.#eachLedger(async (ledger) => {
      const ended = await ledger.ended(delivery)
      return ended && { receipt: ended.receipt, checkpoint: ended.checkpoint }
    })
  }

  /** Until one answers. */
  #eachLedger<T>(ask: (ledger: FileLedger) => Promise<T | undefined>): Promise<T | undefined> {
    return this.#at(async (cluster) => {
      for (const name of await cluster.ledgers(LEDGER)) {
        const answer = await ask(new FileLedger(await KafkaPlace.open(cluster, name)))
        if (answer !== undefined) return answer
      }
      return undefined
    })
  }

  #at<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
    return atCluster(new Cluster(this.#address, 'target'), work)
  }
}
