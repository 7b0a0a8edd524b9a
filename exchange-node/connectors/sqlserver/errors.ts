/** What SQL Server's error numbers and the driver's codes mean for a delivery. */
import { ConnectionError } from 'tedious'
import { Refusal } from '../../refusal.ts'
import type { Side } from '../sql/dialect.ts'
import { because, type Meaning, meanings, words } from '../sql/meanings.ts'

/** sys.messages; the numbers of rights, room and vanished things as its documentation lists them. */
const NUMBERS: readonly (readonly [Meaning, readonly number[]])[] = [
  [words.login, [4060, 4062, 4064, 18452, 18456, 18470, 18486, 18487, 18488, 40532]],
  [words.noRight, [229, 230, 262, 297, 300, 916, 1088, 15247, 15151, 15406, 15517, 21050]],
  [words.gone, [596, 617, 4014, 6005, 10053, 10054, 10060, 17142, 40197, 40613]],
  [words.busy, [1203, 1204, 1205, 1221, 1222, 3960, 3961, 3966, 8645, 8651, 10928, 10929, 17300, 17809, 40501, 49918, 49919, 49920]],
  [words.slow, [3617, 8649]],
  [words.full, [1101, 1105, 3257, 5149, 9002, 40544]],
  [words.missing, [208, 3701, 4902]],
  [words.changed, [207, 4413, 4502]],
  [words.unfit, [220, 232, 241, 242, 245, 248, 295, 515, 547, 2628, 8114, 8115, 8152, 8169, 9803, 9420]],
  [words.duplicate, [1505, 2601, 2627]],
  [words.tooWide, [511, 1701, 1702, 1708, 1750, 1900, 1919, 1944, 1946]],
]
const MEANINGS = meanings(NUMBERS)
/** Of the driver itself. */
const CODES: Readonly<Record<string, Meaning>> = {
  ELOGIN: words.login,
  ETIMEOUT: words.slow,
  ESOCKET: words.gone,
  ECONNCLOSED: words.gone,
  ECONNRESET: words.gone,
  EPIPE: words.gone,
  EABORT: words.gone,
  ECLOSE: words.gone,
  ECANCEL: words.slow,
  EINSTLOOKUP: ['database_unreachable', 'the server tells of no such instance: check the name of the instance and that SQL Server Browser runs'],
}

type DriverError = Error & { number?: number; code?: string; cause?: unknown }

/** The server's own number of an error, through a refusal that was made of it. */
export function numberOf(error: unknown): number | undefined {
  const { number, cause } = error as { number?: unknown; cause?: unknown }
  if (typeof number === 'number') return number
  return cause ? numberOf(cause) : undefined
}

/** A refusal where the error is known here; otherwise the error as it came, which `explain` knows. */
export function explained(error: unknown, side: Side): unknown {
  if (error instanceof Refusal) return error
  const { number, code, message } = error as DriverError
  const meaning = number === undefined ? undefined : MEANINGS.get(number)
  if (meaning) return because(meaning, message, side, error)
  if (error instanceof ConnectionError && (code === 'ESOCKET' || code === 'ETIMEOUT')) return because(words.unreachable, message, side, error)
  const known = code !== undefined && number === undefined ? CODES[code] : undefined
  if (known) return because(known, message, side, error)
  return /connection ended|connection lost|not in the LoggedIn state|final state/i.test(message) ? because(words.gone, message, side, error) : error
}
