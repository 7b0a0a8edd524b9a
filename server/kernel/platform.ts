/** Runs endpoints: right, input, transaction, action, ledger, outbox, output. The same for HTTP, jobs and tests. */
import { randomUUID } from 'node:crypto'
import { canonical } from '@zhenghe/wire/canonical.ts'
import { type Kysely, sql } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import type { Logger } from 'pino'
import type { z } from 'zod'
import { kyselyOn } from './client-kysely.ts'
import { type Endpoint, type EventDef, PUBLIC, SIGNED_IN } from './contract.ts'
import { type KernelTables, openKysely } from './database.ts'
import { type LedgerEntry, ledgerBody, withoutPersonal } from './ledger/entry.ts'
import type { Actor, Caller, Ctx, Local, Module, Platform } from './module.ts'
import { Refusal } from './refusal.ts'
import { holds, holdsAt, reach } from './rights.ts'
import { dayOf, systemNow } from './time.ts'
import { uuidv7 } from './uuid.ts'

export type Services = {
  pool: Pool
  modules: readonly Module[]
  log: Logger
  /** Turns a personal value into a keyed digest that the ledger may hold. */
  redact: (value: unknown) => string
  /** Values that the platform's parts find under their key from the start. */
  locals?: readonly (readonly [Local<unknown>, unknown])[]
  now?: () => Date
  onAct?: (endpoint: string, outcome: string) => void
}

export const SYSTEM: Actor = { kind: 'system', id: '00000000-0000-4000-8000-000000000000', name: 'system', unit: null, holdings: [] }
export const NOBODY: Actor = { kind: 'anyone', id: '00000000-0000-4000-8000-00000000ffff', name: '', unit: null, holdings: [] }

export type Cookies = readonly (readonly [string, string | null, number | undefined])[]
/** Collects the cookies that a call sets; HTTP reads them. */
export type CallOptions = { cookies?: (cookies: Cookies) => void }

/** What one transaction gathers beside its writes. */
type Act = {
  caller: Caller
  told: { name: string; payload: unknown }[]
  subjects: Set<string>
  facts: Record<string, unknown>
  cookies: [string, string | null, number | undefined][]
  after: (() => void)[]
}
type Tx = Kysely<KernelTables>
type LineFor = (outcome: string) => LedgerEntry | undefined

/** Refusals that every endpoint may give. */
const KERNEL_REFUSALS = new Set(['kernel.bad_input', 'kernel.forbidden', 'kernel.sign_in'])
const EVENT_ATTEMPTS = 12

export class RunningPlatform implements Platform {
  readonly pool: Pool
  readonly log: Logger
  readonly modules: readonly Module[]
  readonly db: Tx
  readonly now: () => Date
  readonly #services: Services
  readonly #homes = new Map<Endpoint, { module: Module; name: string }>()
  readonly #readers = new Map<string, string[]>()
  readonly #keeping = new Set<string>()
  readonly #withholding = new Set<string>()
  readonly #locals: Map<Local<unknown>, unknown>

  constructor(services: Services) {
    this.#services = services
    this.pool = services.pool
    this.log = services.log
    this.modules = services.modules
    this.now = services.now ?? systemNow
    this.db = openKysely<KernelTables>(services.pool)
    this.#locals = new Map(services.locals)
    for (const module of services.modules) this.#admit(module)
  }

  #admit(module: Module): void {
    for (const [name, endpoint] of Object.entries(module.contract)) this.#homes.set(endpoint, { module, name })
    for (const { event, name } of module.jobs?.readers ?? []) this.#readers.set(event, [...(this.#readers.get(event) ?? []), `${module.name}.${name}`])
    for (const [code, { keeps, withholds }] of Object.entries(module.refusals)) {
      if (keeps) this.#keeping.add(code)
      if (withholds) this.#withholding.add(code)
    }
  }

  local = <T>(key: Local<T>): T => {
    if (!this.#locals.has(key)) this.#locals.set(key, key.make(this))
    return this.#locals.get(key) as T
  }

  /** Runs one endpoint for one caller. Throws a Refusal, recorded in the ledger, or a fault. */
  run = async <E extends Endpoint>(endpoint: E, caller: Caller, input: unknown, options: CallOptions = {}): Promise<z.output<E['out']>> => {
    const act = newAct(caller)
    const line = endpoint.unrecorded ? () => undefined : this.#lineOf(endpoint, act, input)
    let outcome = 'done'
    try {
      if (!entitled(endpoint, caller.actor))
        throw new Refusal(caller.actor.kind === 'anyone' ? 'kernel.sign_in' : 'kernel.forbidden', { right: endpoint.right })
      const result = await this.#transact(act, endpoint.kind, (tx) => this.#perform(tx, endpoint, act, input), line)
      return result as z.output<E['out']>
    } catch (error) {
      outcome = error instanceof Refusal ? error.code : 'fault'
      if (error instanceof Refusal && !this.#keeping.has(outcome)) await this.#recordRefusal(endpoint, caller, line(outcome))
      throw error
    } finally {
      options.cookies?.(act.cookies)
      this.#services.onAct?.(endpoint.at, outcome)
    }
  }

  /** Work of the platform itself, in one transaction; leaves a ledger line when it names a record. */
  asSystem = async <Tables, R>(label: string, work: (ctx: Ctx<Tables>) => Promise<R>): Promise<R> => {
    const act = newAct({ actor: SYSTEM, now: this.now() })
    const at = act.caller.now.toISOString()
    const line: LineFor = (outcome) =>
      act.subjects.size === 0
        ? undefined
        : { at, actor: SYSTEM, endpoint: label, right: 'system', outcome, input: {}, facts: act.facts, subjects: [...act.subjects] }
    return this.#transact(act, 'command', (tx) => work(this.#contextFor(tx, act) as Ctx<Tables>), line)
  }

  #lineOf(endpoint: Endpoint, act: Act, input: unknown): LineFor {
    const { actor, now, from } = act.caller
    return (outcome) => ({
      at: now.toISOString(),
      actor,
      endpoint: endpoint.at,
      right: endpoint.right,
      outcome,
      input: this.#withholding.has(outcome)
        ? { redacted: this.#services.redact(input) }
        : withoutPersonal(input, endpoint.personal ?? [], this.#services.redact),
      facts: act.facts,
      subjects: [...act.subjects],
      ...(from ? { from: from.address } : {}),
    })
  }

  /** Opens the one transaction, commits what the work wrote and tells; a refusal that keeps what was written commits it too. */
  async #transact<R>(act: Act, kind: 'command' | 'query', work: (tx: Tx) => Promise<R>, line: LineFor): Promise<R> {
    const { result, refused } = await this.#inTransaction(act, kind, work, line)
    for (const run of act.after) run()
    if (refused) throw refused
    return result as R
  }

  async #inTransaction<R>(act: Act, kind: 'command' | 'query', work: (tx: Tx) => Promise<R>, line: LineFor): Promise<{ result?: R; refused?: Refusal }> {
    const client = await this.pool.connect()
    let broken: Error | undefined
    try {
      const tx = kyselyOn(client)
      await client.query(`begin ${kind === 'command' ? 'read write' : 'read only'}; set local zhenghe.units = '${visibleUnits(act.caller.actor)}'`)
      const outcome = await this.#attempt(work(tx))
      if (kind === 'command') await this.#settle(tx, act, line(outcome.refused?.code ?? 'done'))
      await client.query('commit')
      return outcome
    } catch (error) {
      broken = await rolledBack(client)
      throw error
    } finally {
      client.release(broken)
    }
  }

  async #attempt<R>(work: Promise<R>): Promise<{ result?: R; refused?: Refusal }> {
    try {
      return { result: await work }
    } catch (error) {
      if (error instanceof Refusal && this.#keeping.has(error.code)) return { refused: error }
      throw error
    }
  }

  async #perform(tx: Tx, endpoint: Endpoint, act: Act, input: unknown): Promise<unknown> {
    const home = this.#homes.get(endpoint)
    if (!home) throw new Error(`no module serves ${endpoint.at}`)
    const parsed = endpoint.in.safeParse(input)
    if (!parsed.success) {
      throw new Refusal('kernel.bad_input', { problems: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) })
    }
    try {
      return endpoint.out.parse(await home.module.actions[home.name]!(this.#contextFor(tx, act) as never, parsed.data as never))
    } catch (error) {
      const refusal = error instanceof Refusal ? error : fromConstraint(home.module, error)
      if (refusal && !endpoint.refusals?.includes(refusal.code) && !KERNEL_REFUSALS.has(refusal.code)) {
        throw new Error(`${endpoint.at} may not refuse with ${refusal.code}`, { cause: refusal })
      }
      throw refusal ?? error
    }
  }

  #contextFor(tx: Tx, act: Act): Ctx {
    const { actor, now, from } = act.caller
    const system = actor.kind === 'system'
    return {
      db: tx as unknown as Kysely<unknown>,
      kernel: tx,
      actor,
      from,
      now: now.toISOString(),
      today: dayOf(now),
      newId: () => uuidv7(now.getTime()),
      may: (right, place) => system || holdsAt(actor.holdings, right, place),
      reach: (right) => (system ? 'everywhere' : reach(actor.holdings, right)),
      ask: (query, input) => this.#perform(tx, query, act, input) as never,
      emit: (event: EventDef, payload) => void act.told.push({ name: event.name, payload: event.of.parse(payload) }),
      about: (kind, id, facts) => {
        act.subjects.add(`${kind}:${id}`)
        Object.assign(act.facts, facts)
      },
      afterCommit: (run) => void act.after.push(run),
      local: this.local,
      setCookie: (name, value, maxAge) => void act.cookies.push([name, value, maxAge]),
    }
  }

  /** The outbox rows, a job for each reader, and the ledger line: last, so that a chain's head is held only for the commit. */
  async #settle(tx: Tx, act: Act, entry: LedgerEntry | undefined): Promise<void> {
    const at = act.caller.now.toISOString()
    for (const { name, payload } of act.told) {
      const id = uuidv7(act.caller.now.getTime())
      await sql`insert into kernel.outbox (id, at, name, payload) values (${id}, ${at}, ${name}, ${JSON.stringify(payload)})`.execute(tx)
      for (const reader of this.#readers.get(name) ?? []) {
        const job = JSON.stringify({ event: id, at, reader })
        await sql`select graphile_worker.add_job('event', ${job}::json, max_attempts => ${EVENT_ATTEMPTS}::int, job_key => ${`${id}:${reader}`})`.execute(tx)
      }
    }
    if (entry) await append(tx, entry)
  }

  /** A refused attempt leaves its own line, after the act's transaction is gone; what nobody in particular tries leaves none. */
  async #recordRefusal(endpoint: Endpoint, { actor }: Caller, entry: LedgerEntry | undefined): Promise<void> {
    const telling = endpoint.kind === 'command' || entry?.outcome === 'kernel.forbidden'
    if (!entry || !telling || actor.kind === 'anyone') return
    try {
      await this.db.transaction().execute((tx) => append(tx, entry))
    } catch (error) {
      this.log.error({ err: error, endpoint: entry.endpoint }, 'a refused attempt could not be recorded')
    }
  }
}

/** Ends what is left of a transaction; answers the error where the connection is lost and must not be used again. */
async function rolledBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback')
    return undefined
  } catch (error) {
    return error as Error
  }
}

const newAct = (caller: Caller): Act => ({ caller, told: [], subjects: new Set(), facts: {}, cookies: [], after: [] })

async function append(tx: Tx, entry: LedgerEntry): Promise<void> {
  const { at, actor, endpoint, outcome } = entry
  const body = canonical(ledgerBody(entry))
  await sql`select kernel.append_ledger(${at}::timestamptz, ${actor.id}::uuid, ${endpoint}, ${outcome}, ${[...entry.subjects]}::text[], ${body})`.execute(tx)
}

function entitled(endpoint: Endpoint, actor: Actor): boolean {
  if (endpoint.right === PUBLIC || actor.kind === 'system') return true
  if (endpoint.right === SIGNED_IN) return actor.kind === 'staff'
  return holds(actor.holdings, endpoint.right)
}

/** The units whose private rows the transaction may see; a right that holds in more than one unit sees all, and its action decides. */
function visibleUnits(actor: Actor): string {
  if (actor.kind === 'system' || actor.holdings.some(({ unit }) => !unit)) return '*'
  return [...new Set(actor.holdings.map(({ unit }) => unit ?? ''))].filter((unit) => /^[0-9a-f-]{36}$/.test(unit)).join(',')
}

/** A broken database constraint that the module has named as one of its refusals. */
function fromConstraint(module: Module, error: unknown): Refusal | undefined {
  const { constraint } = error as { constraint?: string }
  const code = constraint && Object.keys(module.refusals).find((name) => module.refusals[name]?.constraint === constraint)
  return code ? new Refusal(code) : undefined
}

/** A reference number that a person can read out on the telephone. */
export const referenceNumber = (): string => randomUUID().slice(0, 8).toUpperCase()
