/** MariaDB and MySQL as a source: read at one moment, by ranges of the key, under a user made for the grant where the login may make one. */
import type { DeliveryMode, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import type { Range } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import { checkClock, checkCursor, checkGranted } from '../../source/preflight.ts'
import type { SourceTable } from '../../source/schema.ts'
import type { Look, Part, Source, SourceConnector, SourceOptions, SourceReader, SourceSnapshot } from '../connector.ts'
import type { HoldBack } from '../unfit.ts'
import { isFollowable } from './binlog/checks.ts'
import { selectFrames } from './frames.ts'
import { prepareUser } from './grant-user.ts'
import { planByKey } from './plan.ts'
import { dialectOf, type MariaTable, OLDEST, readTables } from './schema.ts'
import { countRows, cursorText, type Granted, highWater, selectRows } from './select.ts'
import { databaseOf, type Login, type MariaAddress, type Session, withSession } from './session.ts'
import { MariaMoment } from './snapshot.ts'
import { SCALES } from './types.ts'

/** A smaller table is read sooner than another connection is made. */
const BYTES_A_READER = 1 << 20

export function lookAtMaria(address: MariaAddress): Promise<Look> {
  return withSession(address, 'source', async (session) => ({
    product: session.product.shown,
    database: databaseOf(address),
    captures: await isFollowable(session),
  }))
}

export class MariaSource implements SourceConnector {
  readonly #address: MariaAddress

  constructor(address: MariaAddress) {
    this.#address = address
  }

  look(): Promise<Look> {
    return lookAtMaria(this.#address)
  }

  tables(): Promise<SourceTable[]> {
    return withSession(this.#address, 'source', (session) => readTables(session))
  }

  async prepare(grant: Grant, mode: DeliveryMode, options: SourceOptions): Promise<Source> {
    if (mode === 'incremental') checkCursor(grant)
    return withSession(this.#address, 'source', async (session) => {
      const { granted, login } = await prepareGranted(session, this.#address, grant, options)
      return { table: granted.table, snapshot: () => MariaSnapshot.take(this.#address, login, granted, mode, options) }
    })
  }
}

/** The granted table as it is, and the login of the database user made for the grant. */
export async function prepareGranted(
  session: Session,
  address: MariaAddress,
  grant: Grant,
  { overlapSeconds }: Pick<SourceOptions, 'overlapSeconds'>,
): Promise<{ granted: Granted; login: Login | undefined }> {
  const table = await checkedTable(session, grant)
  const scales = table.own.filter(({ column }) => column === SCALES).map(({ column }) => column)
  const login = await prepareUser(session, address, grant, [...grant.fields.map(({ column }) => column), ...table.keyColumns, ...scales])
  return { granted: { grant, table, dialect: dialectOf(session.product), overlapSeconds }, login }
}

/** The table as it is. Refuses every way in which it is not what was granted. */
async function checkedTable(session: Session, grant: Grant): Promise<MariaTable> {
  const { mariadb, version, shown } = session.product
  if (version < (mariadb ? OLDEST.mariadb : OLDEST.mysql))
    throw refusal('database_too_old', `the source is ${shown}; this node needs MariaDB 10.6 or MySQL 8.0.17, or later`)
  const { now } = await session.one<{ now: string | number }>(`select cast(unix_timestamp(current_timestamp(3)) * 1000 as signed) as now`)
  checkClock(Number(now))
  const [table] = await readTables(session, grant.source)
  if (!table)
    throw refusal('source_missing', `there is no table ${grant.source.schema}.${grant.source.table} in the source: bind the resource to where it is now`)
  checkGranted(table, grant)
  return table
}

export class MariaSnapshot implements SourceSnapshot {
  readonly #moment: MariaMoment
  readonly #granted: Granted
  readonly #options: SourceOptions

  private constructor(moment: MariaMoment, granted: Granted, options: SourceOptions) {
    this.#moment = moment
    this.#granted = granted
    this.#options = options
  }

  static async take(address: MariaAddress, login: Login | undefined, granted: Granted, mode: DeliveryMode, options: SourceOptions): Promise<MariaSnapshot> {
    const useful = Math.max(Math.ceil(granted.table.bytes / BYTES_A_READER), 1)
    const connections = mode === 'snapshot' ? Math.min(granted.grant.limits.connections, useful) : 1
    const moment = await MariaMoment.take({ address, login, timeoutMs: options.statementTimeoutMs, connections })
    return new MariaSnapshot(moment, granted, options)
  }

  get facts() {
    return this.#moment.facts
  }

  plan(): Promise<Range[]> {
    return this.#with((session) => planByKey(session, this.#granted.table, this.#options.pagesPerRange))
  }

  async highWater(field: GrantField): Promise<string | null> {
    const { high } = await this.#with((session) => session.one<{ high: string | null }>(highWater(this.#granted, field)))
    return high === null ? null : cursorText(field.type, high)
  }

  async reader(): Promise<SourceReader> {
    return new MariaReader(this.#moment, await this.#moment.acquire(), this.#granted)
  }

  end(): Promise<void> {
    return this.#moment.end()
  }

  async #with<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#moment.acquire()
    return work(session).finally(() => this.#moment.release(session))
  }
}

class MariaReader implements SourceReader {
  readonly #moment: MariaMoment
  readonly #session: Session
  readonly #granted: Granted

  constructor(moment: MariaMoment, session: Session, granted: Granted) {
    this.#moment = moment
    this.#session = session
    this.#granted = granted
  }

  async *rows(part: Part, holdBack?: HoldBack): AsyncGenerator<RowFrame, number> {
    const { grant } = this.#granted
    const counted = grant.filter ? await this.#session.one<{ rows: number | string }>(countRows(this.#granted, part)) : undefined
    const { sql, guarded } = selectRows(this.#granted, part)
    const passed = yield* selectFrames(this.#session, sql, { fields: grant.fields, guarded, holdBack }, () => this.#moment.lose(this.#session))
    return counted ? Number(counted.rows) : passed
  }

  async end(): Promise<void> {
    this.#moment.release(this.#session)
  }
}
