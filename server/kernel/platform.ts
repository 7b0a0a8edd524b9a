/** Runs endpoints: right, input, transaction, action, ledger, outbox, output. The same for HTTP, jobs and tests. */
import { randomUUID } from 'node:crypto'
import { canonical } from '@zhenghe/wire/canonical.ts'
import { type Kysely, sql } from 'kysely'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { type Endpoint, type EventDef, PUBLIC, SIGNED_IN } from './contract.ts'
import { type KernelTables, openKysely } from './database.ts'
import { type LedgerEntry, ledgerBody } from './ledger/entry.ts'
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
  now?: () => Date
  onAct?: (endpoint: string, outcome: string) => void
}

export const SYSTEM: Actor = { kind: 'system', id: '00000000-0000-4000-8000-000000000000', name: 'system', unit: null, holdings: [] }
export const NOBODY: Actor = { kind: 'anyone', id: '00000000-0000-4000-8000-00000000ffff', name: '', unit: null, holdings: [] }

type Home = { module: Module; name: string }
type Told = { name: string; payload: unknown }
/** What one transaction gathers beside its writes. */
type Act = {
  caller: Caller
  told: Told[]
  subjects: Set<string>
  facts: Record<string, unknown>
  cookies: [string, string | null, number | undefined][]
  after: (() => void)[]
}
export type Cookies = readonly (readonly [string, string | null, number | undefined])[]
/** Collects the cookies that a call sets; HTTP reads them. */
export type CallOptions = { cookies?: (cookies: Cookies) => void }

export type RunningPlatform = Platform & {
  run: <E extends Endpoint>(endpoint: E, caller: Caller, input: unknown, options?: CallOptions) => ReturnType<Platform['run']>
  modules: readonly Module[]
  db: Kysely<KernelTables>
}

export function createPlatform(services: Services): RunningPlatform {
  const { pool, modules, log, now = systemNow } = services
  const db = openKysely<KernelTables>(pool)
  const homes = new Map<Endpoint, Home>(
    modules.flatMap((module) => Object.entries(module.contract).map(([name, endpoint]) => [endpoint, { module, name }] as const)),
  )
  const readers = new Map<string, string[]>()
  for (const module of modules)
    for (const { event, name } of module.jobs?.readers ?? []) readers.set(event, [...(readers.get(event) ?? []), `${module.name}.${name}`])
  const locals = new Map<Local<unknown>, unknown>()

  function local<T>(key: Local<T>): T {
    if (!locals.has(key)) locals.set(key, key.make(platform))
    return locals.get(key) as T
  }

  function contextFor(tx: Kysely<KernelTables>, act: Act): Ctx {
    const { actor, now: at, from } = act.caller
    return {
      db: tx as unknown as Kysely<unknown>,
      kernel: tx,
      actor,
      from,
      now: at.toISOString(),
      today: dayOf(at),
      newId: () => uuidv7(at.getTime()),
      may: (right, place) => actor.kind === 'system' || holdsAt(actor.holdings, right, place),
      reach: (right) => (actor.kind === 'system' ? 'everywhere' : reach(actor.holdings, right)),
      ask: (query, input) => perform(tx, query, act, input) as never,
      emit: (event: EventDef, payload) => void act.told.push({ name: event.name, payload: event.of.parse(payload) }),
      about: (kind, id, facts) => {
        act.subjects.add(`${kind}:${id}`)
        Object.assign(act.facts, facts)
      },
      afterCommit: (run) => void act.after.push(run),
      local,
      setCookie: (name, value, maxAge) => void act.cookies.push([name, value, maxAge]),
    }
  }

  async function perform(tx: Kysely<KernelTables>, endpoint: Endpoint, act: Act, input: unknown): Promise<unknown> {
    const home = homes.get(endpoint)
    if (!home) throw new Error(`no module serves ${endpoint.at}`)
    const parsed = endpoint.in.safeParse(input)
    if (!parsed.success)
      throw new Refusal('kernel.bad_input', { problems: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) })
    try {
      return endpoint.out.parse(await home.module.actions[home.name]!(contextFor(tx, act) as never, parsed.data as never))
    } catch (error) {
      const refusal = error instanceof Refusal ? error : fromConstraint(home.module, error)
      if (refusal && !endpoint.refusals?.includes(refusal.code) && !KERNEL_REFUSALS.has(refusal.code)) {
        throw new Error(`${endpoint.at} may not refuse with ${refusal.code}`, { cause: refusal })
      }
      throw refusal ?? error
    }
  }

  /** Opens the one transaction, commits what the work wrote and tells; a refusal that keeps what was written commits it too. */
  async function transact<R>(
    act: Act,
    mode: 'read only' | 'read write',
    work: (tx: Kysely<KernelTables>) => Promise<R>,
    line: ((outcome: string) => LedgerEntry) | undefined,
  ): Promise<R> {
    return db.connection().execute(async (tx) => {
      await sql.raw(`begin ${mode}; set local zhenghe.units = '${visibleUnits(act.caller.actor)}'`).execute(tx)
      let refused: Refusal | undefined
      let result: R | undefined
      try {
        result = await work(tx)
      } catch (error) {
        const kept = error instanceof Refusal && modules.some(({ refusals }) => refusals[error.code]?.keeps)
        if (!kept) await sql.raw('rollback').execute(tx)
        if (!kept) throw error
        refused = error
      }
      if (mode === 'read write') await settle(tx, act, refused ? refused.code : 'done', line)
      await sql.raw('commit').execute(tx)
      for (const run of act.after) run()
      if (refused) throw refused
      return result as R
    })
  }

  async function settle(tx: Kysely<KernelTables>, act: Act, outcome: string, line: ((outcome: string) => LedgerEntry) | undefined): Promise<void> {
    for (const { name, payload } of act.told) {
      const id = uuidv7(act.caller.now.getTime())
      await sql`insert into kernel.outbox (id, at, name, payload) values (${id}, ${act.caller.now.toISOString()}, ${name}, ${JSON.stringify(payload)})`.execute(
        tx,
      )
      for (const reader of readers.get(name) ?? []) {
        await sql`select graphile_worker.add_job('event', ${JSON.stringify({ event: id, at: act.caller.now.toISOString(), reader })}::json, max_attempts => 12, job_key => ${`${id}:${reader}`})`.execute(
          tx,
        )
      }
    }
    if (line) await append(tx, line(outcome))
  }

  async function append(tx: Kysely<KernelTables>, entry: LedgerEntry): Promise<void> {
    const body = canonical(ledgerBody(entry))
    await sql`select kernel.append_ledger(${entry.at}::timestamptz, ${entry.actor.id}::uuid, ${entry.endpoint}, ${entry.outcome}, ${entry.subjects as string[]}::text[], ${body})`.execute(
      tx,
    )
  }

  /** A refused attempt leaves its own line, after the act's transaction is gone. Never hides the refusal itself. */
  async function recordRefusal(entry: LedgerEntry): Promise<void> {
    try {
      await db.transaction().execute((tx) => append(tx, entry))
    } catch (error) {
      log.error({ err: error, endpoint: entry.endpoint }, 'a refused attempt could not be recorded')
    }
  }

  async function run(endpoint: Endpoint, caller: Caller, input: unknown, options: CallOptions = {}): Promise<unknown> {
    const act: Act = { caller, told: [], subjects: new Set(), facts: {}, cookies: [], after: [] }
    const entry = (outcome: string): LedgerEntry => ({
      at: caller.now.toISOString(),
      actor: caller.actor,
      endpoint: endpoint.at,
      right: endpoint.right,
      outcome,
      input: redacted(input, endpoint.personal, services.redact),
      facts: act.facts,
      subjects: [...act.subjects],
      ...(caller.from ? { from: caller.from.address } : {}),
    })
    const writes = endpoint.kind === 'command'
    const line = writes && !endpoint.unrecorded ? entry : undefined
    let outcome = 'done'
    try {
      if (!entitled(endpoint, caller.actor))
        throw new Refusal(caller.actor.kind === 'anyone' ? 'kernel.sign_in' : 'kernel.forbidden', { right: endpoint.right })
      const result = await transact(act, writes ? 'read write' : 'read only', (tx) => perform(tx, endpoint, act, input), line)
      options.cookies?.(act.cookies)
      return result
    } catch (error) {
      outcome = error instanceof Refusal ? error.code : 'fault'
      const known = caller.actor.kind !== 'anyone'
      const kept = modules.some(({ refusals }) => refusals[outcome]?.keeps)
      if (error instanceof Refusal && !kept && known && (writes || outcome === 'kernel.forbidden') && !endpoint.unrecorded) await recordRefusal(entry(outcome))
      throw error
    } finally {
      services.onAct?.(endpoint.at, outcome)
    }
  }

  async function asSystem<Tables, R>(label: string, work: (ctx: Ctx<Tables>) => Promise<R>): Promise<R> {
    const caller: Caller = { actor: SYSTEM, now: now() }
    const act: Act = { caller, told: [], subjects: new Set(), facts: {}, cookies: [], after: [] }
    return transact(
      act,
      'read write',
      async (tx) => {
        const result = await work(contextFor(tx, act) as Ctx<Tables>)
        if (act.subjects.size > 0) {
          await append(tx, {
            at: caller.now.toISOString(),
            actor: SYSTEM,
            endpoint: label,
            right: 'system',
            outcome: 'done',
            input: {},
            facts: act.facts,
            subjects: [...act.subjects],
          })
        }
        return result
      },
      undefined,
    )
  }

  const platform = { pool, log, run: run as RunningPlatform['run'], local, asSystem, now, modules, db }
  return platform
}

/** Refusals that every endpoint may give. */
const KERNEL_REFUSALS = new Set(['kernel.bad_input', 'kernel.forbidden', 'kernel.sign_in'])

function entitled(endpoint: Endpoint, actor: Actor): boolean {
  if (endpoint.right === PUBLIC || actor.kind === 'system') return true
  if (endpoint.right === SIGNED_IN) return actor.kind === 'staff'
  return holds(actor.holdings, endpoint.right)
}

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

function redacted(value: unknown, personal: readonly string[] | undefined, redact: (value: unknown) => string): unknown {
  if (!personal || personal.length === 0) return value ?? {}
  if (Array.isArray(value)) return value.map((item) => redacted(item, personal, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, personal.includes(name) ? { redacted: redact(inner) } : redacted(inner, personal, redact)]),
  )
}

/** A reference number that a person can read out on the telephone. */
export const referenceNumber = (): string => randomUUID().slice(0, 8).toUpperCase()
