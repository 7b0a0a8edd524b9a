/** Ranges of rows from the session into the target: several at once, each a transaction of its own with its ledger line. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { Incoming } from '@zhenghe/wire/session.ts'
import type pg from 'pg'
import type { Conversation, Of, RowsArrived } from './conversation.ts'
import { refusal } from './refusal.ts'
import { type Plan, recordRange, recordTarget, type TargetName } from './target/ledger.ts'
import { copyInSql, nameOf, RangeLoad } from './target/load.ts'
import { countLanded, createStaging, merge, STAGING } from './target/merge.ts'

export type ReceiveProgress = {
  phase: 'preparing' | 'moving' | 'reconciling' | 'indexing' | 'finished'
  ranges: number
  rangesDone: number
  totalRows: number
  received: number
  bytes: number
}
export type TargetAccess = { talk: Conversation; open: () => Promise<pg.Client>; progress: ReceiveProgress }

/** How the rows of a range become part of the target; all of it is one transaction. */
export type Landing = {
  copy: string
  /** SQL ahead of the rows */
  before?: string
  /** after the rows, before the commit */
  after: (client: pg.Client, counts: RangeCounts) => Promise<void>
}

/** A range whose commit is lost in a crash is asked for again; the last transaction of the delivery waits for the disk for all of them. */
const COMMIT_LAZILY = 'set local synchronous_commit = off;'

export function intoLoad(load: TargetName, grant: Grant, delivery: string): Landing {
  return { copy: copyInSql(nameOf(load), grant.fields), before: COMMIT_LAZILY, after: (client, counts) => recordRange(client, delivery, counts) }
}

/** Staged, merged, checked, and the checkpoint moved. */
export function increments(target: TargetName, grant: Grant, delivery: string, plan: Plan): Landing {
  const cursor = grant.cursor ?? ''
  return {
    copy: copyInSql(STAGING, grant.fields),
    before: COMMIT_LAZILY + createStaging(target),
    after: async (client, counts) => {
      await merge(client, target, grant.fields, cursor)
      const landed = await countLanded(client, target, grant.fields, cursor)
      if (landed !== counts.sent)
        throw refusal('counts_differ', `${counts.sent} rows of the increment were sent, ${landed} are in the target: nothing was changed; deliver again`)
      await recordRange(client, delivery, counts)
      await recordTarget(client, target, grant, delivery, plan.cursor?.to ?? null)
    },
  }
}

/** Rows in place of others. Inside a load they count as a range of it; in a table that is in use they are not part of any delivery. */
export function mending(table: TargetName, grant: Grant, deletion: string, delivery: string | undefined): Landing {
  return {
    copy: copyInSql(nameOf(table), grant.fields),
    before: deletion,
    after: async (client, counts) => {
      if (delivery) await recordRange(client, delivery, counts)
    },
  }
}

/** Resolves when all of these ranges are committed; throws the first failure, with everything not committed rolled back. */
export async function receiveRanges(access: TargetAccess, landing: Landing, wanted: readonly number[]): Promise<void> {
  const receiver = new RangeReceiver(access, landing, wanted)
  try {
    await receiver.run()
  } finally {
    await receiver.end()
  }
}

class RangeReceiver {
  readonly #access: TargetAccess
  readonly #landing: Landing
  readonly #wanted: Set<number>
  readonly #active = new Map<number, { client: pg.Client; load: RangeLoad }>()
  readonly #clients = new Set<pg.Client>()
  readonly #idle: pg.Client[] = []
  readonly #commits = new Set<Promise<void>>()
  #failure: unknown
  /** ends the wait for what comes next */
  #interrupt: (reason: unknown) => void = () => undefined

  constructor(access: TargetAccess, landing: Landing, wanted: readonly number[]) {
    this.#access = access
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
      this.#access.talk.arrival().then(resolve, reject)
    })
  }

  /** Whatever is not committed by now is rolled back by the end of its connection. */
  async end(): Promise<void> {
    await Promise.allSettled([...this.#clients].map((client) => client.end()))
  }

  async #begin({ n }: Of<'rangeBegin'>): Promise<void> {
    if (!this.#wanted.has(n) || this.#active.has(n)) throw refusal('protocol', `range ${n} was not asked for, or begins twice`)
    this.#access.talk.session.beginRange(n)
    const client = this.#idle.pop() ?? (await this.#open())
    this.#active.set(n, { client, load: await RangeLoad.begin(client, this.#landing.copy, this.#landing.before) })
  }

  async #open(): Promise<pg.Client> {
    const client = await this.#access.open()
    this.#clients.add(client)
    return client
  }

  async #rows({ range, rows, payload }: RowsArrived): Promise<void> {
    const active = this.#active.get(range)
    if (!active) throw refusal('protocol', `rows of range ${range} came, which has not begun`)
    await active.load.write(payload, rows)
    this.#access.progress.received += rows
    this.#access.progress.bytes += payload.length
  }

  #finish(end: Of<'rangeEnd'>): void {
    const { kind: _, ...counts } = end
    const { n } = counts
    const active = this.#active.get(n)
    if (!active) throw refusal('protocol', `range ${n} ends and has not begun`)
    if (counts.digest !== this.#access.talk.session.rangeDigest(n)) throw refusal('digest_differs', `the rows of range ${n} are not those the sender sent`)
    if (counts.read !== counts.filtered + counts.rejected + counts.sent) throw refusal('counts_differ', `the sender's counts of range ${n} do not add up`)
    this.#active.delete(n)
    this.#wanted.delete(n)
    const commit = this.#commit(active.client, active.load, counts)
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
  async #commit(client: pg.Client, load: RangeLoad, counts: RangeCounts): Promise<void> {
    await load.end(counts)
    await this.#landing.after(client, counts)
    await client.query('commit')
    this.#idle.push(client)
    this.#access.progress.rangesDone++
    await this.#access.talk.session.send({ kind: 'rangeDone', n: counts.n })
  }
}
