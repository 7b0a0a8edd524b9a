/** What is asked of a server before its log is followed, each with the exact statement that an administrator must run. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import { Refusal, refusal } from '../../../refusal.ts'
import { errnoOf } from '../errors.ts'
import type { MariaTable } from '../schema.ts'
import { columnOf } from '../select.ts'
import type { Session } from '../session.ts'
import { lost } from './dump.ts'
import { comparePositions, type Position, positionText } from './position.ts'
import { DECODERS } from './rows.ts'

const SETTINGS = { log_bin: '1', binlog_format: 'ROW', binlog_row_image: 'FULL', binlog_row_metadata: 'FULL' } as const
/** Must be off where the server knows them. */
const OFF = ['log_bin_compress', 'binlog_transaction_compression'] as const
/** One line of `show grants` that lets a login follow the log. */
const FOLLOWS = /^grant .*\b(all privileges|replication slave)\b.* on \*\.\* /i
const UNREAD = new Set([
  'uuid',
  'inet4',
  'inet6',
  'geometry',
  'point',
  'linestring',
  'polygon',
  'multipoint',
  'multilinestring',
  'multipolygon',
  'geometrycollection',
])

/** «Access denied; you need (at least one of) the … privilege(s)» */
const NO_RIGHT = 1227

type LogFile = { Log_name: string; File_size: number | string }

/** Refuses `binlog_settings`. */
export async function checkServer(session: Session): Promise<void> {
  for (const [name, value] of Object.entries(SETTINGS)) {
    const now = await globalOf(session, name)
    if (now?.toUpperCase() === value) continue
    const how = name === 'log_bin' ? 'write log_bin into the configuration of the server and start it again' : `set global ${name} = ${value}`
    throw refusal('binlog_settings', `source: the server's ${name} is ${now ?? 'unknown'}, which changes cannot be read by. Its administrator runs: ${how}`)
  }
  for (const name of OFF) {
    const now = await globalOf(session, name)
    if (now !== undefined && now !== '0')
      throw refusal('binlog_settings', `source: ${name} is on, and compressed logs are not read. The server's administrator runs: set global ${name} = off`)
  }
}

/** Whether the server writes its log so that it can be followed, and lets this login follow it. */
export async function isFollowable(session: Session): Promise<boolean> {
  try {
    await checkServer(session)
    await checkLogin(session)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

/** Refuses `binlog_settings` where the login may not follow the log. */
export async function checkLogin(session: Session): Promise<void> {
  await logFiles(session)
  const grants = await session.query<Record<string, string>>('show grants')
  if (grants.flatMap((row) => Object.values(row)).some((grant) => FOLLOWS.test(grant))) return
  throw refusal('binlog_settings', `source: this node's login may not follow the log. ${rightsSql(session)}`)
}

function rightsSql({ product }: Session): string {
  return `The server's administrator runs: grant ${product.mariadb ? 'binlog monitor' : 'replication client'}, replication slave on *.* to the_login`
}

async function globalOf(session: Session, name: string): Promise<string | undefined> {
  const [row] = await session.query<{ Value: string }>(`show global variables like '${name.replaceAll('_', '\\_')}'`)
  return row && (row.Value === 'ON' ? '1' : row.Value === 'OFF' ? '0' : row.Value)
}

/** Refuses `binlog_type` where a granted column cannot be read from the log to the bit, and `source_key` where the key is not part of what the log tells rows apart by. */
export function checkTable(table: MariaTable, grant: Grant, mariadb: boolean): void {
  if (table.kind === 'view') throw refusal('binlog_type', `${table.schema}.${table.table} is a view, whose changes are in no log: follow the table behind it`)
  for (const { column } of grant.fields) {
    const { baseType, charset, fullType } = columnOf(table, column)
    if (UNREAD.has(baseType) || (baseType === 'json' && !mariadb) || (charset !== null && !(charset in DECODERS)))
      throw refusal(
        'binlog_type',
        `source: ${column} is ${fullType}${charset ? ` ${charset}` : ''}, which is not read from the log: deliver the table by increments, or without this column`,
      )
  }
}

/** The files of the log and how far it reaches. Refuses `binlog_settings` where the login may not ask. */
export async function logFiles(session: Session): Promise<{ name: string; bytes: number }[]> {
  try {
    const files = await session.query<LogFile>('show binary logs')
    return files.map(({ Log_name, File_size }) => ({ name: Log_name, bytes: Number(File_size) }))
  } catch (error) {
    if (errnoOf(error) === 1381)
      throw refusal('binlog_settings', 'source: the server writes no binary log: write log_bin into its configuration and start it again', error)
    if (errnoOf(error) !== NO_RIGHT) throw error
    throw refusal('binlog_settings', `source: this node's login may not look at the log. ${rightsSql(session)}`, error)
  }
}

/** Refuses `slot_lost` where the place is not in the log any more, or lies beyond its end: then it is another log. Answers how many bytes lie behind it. */
export async function checkPlace(session: Session, place: Position): Promise<number> {
  const files = await logFiles(session)
  const at = files.findIndex(({ name }) => name === place.file)
  if (at < 0) throw lost(`the server has removed ${place.file}; its log begins with ${files[0]?.name ?? 'nothing'}`)
  const last = files.at(-1)!
  const end = positionText({ file: last.name, position: last.bytes, gtid: undefined })
  if (comparePositions(positionText(place), end) > 0 || place.position > files[at]!.bytes)
    throw lost(`the log ends at ${end}, before ${positionText(place)} where the target stands: it was begun anew, or this is another server`)
  return files.slice(at).reduce((sum, { bytes }) => sum + bytes, -place.position)
}
