/** What is 达梦's own beside what it has of Oracle. Written to its documentation and not run against a server: docs/how-to/connectors.md. */
import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import { OracleDialect } from '../oracle/dialect.ts'
import type { Catalogue } from '../oracle/schema.ts'
import { baseOf } from '../oracle/types.ts'
import type { Begun, Field, Fragment, InsertColumn, Inserter, Limits, SqlColumn, SqlSession, Value } from '../sql/dialect.ts'
import { list, qualified } from '../sql/statement.ts'
import type { DamengSession } from './session.ts'
import {
  boundSql,
  type Comparing,
  canonicalOf,
  columnType,
  comparandSql,
  constantSql,
  DIGITS,
  equalsSql,
  fromSql,
  identifier,
  isLong,
  readSql,
  startsSql,
} from './types.ts'

const OLDEST = 8

export class DamengDialect extends OracleDialect {
  /** A key has about 2000 bytes where pages are of 8 kB, and a character may take four of them. */
  override readonly limits: Limits = {
    ...{ whole: DIGITS, scale: DIGITS, digits: DIGITS, named: false, subnormal: false, endOfDay: true, keyRoom: 400, keyBlanks: true },
    noKey: ['jsonb', 'timestamptz', 'float4', 'float8'],
  }
  override readonly emptyIsNull: boolean
  override readonly dropHint = ''
  override readonly identifier = identifier
  readonly #comparing: Comparing

  constructor(comparing: Comparing) {
    super('AL32UTF8')
    this.#comparing = comparing
    this.emptyIsNull = comparing.emptyIsNull
  }

  override read(column: SqlColumn, type: CanonicalType): string {
    return readSql(column, type)
  }

  /** Characters of a text, bytes of bytes. */
  override bytes({ column }: SqlColumn): string {
    return `length(${identifier(column)})`
  }

  override comparand(column: SqlColumn, type: CanonicalType): string | undefined {
    return comparandSql(column, type)
  }

  override constant(type: CanonicalType, text: string): Fragment | undefined {
    return constantSql(type, text)
  }

  override equals(column: SqlColumn, text: string): Fragment | undefined {
    return equalsSql(column, text, this.#comparing)
  }

  override startsWith(column: SqlColumn, text: string): Fragment | undefined {
    return startsSql(column, text, this.#comparing)
  }

  override bound(column: SqlColumn, text: string): Fragment {
    return boundSql(column, text)
  }

  protected override catalogue(): Catalogue {
    return DAMENG
  }

  override async checkVersion(session: SqlSession): Promise<number> {
    const major = Number(/\b[vV]?(\d+)\b/.exec(session.product.replace(/^\D*/, ''))?.[1] ?? 0)
    if (major < OLDEST) throw refusal('database_too_old', `the ${session.side} is ${session.product}; this node needs DM8`)
    const [row] = await session.query(`select to_char(sys_extract_utc(current_timestamp(3)), 'YYYY-MM-DD HH24:MI:SS.FF3') from dual`)
    return Date.parse(`${String(row?.[0]).replace(' ', 'T')}Z`)
  }

  /** A serialisable transaction sees what was there when it began; readers do not share one. */
  override async beginReading(sessions: readonly SqlSession[], table: TargetName): Promise<Begun> {
    const [first] = sessions
    const [row] = await first!.query(`select to_char(current_timestamp(6), 'YYYY-MM-DD HH24:MI:SS.FF6') from dual`)
    for (const session of sessions) {
      await session.begin()
      await session.run('set transaction isolation level serializable')
      await session.query(`select count(*) from (select 1 as n from ${qualified(this, table)} where rownum = 1) o`) // the first look fixes the moment
    }
    return { system: first!.database, position: String(row?.[0]), asOf: '', moments: sessions.length > 1 ? 'each' : 'shared' }
  }

  override columnType(field: Field, room: number): string {
    return columnType(field, room)
  }

  override marksType(bytes: number): string {
    return `varbinary(${bytes}) null`
  }

  override from(type: InsertColumn['type'], from: string): string {
    return fromSql(type, from)
  }

  override async inserter(session: SqlSession, into: TargetName, columns: readonly InsertColumn[]): Promise<Inserter> {
    const names = list(columns.map(({ column }) => identifier(column)))
    const sql = `insert into ${qualified(this, into)} (${names}) values (${list(columns.map(({ type }) => fromSql(type, '?')))})`
    let landed = 0
    return {
      write: async (rows: readonly Value[][]) => {
        if (rows.length > 0) landed += await (session as DamengSession).runMany(sql, rows)
      },
      end: async () => landed,
    }
  }

  override ledgerTables(at: (name: string) => string): Readonly<Record<string, string>> {
    const own = (sql: string) =>
      sql
        .replaceAll('nvarchar2(', 'varchar(')
        .replaceAll('nclob', 'clob')
        .replaceAll(/number\((10|19)\)/g, 'bigint')
    return Object.fromEntries(Object.entries(super.ledgerTables(at)).map(([name, sql]) => [name, own(sql)]))
  }

  protected override waiting(seconds: number): string {
    return ` wait ${Math.trunc(seconds)}`
  }
}

const DAMENG: Catalogue = {
  columns: 'all_tab_columns',
  column: ({ dataType, length, precision, scale }) => {
    const base = baseOf(dataType)
    const natural = canonicalOf(base, precision, scale)
    if (!natural) return undefined
    const sized = /^(char|character|varchar|varchar2|binary|varbinary|raw)$/.test(base) ? `${base}(${length})` : base
    const dbType = /^(number|numeric|decimal|dec)$/.test(base) && precision ? `${base}(${precision},${scale ?? 0})` : sized
    return { base, natural, precision, scale, long: isLong(base), dbType }
  },
}
