import type { SuiteName } from './documents.ts'
import { WireError } from './error.ts'
import type { Suite } from './suite.ts'
import { gm } from './suites/gm.ts'
import { international } from './suites/international.ts'

const SUITES: Readonly<Record<SuiteName, Suite>> = { international, gm }

export function suiteNamed(name: SuiteName): Suite {
  return SUITES[name]
}

/** The suite a hello asks for. Refuses `unsupported_version` where this version does not have it. */
export function suiteNumbered(number: number): Suite {
  const found = Object.values(SUITES).find((suite) => suite.number === number)
  if (found) return found
  const supported = Object.values(SUITES).map((suite) => suite.number)
  throw new WireError('unsupported_version', `the other side asks for crypto suite ${number}; this side has ${supported.join(' and ')}`, {
    suite: number,
    supported,
  })
}
