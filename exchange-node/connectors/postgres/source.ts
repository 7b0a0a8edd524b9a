/** PostgreSQL as a source: read under the role of the grant, at one moment, by pages. */
import type { DeliveryMode, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import type { Range } from '@zhenghe/wire/messages.ts'
import { type Address, one, withClient } from '../../pg/connect.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { identifier, list, typeName } from '../../pg/sql.ts'
import { planPages, planWhole } from '../../source/plan.ts'
import { type CheckedSource, checkCursor, checkedSource } from '../../source/preflight.ts'
import { abilitiesOf } from '../../source/relatives.ts'
import { dropRoles, prepareRole } from '../../source/role.ts'
import { readSchema, type SourceTable } from '../../source/schema.ts'
import { castField, countRows, highWater, selectHashes, selectRows } from '../../source/select.ts'
import { type Reader, Snapshot } from '../../source/snapshot.ts'
import type { Look, Part, Source, SourceConnector, SourceOptions, SourceReader, SourceSnapshot } from '../connector.ts'

/** What stands behind an address: «PostgreSQL 18.4» and the database's name. */
export function lookAtPostgres(address: Address): Promise<Look> {
  return withClient(address, 'beat', (client) =>
    one<Look>(
      client,
      `select 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) as product, current_database() as database,
              current_setting('wal_level') = 'logical' and not pg_is_in_recovery() and current_setting('server_version_num')::int >= 140000
                and (select rolreplication or rolsuper from pg_roles where rolname = current_user) as captures`,
    ),
  )
}

export async function postgresTables(address: Address): Promise<SourceTable[]> {
  return (await withClient(address, 'schema', async (client) => readSchema(client, await abilitiesOf(client)))).tables
}

export class PostgresSource implements SourceConnector {
  readonly #address: Address

  constructor(address: Address) {
    this.#address = address
  }

  look(): Promise<Look> {
    return lookAtPostgres(this.#address)
  }

  tables(): Promise<SourceTable[]> {
    return postgresTables(this.#address)
  }

  async prepare(grant: Grant, mode: DeliveryMode, options: SourceOptions): Promise<Source> {
    if (mode === 'incremental') checkCursor(grant)
    return withClient(this.#address, 'preflight', async (client) => {
      const checked = await checkedSource(client, grant)
      const { table, abilities } = checked
      const role = await prepareRole(client, grant, table.kind === 'table')
      const granted = { ...checked, grant, options }
      return { table, snapshot: async () => new PostgresSnapshot(await Snapshot.take(this.#address, role, options.statementTimeoutMs, abilities), granted) }
    })
  }

  async forgetGrant(grant: string): Promise<void> {
    await withClient(this.#address, 'drop role', (client) => dropRoles(client, grant))
  }
}

type Granted = CheckedSource & { grant: Grant; options: SourceOptions }

type Moment = Pick<Snapshot, 'facts' | 'reader' | 'end'>

/** One moment of a granted table. */
export class PostgresSnapshot implements SourceSnapshot {
  readonly #snapshot: Moment
  readonly #granted: Granted

  constructor(snapshot: Moment, granted: Granted) {
    this.#snapshot = snapshot
    this.#granted = granted
  }

  get facts() {
    return this.#snapshot.facts
  }

  async plan(): Promise<Range[]> {
    const { table, options, paged } = this.#granted
    return table.kind === 'table' && paged ? planPages(table.bytes, options.pagesPerRange) : planWhole()
  }

  async highWater(field: GrantField): Promise<string | null> {
    const reader = await this.#snapshot.reader()
    const { cursor } = await reader.one<{ cursor: string | null }>(highWater(this.#granted.grant, field)).finally(() => reader.end())
    return cursor
  }

  async reader(): Promise<SourceReader> {
    const { hashes } = this.#granted.abilities
    const reader = await this.#snapshot.reader()
    return hashes ? new HashingReader(reader, this.#granted) : new PostgresReader(reader, this.#granted)
  }

  end(): Promise<void> {
    return this.#snapshot.end()
  }
}

class PostgresReader implements SourceReader {
  protected readonly reader: Reader
  protected readonly granted: Granted
  readonly moment?: string

  constructor(reader: Reader, granted: Granted) {
    this.reader = reader
    this.granted = granted
    if (reader.moment !== undefined) this.moment = reader.moment
  }

  async *rows(part: Part): AsyncGenerator<RowFrame, number> {
    const { grant, options } = this.granted
    const counted = grant.filter ? (await this.reader.one<{ read: number }>(countRows(grant, part, options.overlapSeconds))).read : undefined
    const passed = yield* this.reader.frames(selectRows(grant, part, options.overlapSeconds))
    return counted ?? passed
  }

  end(): Promise<void> {
    return this.reader.end()
  }
}

/** Of a database that has PostgreSQL's own hash of a row. */
class HashingReader extends PostgresReader {
  recordHashes(columns: readonly string[], buckets: readonly number[] | undefined): AsyncGenerator<RowFrame, number> {
    const { fields } = this.granted.grant
    const rules = fields.filter((field) => field.rules.length > 0).map(castField)
    const keys = fields.filter(({ key }) => key).map(({ column, type }) => `${identifier(column)}::${typeName(type)}::pg_catalog.text`)
    const condition = buckets && `in (${list(['-1', ...buckets.map(String)])})`
    return this.reader.frames(selectHashes(this.granted.grant, columns, buckets ? [...rules, ...keys] : rules, condition))
  }
}
