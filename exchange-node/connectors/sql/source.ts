/** A database of the SQL family as a source: read by ranges of the key, under the grant's own user where the database has such, at one moment where it can share one. */
import { randomUUID } from 'node:crypto'
import type { DeliveryMode, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import type { Range } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import { checkClock, checkCursor, checkGranted } from '../../source/preflight.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { SnapshotFacts } from '../../source/snapshot.ts'
import type { Look, Part, Source, SourceConnector, SourceOptions, SourceReader, SourceSnapshot } from '../connector.ts'
import { passing } from '../passing.ts'
import type { Begun, Dialect, Side, SqlSession, SqlStore, SqlTable } from './dialect.ts'
import { MARKS } from './marks.ts'
import { planByKey } from './plan.ts'
import { framesOf } from './rows.ts'
import { columnOf, countRows, type Granted, highWater, selectRows } from './select.ts'
import { canonicalText } from './statement.ts'

/** A smaller table is read sooner than another connection is made. */
const BYTES_A_READER = 1 << 20
/** Values of keys in one statement; SQL Server takes 2100. */
const KEY_VALUES = 1000
/** Cursors that every database puts into the order of `evaluate`. */
const ORDERED: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric', 'date', 'timestamp', 'timestamptz'])

/** Runs `work` with a connection of its own and ends it whatever happens. */
export async function withSession<T>(store: SqlStore, side: Side, work: (session: SqlSession) => Promise<T>): Promise<T> {
  const session = await store.open(side)
  try {
    return await work(session)
  } finally {
    await session.end()
  }
}

export function lookAt(store: SqlStore, side: Side): Promise<Look> {
  return withSession(store, side, async ({ product, database }) => ({ product, database }))
}

export class SqlSource implements SourceConnector {
  readonly #store: SqlStore

  constructor(store: SqlStore) {
    this.#store = store
  }

  look(): Promise<Look> {
    return lookAt(this.#store, 'source')
  }

  tables(): Promise<SourceTable[]> {
    return withSession(this.#store, 'source', (session) => session.dialect.readTables(session))
  }

  async prepare(grant: Grant, mode: DeliveryMode, options: SourceOptions): Promise<Source> {
    return withSession(this.#store, 'source', async (session) => {
      const table = await checkedTable(session, grant)
      if (mode === 'incremental') checkOrder(table, grant)
      const user = await session.dialect.prepareUser?.(session, grant.id, grant.version, grant.source, columnsOf(table, grant, session.dialect))
      const granted = { grant, table, dialect: session.dialect, overlapSeconds: options.overlapSeconds, asOf: '' }
      return { table, snapshot: () => SqlSnapshot.take(this.#store, user, granted, mode, options) }
    })
  }

  forgetGrant(grant: string): Promise<void> {
    return withSession(this.#store, 'source', async (session) => session.dialect.dropUsers?.(session, grant))
  }
}

/** What a grant's user must be able to read: the granted columns, those of the key, the marks. */
function columnsOf({ keyColumns, marked }: SqlTable, { fields }: Grant, dialect: Dialect): string[] {
  return [...new Set([...fields.map(({ column }) => column), ...keyColumns, ...(marked ? [dialect.columnOf(MARKS)] : [])])]
}

/** The table as it is. Refuses every way in which it is not what was granted. */
async function checkedTable(session: SqlSession, grant: Grant): Promise<SqlTable> {
  checkClock(await session.dialect.checkVersion(session))
  const [table] = await session.dialect.readTables(session, grant.source)
  if (!table)
    throw refusal('source_missing', `there is no table ${grant.source.schema}.${grant.source.table} in the source: bind the resource to where it is now`)
  checkGranted(table, grant)
  return table
}

function checkOrder(table: SqlTable, grant: Grant): void {
  const cursor = checkCursor(grant)
  const own = columnOf(table, grant.fields.find(({ name }) => name === cursor)!.column)
  if (!ORDERED.has(own.type))
    throw refusal('cursor_missing', `the cursor ${cursor} is ${own.dbType}, which this database orders in its own way: choose a number or a moment`)
}

class SqlSnapshot implements SourceSnapshot {
  readonly facts: SnapshotFacts
  readonly #granted: Granted
  readonly #options: SourceOptions
  readonly #moments: Begun['moments']
  readonly #free: SqlSession[]
  readonly #all: Set<SqlSession>
  readonly #waiting: PromiseWithResolvers<SqlSession>[] = []
  readonly #numbers: ReadonlyMap<SqlSession, number>
  #parts = 0

  private constructor(sessions: readonly SqlSession[], granted: Granted, options: SourceOptions, facts: SnapshotFacts, moments: Begun['moments']) {
    this.#free = [...sessions]
    this.#all = new Set(sessions)
    this.#granted = granted
    this.#options = options
    this.facts = facts
    this.#moments = moments
    this.#numbers = new Map(sessions.map((session, n) => [session, n]))
  }

  static async take(store: SqlStore, user: string | undefined, granted: Granted, mode: DeliveryMode, options: SourceOptions): Promise<SqlSnapshot> {
    const useful = Math.max(Math.ceil(granted.table.bytes / BYTES_A_READER), 1)
    const connections = mode === 'snapshot' ? Math.min(granted.grant.limits.connections, useful) : 1
    const opened = await Promise.allSettled(Array.from({ length: connections }, () => store.open('source', options.statementTimeoutMs)))
    const sessions = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    try {
      const failed = opened.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
      if (user !== undefined) for (const session of sessions) await store.enter?.(session, user)
      const { system, position, asOf, moments } = await granted.dialect.beginReading(sessions, granted.grant.source)
      const facts = { name: `${system}@${position}/${randomUUID()}`, system, position }
      return new SqlSnapshot(sessions, { ...granted, asOf }, options, facts, moments)
    } catch (error) {
      for (const session of sessions) session.destroy()
      throw error
    }
  }

  plan(): Promise<Range[]> {
    return this.#with((session) => planByKey(session, this.#granted, this.#options.pagesPerRange))
  }

  async highWater(field: GrantField): Promise<string | null> {
    const [row] = await this.#with((session) => session.query(highWater(this.#granted, field)))
    const high = row?.[0] ?? null
    return high === null ? null : canonicalText(field.type, high)
  }

  async reader(): Promise<SourceReader> {
    const session = await this.#acquire()
    const reader = { rows: (part: Part) => this.#frames(session, part), end: async () => this.#release(session) }
    if (this.#moments === 'shared') return reader
    const { name } = this.facts
    if (this.#moments === 'each') return { ...reader, moment: `${name}/${this.#numbers.get(session)}` }
    const moment = () => `${name}/${this.#parts}` // of the part that was read last
    return {
      ...reader,
      rows: (part) => {
        this.#parts++
        return reader.rows(part)
      },
      get moment() {
        return moment()
      },
    }
  }

  async end(): Promise<void> {
    const sessions = [...this.#all]
    this.#all.clear()
    this.#refuseIfNone()
    await Promise.allSettled(sessions.map((session) => session.end()))
  }

  async *#frames(session: SqlSession, part: Part): AsyncGenerator<RowFrame, number> {
    const pieces = part.by === 'keys' ? inPieces(part, this.#granted) : [part]
    let read = 0
    let whole = false
    try {
      for (const piece of pieces) {
        const selection = selectRows(this.#granted, piece)
        const count = countRows(this.#granted, piece)
        const [counted] = count ? await session.query(count.sql, count.values) : []
        const { grant, table, overlapSeconds } = this.#granted
        const batches = session.batches(selection.sql, selection.values)
        const wanted = yield* framesOf(batches, { ...selection, fields: grant.fields, table }, passing(piece, grant, overlapSeconds))
        read += Math.max(wanted, Number(counted?.[0] ?? 0))
      }
      whole = true
      return read
    } finally {
      if (!whole) this.#lose(session)
    }
  }

  async #with<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await this.#acquire()
    return work(session).finally(() => this.#release(session))
  }

  #acquire(): Promise<SqlSession> {
    const free = this.#free.pop()
    if (free) return Promise.resolve(free)
    const waiting = Promise.withResolvers<SqlSession>()
    this.#waiting.push(waiting)
    this.#refuseIfNone()
    return waiting.promise
  }

  #release(session: SqlSession): void {
    if (!this.#all.has(session)) return
    const next = this.#waiting.shift()
    if (next) next.resolve(session)
    else this.#free.push(session)
  }

  /** A reader that was left in the middle. */
  #lose(session: SqlSession): void {
    if (!this.#all.delete(session)) return
    session.destroy()
    this.#refuseIfNone()
  }

  #refuseIfNone(): void {
    if (this.#all.size > 0) return
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('connection ended: no reader of this moment is left'))
  }
}

function inPieces({ keys }: Extract<Part, { by: 'keys' }>, { grant }: Granted): Part[] {
  const each = Math.max(Math.floor(KEY_VALUES / grant.fields.filter(({ key }) => key).length), 1)
  return Array.from({ length: Math.ceil(keys.length / each) }, (_, n) => ({ by: 'keys', keys: keys.slice(n * each, (n + 1) * each) }))
}
