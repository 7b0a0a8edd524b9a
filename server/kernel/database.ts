/** The pool and the shapes it answers with: days and moments as text, 8-byte integers as numbers, numeric as text. */
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Id, LocalDate, Moment } from './contract.ts'

const OID = { int8: 20, date: 1082, timestamptz: 1184 }

const parsers: Record<number, (value: string) => unknown> = {
  [OID.int8]: (value) => {
    const number = Number(value)
    if (!Number.isSafeInteger(number)) throw new Error(`an 8-byte integer past 2^53: ${value}`)
    return number
  },
  [OID.date]: (value) => value,
  [OID.timestamptz]: (value) => new Date(value).toISOString(),
}
export const typeParsers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers[oid]) || pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}

export type Connection = { host: string; port: number; user: string; password: string; database: string } | { connectionString: string }

export function openPool(connection: Connection, max = 20): pg.Pool {
  const pool = new pg.Pool({ ...connection, max, types: typeParsers, options: '-c timezone=UTC', application_name: 'zhenghe' })
  pool.on('error', () => undefined) // a broken idle connection is replaced at the next use
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

export function openKysely<Tables = unknown>(pool: pg.Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })] })
}

export type KernelTables = {
  'kernel.outbox': { id: Id; at: Moment; name: string; payload: unknown }
  'kernel.eventDone': { event: Id; reader: string; at: Moment }
  'kernel.ledger': { chain: number; seq: number; at: Moment; actor: Id; endpoint: string; outcome: string; subjects: string[]; body: string; hash: Buffer }
  'kernel.ledgerSeal': {
    n: number
    at: Moment
    heads: { chain: number; from: number; to: number }[]
    lines: number
    root: Buffer
    previous: Buffer
    key: string
    signature: Buffer
  }
  'kernel.calendarDay': { day: LocalDate; kind: 'holiday' | 'workday'; note: string; source: string }
  'kernel.legalRule': {
    code: string
    effectiveFrom: LocalDate
    effectiveTo: LocalDate | null
    titleZh: string
    titleEn: string
    basis: string
    days: number
    unit: 'workday' | 'day'
    extensionDays: number
    certain: boolean
  }
  'kernel.deadline': {
    id: Id
    rule: string
    subjectKind: string
    subject: Id
    basis: string
    days: number
    unit: 'workday' | 'day'
    extensionDays: number
    startedOn: LocalDate
    dueOn: LocalDate
    extendedBy: number
    suspensions: { from: LocalDate; to: LocalDate | null; reason: string }[]
    endedOn: LocalDate | null
  }
  'kernel.todo': {
    id: Id
    kind: string
    subject: Id
    unit: Id | null
    right: string | null
    person: Id | null
    params: Record<string, unknown>
    deadline: Id | null
    createdAt: Moment
    doneAt: Moment | null
  }
}
