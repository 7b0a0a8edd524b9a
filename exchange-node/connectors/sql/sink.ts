/** One range of rows on its way into a target, a transaction with its ledger line. */
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import type { Landing, Sink, TargetRequest } from '../connector.ts'
import type { Inserter, SqlSession } from './dialect.ts'
import { HeldRows } from './held.ts'
import type { Ledger } from './ledger.ts'
import { merge, stagingOf } from './merge.ts'
import { createTable, deleteKeys, dropTable, insertColumns } from './table.ts'

export type Goal = Pick<TargetRequest, 'delivery' | 'grant' | 'name'> & { load: TargetName; ledger: Ledger }

/** How the rows of a range become part of the target. */
type Way = {
  into: TargetName
  /** ahead of the transaction, which a change of tables would end */
  before?: () => Promise<void>
  /** inside it, ahead of the rows */
  first?: () => Promise<void>
  after: (counts: RangeCounts) => Promise<void>
  /** behind the commit */
  last?: () => Promise<void>
}

export class SqlSink implements Sink {
  readonly #session: SqlSession
  readonly #way: Way
  readonly #inserter: Inserter
  readonly #held: HeldRows
  readonly #free: () => void
  #bytes = 0
  #count = 0

  private constructor(session: SqlSession, way: Way, inserter: Inserter, held: HeldRows, free: () => void) {
    this.#session = session
    this.#way = way
    this.#inserter = inserter
    this.#held = held
    this.#free = free
  }

  /** @param free the connection may serve the next range */
  static async begin(session: SqlSession, landing: Landing, goal: Goal, free: () => void): Promise<SqlSink> {
    try {
      const { fields } = goal.grant
      const way = wayOf(session, landing, goal)
      await way.before?.()
      await session.begin()
      await way.first?.()
      const inserter = await session.dialect.inserter(session, way.into, insertColumns(session.dialect, fields))
      return new SqlSink(session, way, inserter, new HeldRows(fields, session.dialect), free)
    } catch (error) {
      session.destroy()
      throw error
    }
  }

  async write(payload: Buffer, rows: number): Promise<void> {
    this.#bytes += payload.length
    this.#count += rows
    await this.#inserter.write(this.#held.of(payload))
  }

  async commit(counts: RangeCounts): Promise<void> {
    const landed = await this.#inserter.end()
    const { n, sent, bytes } = counts
    if (landed !== sent || this.#count !== sent || this.#bytes !== bytes) {
      throw refusal(
        'counts_differ',
        `range ${n}: the sender tells of ${sent} rows in ${bytes} bytes, ${this.#count} in ${this.#bytes} came, ${landed} were loaded`,
      )
    }
    await this.#way.after(counts)
    await this.#session.commit()
    await this.#way.last?.().catch(() => undefined) // what is left lies there until the next increment
    this.#free()
  }

  /** The end of the connection rolls everything back. */
  async abort(): Promise<void> {
    this.#session.destroy()
  }
}

function wayOf(session: SqlSession, landing: Landing, { delivery, grant, name, load, ledger }: Goal): Way {
  const record = (counts: RangeCounts) => ledger.recordRange(session, delivery, counts)
  switch (landing.kind) {
    case 'load':
      return { into: load, after: record }
    case 'mend': {
      const into = landing.place === 'load' ? load : name
      const first = () => deleteKeys(session, into, grant.fields, landing.remove)
      return { into, first, after: async (counts) => (landing.place === 'load' ? record(counts) : undefined) }
    }
    case 'increment':
      return incrementWay(session, landing, { delivery, grant, name, load, ledger })
  }
}

function incrementWay(session: SqlSession, { checkpoint }: Extract<Landing, { kind: 'increment' }>, { delivery, grant, name, ledger }: Goal): Way {
  const staging = stagingOf(name, delivery)
  return {
    into: staging,
    before: async () => {
      await dropTable(session, staging)
      const [like] = await session.dialect.readTables(session, name)
      await createTable(session, staging, grant.fields, true, like)
    },
    after: async (counts) => {
      await merge(session, name, staging, { fields: grant.fields, cursor: grant.cursor ?? '', sent: counts.sent })
      await ledger.recordRange(session, delivery, counts)
      await ledger.recordTarget(session, name, grant.id, delivery, checkpoint)
    },
    last: () => dropTable(session, staging),
  }
}
