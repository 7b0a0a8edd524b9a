/** Ranges of rows from the session into the target: several at once, each a transaction of its own with its ledger line. */
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { Incoming } from '@zhenghe/wire/session.ts'
import type { Landing, Sink, Target } from './connectors/connector.ts'
import type { Conversation, Of, RowsArrived } from './conversation.ts'
import { refusal } from './refusal.ts'

export type ReceiveProgress = {
  phase: 'preparing' | 'moving' | 'reconciling' | 'indexing' | 'finished'
  ranges: number
  rangesDone: number
  totalRows: number
  received: number
  bytes: number
}
export type Arrival = { talk: Conversation; target: Target; progress: ReceiveProgress }

/** Resolves when all of these ranges are committed; throws the first failure, with everything not committed rolled back. */
export async function receiveRanges(arrival: Arrival, landing: Landing, wanted: readonly number[]): Promise<void> {
  const receiver = new RangeReceiver(arrival, landing, wanted)
  try {
    await receiver.run()
  } finally {
    await receiver.end()
  }
}

class RangeReceiver {
  readonly #arrival: Arrival
  readonly #landing: Landing
  readonly #wanted: Set<number>
  readonly #active = new Map<number, Sink>()
  /** those not committed yet */
  readonly #sinks = new Set<Sink>()
  readonly #commits = new Set<Promise<void>>()
  #failure: unknown
  /** ends the wait for what comes next */
  #interrupt: (reason: unknown) => void = () => undefined

  constructor(arrival: Arrival, landing: Landing, wanted: readonly number[]) {
    this.#arrival = arrival
    this.#landing = landing
    this.#wanted = new Set(wanted)
  }

  async run(): Promise<void> {
    while (this.#wanted.size > 0) {
      const item = await this.#next()
      if (item.kind === 'frame') await this.#rows(item)
      else if (item.message.kind === 'rangeBegin') await this.#begin(item.message)
      else if (item.message.kind === 'rangeEnd') this.#finish(item.message)
      else throw refusal('protocol', `a range was due, ${item.message.kind} came`)
    }
    await Promise.all(this.#commits)
    if (this.#failure) throw this.#failure
  }

  /** What arrives next, or the first failure of a commit. No race of promises: one that never settles would hold every frame that ever came. */
  #next(): Promise<Incoming> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      this.#interrupt = reject
      this.#arrival.talk.arrival().then(resolve, reject)
    })
  }

  /** Whatever is not committed by now is rolled back. */
  async end(): Promise<void> {
    await Promise.allSettled([...this.#sinks].map((sink) => sink.abort()))
    await Promise.allSettled(this.#commits) // what was aborted ends soon, and writes nothing once this has ended
  }

  async #begin({ n }: Of<'rangeBegin'>): Promise<void> {
    if (!this.#wanted.has(n) || this.#active.has(n)) throw refusal('protocol', `range ${n} was not asked for, or begins twice`)
    this.#arrival.talk.session.beginRange(n)
    const sink = await this.#arrival.target.sink(this.#landing)
    this.#sinks.add(sink)
    this.#active.set(n, sink)
  }

  async #rows({ range, rows, payload }: RowsArrived): Promise<void> {
    const sink = this.#active.get(range)
    if (!sink) throw refusal('protocol', `rows of range ${range} came, which has not begun`)
    await sink.write(payload, rows)
    this.#arrival.progress.received += rows
    this.#arrival.progress.bytes += payload.length
  }

  #finish(end: Of<'rangeEnd'>): void {
    const { kind: _, ...counts } = end
    const { n } = counts
    const sink = this.#active.get(n)
    if (!sink) throw refusal('protocol', `range ${n} ends and has not begun`)
    if (counts.digest !== this.#arrival.talk.session.rangeDigest(n)) throw refusal('digest_differs', `the rows of range ${n} are not those the sender sent`)
    if (counts.read !== counts.filtered + counts.rejected + counts.sent) throw refusal('counts_differ', `the sender's counts of range ${n} do not add up`)
    this.#active.delete(n)
    this.#wanted.delete(n)
    const commit = this.#commit(sink, counts)
    this.#commits.add(commit)
    commit.then(
      () => this.#commits.delete(commit),
      (error: unknown) => {
        this.#failure ??= error
        this.#interrupt(error)
      },
    )
  }

  /** Goes on beside the next ranges. */
  async #commit(sink: Sink, counts: RangeCounts): Promise<void> {
    await sink.commit(counts)
    this.#sinks.delete(sink)
    this.#arrival.progress.rangesDone++
    await this.#arrival.talk.session.send({ kind: 'rangeDone', n: counts.n })
  }
}
