/** What MariaDB's and MySQL's error numbers mean for a delivery. */
import { type RefusalCode, refusal } from '../../refusal.ts'

export type Side = 'source' | 'target'

type Meaning = [RefusalCode | Readonly<Record<Side, RefusalCode>>, string]
const RIGHTS = { source: 'source_rights', target: 'target_rights' } as const
const VALUE = { source: 'source_value', target: 'target_value' } as const

const LOGIN: Meaning = ['database_login', 'the database refuses the login: check user, password and database in the configuration of this node']
const NO_RIGHT: Meaning = [RIGHTS, "this node's login lacks a right: grant it as README.md of the exchange node says"]
const GONE: Meaning = ['database_gone', 'the connection to the database was lost; it is taken up again when the database is back']
const BUSY: Meaning = ['database_busy', 'another session is in the way, or the database has no connections left: it is tried again']
const SLOW: Meaning = ['statement_timeout', 'a statement took longer than allowed: raise the statement timeout of this node, or lower its load']
const FULL: Meaning = ['target_room', 'the disk of the database is full: make room, then resume']
const MISSING: Meaning = [{ source: 'source_missing', target: 'target_missing' }, 'a table is not there (any more)']
const CHANGED: Meaning = [{ source: 'source_changed', target: 'target_incompatible' }, 'a column is not there (any more)']
const UNFIT: Meaning = [VALUE, 'the database cannot hold a value as it is']
const DUPLICATE: Meaning = ['duplicate_keys', 'two rows have the same key: mend them at the source, or choose a key that is unique, then load again']
const TOO_WIDE: Meaning = ['target_incompatible', 'the table would have more or longer columns than the database can hold: grant fewer fields']

const MEANINGS = new Map<number, Meaning>()
for (const [meaning, numbers] of [
  [LOGIN, [1045, 1049, 1130, 1251, 1698, 1862]],
  [NO_RIGHT, [1044, 1142, 1143, 1227, 1290, 1370, 1410]],
  [GONE, [1053, 1077, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013]],
  [BUSY, [1040, 1203, 1205, 1206, 1213, 1226, 1637, 3572]],
  [SLOW, [1317, 1969, 3024]],
  [FULL, [3, 1021, 1030, 1041, 1114, 1135]],
  [MISSING, [1051, 1146, 1932]],
  [CHANGED, [1054]],
  [UNFIT, [1048, 1264, 1265, 1292, 1300, 1366, 1406, 1411, 3140, 3141, 3819, 4025]],
  [DUPLICATE, [1062, 1586]],
  [TOO_WIDE, [1071, 1074, 1117, 1118]],
] as const)
  for (const number of numbers) MEANINGS.set(number, meaning)

type DriverError = Error & { errno?: number | string; code?: string; sqlMessage?: string }

/** The database's own number of an error, through a refusal that was made of it. */
export function errnoOf(error: unknown): number | undefined {
  const { errno, cause } = error as { errno?: unknown; cause?: unknown }
  if (typeof errno === 'number' && errno > 0) return errno
  return cause ? errnoOf(cause) : undefined
}

/** A refusal where the error is known here; otherwise the error as it came, which `explain` knows. */
export function explained(error: unknown, side: Side): unknown {
  const { message, code, errno } = error as DriverError
  const meaning = typeof errno === 'number' && errno > 0 ? MEANINGS.get(errno) : undefined
  if (meaning) return because(meaning, message, side, error)
  if (code === 'PROTOCOL_CONNECTION_LOST' || /closed state|packets out of order|connection is in closed/i.test(message))
    return because(GONE, message, side, error)
  return error
}

/** For a warning, which says the number of the error it would have been. */
export function explainedWarning(number: number, message: string, side: Side): Error {
  const meaning = MEANINGS.get(number) ?? UNFIT
  return because(meaning, message, side)
}

function because([code, words]: Meaning, message: string, side: Side, cause?: unknown): Error {
  return refusal(typeof code === 'string' ? code : code[side], `${side}: ${words} (${message})`, cause)
}
