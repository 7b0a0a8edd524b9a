/** One question to an HTTP API, or one request with rows: with a limit of time and size, tried again where the server asks for patience, and never sent on to another address. */
import { setTimeout as pause } from 'node:timers/promises'
import { Refusal, refusal } from '../../refusal.ts'
import { parseExactly } from '../files/formats/json.ts'

export type Asking = { headers: Readonly<Record<string, string>>; timeoutSeconds: number }

const TRIES = 5
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 60_000
const LARGEST_ANSWER = 64 << 20
/** Asked too often, or not there just now. */
const PATIENCE: ReadonlySet<number> = new Set([429, 502, 503, 504])

export type Answer = { status: number; retryAfter: string | null; body: Buffer }
/** Beyond a plain question. `patient` says of which statuses it is tried again. */
export type Sending = { method?: string; body?: string; patient?: (status: number) => boolean }

/** The answer's JSON, numbers with all their digits. Throws a `Refusal` that names the server, never the question, which may hold a secret. */
export async function ask(url: URL, asking: Asking): Promise<unknown> {
  return read(url, await exchange(url, asking))
}

/** The answer, whatever it says, after as much patience as the server asks for. Throws a `Refusal` where none comes. */
export async function exchange(url: URL, asking: Asking & Sending): Promise<Answer> {
  const { patient = (status) => PATIENCE.has(status) } = asking
  for (let tries = 1; ; tries++) {
    const outcome = await once(url, asking).catch((error: unknown) => explained(url, error))
    if (!(outcome instanceof Refusal)) {
      if (!patient(outcome.status)) return outcome
      if (tries === TRIES)
        throw refusal(
          'database_unreachable',
          `${url.host} answers ${outcome.status} again and again: ask its operator, or order the delivery for a quieter hour`,
        )
      await pause(patience(outcome.retryAfter, tries))
    } else if (!outcome.resumable || tries === TRIES) throw outcome
    else await pause(patience(null, tries))
  }
}

async function once(url: URL, { headers, timeoutSeconds, method = 'GET', body }: Asking & Sending): Promise<Answer> {
  const signal = AbortSignal.timeout(1000 * timeoutSeconds)
  const answer = await fetch(url, { method, body: body ?? null, headers: { accept: 'application/json', ...headers }, redirect: 'manual', signal })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length
    if (bytes > LARGEST_ANSWER) throw refusal('row_too_long', `source: an answer of ${url.host} is longer than ${LARGEST_ANSWER} bytes: ask for smaller pages`)
    chunks.push(chunk)
  }
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: Buffer.concat(chunks) }
}

function read(url: URL, { status, body }: Answer): unknown {
  if (status === 401 || status === 403) throw refusal('database_login', `${url.host} refuses the login (${status}): check the headers in the file of the API`)
  if (status === 404 || status === 410)
    throw refusal('source_missing', `${url.host} has nothing at ${url.pathname} (${status}): check the address of the store`)
  if (status >= 300 && status < 400)
    throw refusal('source_changed', `${url.host} sends this node on to another address (${status}): name that address in the configuration of the node`)
  if (status >= 500) throw refusal('database_gone', `${url.host} answers ${status}; it is tried again`)
  if (status >= 400) throw refusal('source_changed', `${url.host} does not take the question (${status}): check query and paging in the file of the API`)
  try {
    return parseExactly(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    throw refusal('source_value', `source: the answer of ${url.host} is no JSON in UTF-8: check the address of the store`, error)
  }
}

/** Milliseconds: what the server asks for, in seconds or as a date, or twice as long each time. */
function patience(retryAfter: string | null, tries: number): number {
  const asked = retryAfter === null ? Number.NaN : /^\d+$/.test(retryAfter) ? 1000 * Number(retryAfter) : Date.parse(retryAfter) - Date.now()
  return Math.min(Number.isNaN(asked) ? FIRST_PAUSE_MS * 2 ** (tries - 1) : Math.max(asked, 0), LONGEST_PAUSE_MS)
}

function explained({ host }: URL, error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const { name, message, cause } = error as Error & { cause?: { code?: string } }
  if (name === 'TimeoutError')
    return refusal('database_unreachable', `${host} did not answer in time: raise timeoutSeconds in the file of the API, or ask for smaller pages`, error)
  return refusal('database_unreachable', `${host} cannot be reached (${cause?.code ?? message}): check the address of the store and the network`, error)
}
