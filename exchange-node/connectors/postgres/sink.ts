/** One range of rows on its way into PostgreSQL, a transaction with its ledger line. */
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type pg from 'pg'
import { refusal } from '../../refusal.ts'
import { recordRange, recordTarget, type TargetName } from '../../target/ledger.ts'
import { copyInSql, nameOf, RangeLoad } from '../../target/load.ts'
import { countLanded, createStaging, deleteKeysSql, merge, STAGING } from '../../target/merge.ts'
import type { Landing, Sink, TargetRequest } from '../connector.ts'

/** How the rows of a range become part of the target; all of it is one transaction. */
type Way = {
  copy: string
  /** SQL ahead of the rows */
  before: string
  /** after the rows, before the commit */
  after: (client: pg.Client, counts: RangeCounts) => Promise<void>
}
type Goal = Pick<TargetRequest, 'delivery' | 'grant' | 'name'> & { load: TargetName }

/** A range whose commit is lost in a crash is asked for again; the last transaction of the delivery waits for the disk for all of them. */
const COMMIT_LAZILY = 'set local synchronous_commit = off;'

export function wayOf(landing: Landing, goal: Goal): Way {
  switch (landing.kind) {
    case 'load':
      return {
        copy: copyInSql(nameOf(goal.load), goal.grant.fields),
        before: COMMIT_LAZILY,
        after: (client, counts) => recordRange(client, goal.delivery, counts),
      }
    case 'increment':
      return increment(landing.checkpoint, goal)
    case 'mend':
      return mending(landing, goal)
  }
}

/** Staged, merged, checked, and the checkpoint moved. */
function increment(checkpoint: string | null, { delivery, grant, name }: Goal): Way {
  const { cursor } = grant
  return {
    copy: copyInSql(STAGING, grant.fields),
    before: COMMIT_LAZILY + createStaging(name),
    after: async (client, counts) => {
      await merge(client, name, grant.fields, cursor)
      const landed = await countLanded(client, name, grant.fields, cursor)
      if (landed !== counts.sent)
        throw refusal('counts_differ', `${counts.sent} rows of the increment were sent, ${landed} are in the target: nothing was changed; deliver again`)
      await recordRange(client, delivery, counts)
      await recordTarget(client, name, grant, delivery, checkpoint)
    },
  }
}

function mending({ place, remove }: Extract<Landing, { kind: 'mend' }>, { delivery, grant, name, load }: Goal): Way {
  const table = place === 'load' ? load : name
  return {
    copy: copyInSql(nameOf(table), grant.fields),
    before: deleteKeysSql(table, grant.fields, remove),
    after: async (client, counts) => {
      if (place === 'load') await recordRange(client, delivery, counts)
    },
  }
}

export class PostgresSink implements Sink {
  readonly #client: pg.Client
  readonly #load: RangeLoad
  readonly #way: Way
  readonly #free: () => void

  private constructor(client: pg.Client, load: RangeLoad, way: Way, free: () => void) {
    this.#client = client
    this.#load = load
    this.#way = way
    this.#free = free
  }

  /** @param free the connection may serve the next range */
  static async begin(client: pg.Client, way: Way, free: () => void): Promise<PostgresSink> {
    try {
      return new PostgresSink(client, await RangeLoad.begin(client, way.copy, way.before), way, free)
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }

  write(payload: Buffer, rows: number): Promise<void> {
    return this.#load.write(payload, rows)
  }

  async commit(counts: RangeCounts): Promise<void> {
    await this.#load.end(counts)
    await this.#way.after(this.#client, counts)
    await this.#client.query('commit')
    this.#free()
  }

  /** The end of the connection rolls everything back. */
  async abort(): Promise<void> {
    await this.#client.end().catch(() => undefined)
  }
}
