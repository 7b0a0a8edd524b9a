/** Requests with rows to an API, each written down before it goes and told apart by its Idempotency-Key; and what the answers mean. */
import { type Refusal, refusal } from '../../refusal.ts'
import { fieldOf, NumberText, parseExactly } from '../files/formats/json.ts'
import { at, put } from '../json-path.ts'
import { type Answer, exchange } from './ask.ts'
import type { HeldRow, Journal, Request } from './journal.ts'
import type { Push, PushEndpoint } from './push-file.ts'
import { bodyOf } from './push-rows.ts'

/** A request of the same number is under way, too early, too often; all else from 500 on. */
const PATIENCE: ReadonlySet<number> = new Set([409, 425, 429])
const MOST_REASONS = 5
export type Kind = 'put' | 'delete'
export type Step = 'begin' | 'commit' | 'abort'

export class Pusher {
  readonly #url: string
  readonly #push: Push
  readonly #journal: Journal
  readonly #delivery: string
  readonly #table: string

  constructor(url: string, push: Push, journal: Journal, delivery: string, table: string) {
    this.#url = url
    this.#push = push
    this.#journal = journal
    this.#delivery = delivery
    this.#table = table
  }

  /** Whether what was put counts at once, not only after a commit. */
  get atOnce(): boolean {
    return this.#push.commit === undefined
  }

  /** Sends again what was under way when this node ended, exactly as it was. */
  async takeUp(): Promise<void> {
    const pending = this.#journal.pending(this.#delivery)
    if (pending) await this.#settle(pending)
  }

  /** @param part of the delivery, within which requests are numbered */
  async rows(kind: Kind, part: string, jsons: readonly string[], rows: HeldRow[]): Promise<void> {
    if (rows.length === 0) return
    const ordinal = this.#journal.answered(this.#delivery, part).requests
    await this.#send({ delivery: this.#delivery, part, ordinal, kind, body: bodyOf(this.#push[kind]!, jsons), rows })
  }

  /** Once for each delivery; none where the API has no such step. */
  async step(step: Step): Promise<void> {
    const endpoint = this.#push[step]
    if (!endpoint || this.#journal.answered(this.#delivery, step).requests > 0) return
    const body: Record<string, unknown> = {}
    for (const [path, value] of Object.entries(endpoint.constants)) put(body, path, value)
    await this.#send({ delivery: this.#delivery, part: step, ordinal: 0, kind: 'step', body: JSON.stringify(body), rows: [] })
  }

  async #send(request: Request): Promise<void> {
    this.#journal.write(request)
    await this.#settle(request)
  }

  async #settle(request: Request): Promise<void> {
    const { kind, part } = request
    const endpoint: PushEndpoint = kind === 'step' ? this.#push[part as Step]! : this.#push[kind]!
    const url = new URL(`${this.#url.replace(/\/$/, '')}${this.#filled(endpoint.path)}`)
    const { headers, timeoutSeconds } = this.#push
    const own = {
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': `${request.delivery}/${part}/${request.ordinal}`,
      'zhenghe-delivery': request.delivery,
    }
    const sending = { method: endpoint.method, body: request.body, patient: (status: number) => PATIENCE.has(status) || status >= 500 }
    const answer = await exchange(url, { headers: { ...headers, ...own }, timeoutSeconds, ...sending })
    this.#demandTaken(url, answer, request)
    this.#journal.settle(request, this.atOnce)
  }

  #filled(path: string): string {
    return path.replaceAll('{table}', encodeURIComponent(this.#table)).replaceAll('{delivery}', this.#delivery)
  }

  #demandTaken(url: URL, answer: Answer, { rows }: Request): void {
    const { status } = answer
    const told = statusRefusal(url, status)
    if (told) throw told
    const json = jsonOf(answer)
    const reasons = this.#reasons(json, rows)
    if (reasons.length > 0)
      throw refusal('target_value', `target: ${url.host} did not take ${reasons.length} rows: ${reasons.slice(0, MOST_REASONS).join('; ')}`)
    if (status >= 400)
      throw refusal(
        'target_value',
        `target: ${url.host} does not take the rows (${status}): check columns and paths in the file of the API, and what its operator asks of rows`,
      )
    const { success } = this.#push
    const said = success && scalar(at(json, success.path))
    if (success && !success.equals.some((one) => String(one) === said))
      throw refusal(
        'target_incompatible',
        `target: the answer of ${url.host} does not say at «${success.path}» that all went well: ask its operator, or check success in the file of the API`,
      )
  }

  /** For people: the key of a row and why it was not taken. */
  #reasons(json: unknown, rows: readonly HeldRow[]): string[] {
    const { rejected } = this.#push
    const found = rejected && at(json, rejected.path)
    if (!rejected || !Array.isArray(found)) return []
    return found.map((one: unknown) => {
      const row = rows[Number(scalar(at(one, rejected.index)))]
      return `${row?.key ?? 'a row'}: ${(scalar(at(one, rejected.reason)) ?? 'no reason given').slice(0, 200)}`
    })
  }
}

function statusRefusal({ host, pathname }: URL, status: number): Refusal | undefined {
  if (status === 401 || status === 403) return refusal('database_login', `${host} refuses the login (${status}): check the headers in the file of the API`)
  if (status === 404 || status === 405 || status === 410)
    return refusal(
      'target_missing',
      `target: ${host} takes nothing at ${pathname} (${status}): check the address of the store, and method and path in the file of the API`,
    )
  if (status === 413) return refusal('target_incompatible', `target: ${host} finds a request too long (${status}): lower batch in the file of the API`)
  if (status >= 300 && status < 400)
    return refusal(
      'target_incompatible',
      `target: ${host} sends this node on to another address (${status}): name that address in the configuration of the node`,
    )
  return undefined
}

function jsonOf({ body }: Answer): unknown {
  try {
    return parseExactly(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined // then it says nothing: whether it had to, «success» tells
  }
}

function scalar(value: unknown): string | undefined {
  return value === undefined || value === null || (typeof value === 'object' && !(value instanceof NumberText)) ? undefined : String(fieldOf(value))
}
