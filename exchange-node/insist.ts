/** Patience with the platform: what is wrong, in words for the operator, and when to ask again. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { PlatformError } from './http.ts'

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** Where a person must act first. */
const SLOW_MS = 30_000
const CONFIRMATION_MS = 1000
const REMIND_MS = 300_000

/** What an operator does about a platform that refuses this node as such, by the platform's code. */
const ADVICE: Readonly<Record<string, (params: PlatformError['params'], fingerprint: string) => string>> = {
  'nodes.wrong_state': (_, fingerprint) =>
    `the operator has not confirmed this node yet: compare the fingerprint ${fingerprint} on the workbench and confirm it`,
  'nodes.clock_skew': ({ skewSeconds, serverTime }) =>
    `the clock of this machine is ${skewSeconds} seconds off the platform's (${serverTime}): set it right, best by NTP`,
  'nodes.bad_signature': (_, fingerprint) =>
    `the platform knows another key for this node than ${fingerprint}: put the right keys back, or revoke the node on the workbench and join anew`,
  'nodes.not_a_node': () => 'the platform does not know this node: is it the right platform? If the node was removed there, delete keys.json and join anew',
  'nodes.revoked': () => 'this node has been revoked and exchanges nothing any more: delete keys.json and join anew with a new token if that was not meant',
}

/** Counts failures in a row and tells each kind once, then now and then. */
export class Patience {
  readonly #log: Logger
  readonly #fingerprint: string
  #failures = 0
  #told = ''
  #toldAt = 0

  constructor(log: Logger, fingerprint = '') {
    this.#log = log
    this.#fingerprint = fingerprint
  }

  /** It worked. */
  restore(): void {
    if (this.#failures > 0) this.#log.info('the platform answers again')
    this.#failures = 0
    this.#told = ''
  }

  /** Milliseconds to wait before it is asked again. */
  failed(error: unknown): number {
    const { code = 'fault', message, params = {} } = error as Partial<PlatformError> & Error
    const advice = ADVICE[code]?.(params, this.#fingerprint)
    if (code !== this.#told || performance.now() - this.#toldAt > REMIND_MS) {
      this.#log.warn({ code }, advice ?? message)
      this.#told = code
      this.#toldAt = performance.now()
    }
    this.#failures += 1
    if (code === 'nodes.wrong_state') return CONFIRMATION_MS
    return spread(advice ? SLOW_MS : Math.min(FIRST_WAIT_MS * 2 ** (this.#failures - 1), LONGEST_WAIT_MS))
  }
}

/** Half as long to half as long again: nodes that lost the platform at one moment do not all come back at one moment. */
function spread(ms: number): number {
  return ms * (0.5 + Math.random())
}

/** Asks until the platform answers; throws what will not pass by itself, and the last failure where the signal comes first. */
export async function insist<T>(ask: () => Promise<T>, log: Logger, signal: AbortSignal): Promise<T> {
  const patience = new Patience(log)
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (signal.aborted || (error instanceof PlatformError && !error.passing)) throw error
      await pause(patience.failed(error), undefined, { signal }).catch(() => undefined)
    }
  }
}
