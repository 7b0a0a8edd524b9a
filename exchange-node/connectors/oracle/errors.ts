/** What Oracle's error numbers and the driver's own mean for a delivery. */
import { Refusal } from '../../refusal.ts'
import type { Side } from '../sql/dialect.ts'
import { because, type Meaning, meanings, words } from '../sql/meanings.ts'

/** ORA-… */
const MEANINGS = meanings([
  [words.login, [1005, 1017, 1045, 12154, 12505, 12514, 28000, 28001, 28009, 1035]],
  [words.noRight, [990, 1031, 1749, 1720, 41900, 1027]],
  [words.gone, [28, 1012, 1033, 1034, 1089, 1092, 2396, 3113, 3114, 3135, 12170, 12537, 12547, 12571, 25401, 25402]],
  [words.unreachable, [12541, 12535, 12543, 12545]],
  [words.busy, [18, 20, 54, 60, 4020, 4021, 8177, 12516, 12519, 12520, 30006]],
  [words.slow, [1013, 3136, 40, 2393, 2394]],
  [words.full, [257, 1536, 1552, 1632, 1631, 1650, 1652, 1653, 1654, 1658, 1659, 1691, 1692, 1693, 1950, 30036, 19809]],
  [words.missing, [942, 4043, 8103]],
  [words.changed, [904, 913, 947, 1466]],
  [words.tooOld, [1555, 22924, 8180, 8181]],
  [words.unfit, [1400, 1401, 1426, 1438, 1461, 1722, 1830, 1839, 1840, 1841, 1843, 1847, 1858, 1861, 1877, 2290, 12899, 12713, 24816, 1465]],
  [words.duplicate, [1, 1452, 2437]],
  [words.tooWide, [1450, 1792, 910, 1467]],
] as const satisfies readonly (readonly [Meaning, readonly number[]])[])

/** NJS-…, of the driver itself. */
const DRIVER = meanings([
  [words.gone, [500, 501, 521, 3, 18]],
  [words.unreachable, [503, 510, 511, 515, 516, 520, 530]],
  [words.login, [517, 518, 519, 116]],
  [words.slow, [123]],
  [['database_too_old', 'the database is older than Oracle 12.2, the first that this node can talk to'], [138]],
] as const satisfies readonly (readonly [Meaning, readonly number[]])[])

type DriverError = Error & { errorNum?: number; code?: string; cause?: unknown }

/** The database's own number of an error, through a refusal that was made of it. */
export function numberOf(error: unknown): number | undefined {
  const { errorNum, cause } = error as { errorNum?: unknown; cause?: unknown }
  if (typeof errorNum === 'number' && errorNum > 0) return errorNum
  return cause ? numberOf(cause) : undefined
}

/** A refusal where the error is known here; otherwise the error as it came, which `explain` knows. */
export function explained(error: unknown, side: Side): unknown {
  if (error instanceof Refusal) return error
  const { message, code, errorNum } = error as DriverError
  const meaning = (errorNum ? MEANINGS.get(errorNum) : undefined) ?? DRIVER.get(Number(/^NJS-(\d+)/.exec(code ?? message)?.[1] ?? -1))
  if (meaning) return because(meaning, message, side, error)
  return /connection ended/i.test(message) ? because(words.gone, message, side, error) : error
}
