import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Kysely } from 'kysely'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { z } from 'zod'
import type { Contract, Endpoint, EventDef, Id, LocalDate, Moment, Refusals, Rights, Todos } from './contract.ts'
import type { KernelTables } from './database.ts'
import type { Fact } from './facts.ts'
import type { Measure } from './observe.ts'
import type { Holding, Place, Reach } from './rights.ts'

export type Actor = {
  kind: 'staff' | 'node' | 'system' | 'anyone'
  id: Id
  name: string
  /** The unit on whose behalf the actor acts, where there is one. */
  unit: Id | null
  holdings: readonly Holding[]
  /** The session through which a person acts. */
  session?: Id
}
export type Caller = {
  actor: Actor
  now: Date
  /** Where the call came from; absent for jobs. */
  from?: { address: string; agent: string; origin: string | null }
}

/** All that an action may touch. `db` is one transaction: of a command, read-write; of a query, read-only. */
export type Ctx<Tables = unknown> = {
  db: Kysely<Tables>
  /** The kernel's own tables in the same transaction: for the kernel's mechanisms, not for modules. */
  kernel: Kysely<KernelTables>
  actor: Actor
  from: Caller['from']
  now: Moment
  today: LocalDate
  newId: () => Id
  /** Whether the actor's right holds in this place. */
  may: (right: string, place: Place) => boolean
  reach: (right: string) => Reach
  /** Reads from another module through its contract, in this same transaction. Only queries can be asked; the caller's rights are not asked again. */
  ask: <E extends Endpoint<'query'>>(query: E, input: z.input<E['in']>) => Promise<z.output<E['out']>>
  /** Tells the other modules, in this same transaction (an outbox row). */
  emit: <P extends z.ZodType>(event: EventDef<P>, payload: z.input<P>) => void
  /** Names a record the act is about, so that its history can show the ledger line; `facts` become part of the line. */
  about: (kind: string, id: Id, facts?: Readonly<Record<string, unknown>>) => void
  /** Runs when the transaction has committed, in this process only: for caches and wake-ups, never for effects that must not be lost. */
  afterCommit: (run: () => void) => void
  /** One value for each running platform, made at its first use. */
  local: <T>(key: Local<T>) => T
  setCookie: (name: string, value: string | null, maxAgeSeconds?: number) => void
}
export type Action<E extends Endpoint, Tables> = (ctx: Ctx<Tables>, input: z.output<E['in']>) => Promise<z.input<E['out']>>
/** One action for every endpoint of the contract: none missing, none extra. */
export type Actions<C extends Contract, Tables> = { [K in keyof C]: Action<C[K], Tables> }

/** The key of a value that lives once in each running platform (an index, a hub of connections). */
export type Local<T> = { readonly make: (platform: Platform) => T }
export function local<T>(make: (platform: Platform) => T): Local<T> {
  return { make }
}

/** What a running platform offers to the parts of a module that stand outside a request. */
export type Platform = {
  pool: Pool
  log: Logger
  run: <E extends Endpoint>(endpoint: E, caller: Caller, input: unknown) => Promise<z.output<E['out']>>
  local: <T>(key: Local<T>) => T
  /** Runs work in one transaction as the platform itself; writes a ledger line when the work names a record. */
  asSystem: <Tables, R>(label: string, work: (ctx: Ctx<Tables>) => Promise<R>) => Promise<R>
  now: () => Date
}

export type Reader = { event: string; name: string; handle: (ctx: never, payload: never) => Promise<void> }
export type Schedule = { cron: string; name: string; handle: (ctx: never) => Promise<void> }
export type Jobs = { readers: readonly Reader[]; schedules: readonly Schedule[] }

/** Who a request comes from, or undefined where this way of signing in does not apply. May refuse. */
export type Identify = (platform: Platform, request: IncomingMessage) => Promise<Actor | undefined>
/** Paths below a prefix that a module serves itself, as bytes: for what is too frequent for the way of an act. It must do all that an act does. */
export type Front = {
  prefix: `/${string}/`
  request: (platform: Platform, request: IncomingMessage, response: ServerResponse) => void
  /** Sees each new connection first; hands over, with nothing read, what is not its own. */
  socket?: (platform: Platform, socket: Socket, handOver: (socket: Socket) => void) => void
}
export type Upgrade = (platform: Platform, request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>

/**
 * Keeps the answer of a query back over HTTP while it has nothing to say (a long poll). Begun before the query first runs, so that nothing is missed
 * between the answer and the wait. `again` resolves true when it is worth asking anew, false when the answer is to be given as it is; `gone` is
 * aborted when nobody waits for the answer any more, or the platform ends.
 */
export type Hold = (platform: Platform, caller: Caller, input: unknown, gone: AbortSignal) => { again: (out: unknown) => Promise<boolean>; end: () => void }

export type Module<C extends Contract = Contract> = {
  /** Also the name of its Postgres schema. */
  name: string
  contract: C
  refusals: Refusals
  rights: Rights
  todos?: Todos
  actions: { [K in keyof C]: (ctx: never, input: never) => Promise<unknown> }
  migrations: URL
  jobs?: Jobs
  facts?: readonly Fact[]
  /** Figures for a monitoring system. */
  measures?: readonly Measure[]
  identify?: Identify
  /** Queries whose answer may be held back, by their name in the contract. */
  holds?: Readonly<Partial<Record<keyof C, Hold>>>
  /** Paths below /api that turn into a raw stream by HTTP Upgrade. */
  upgrades?: Readonly<Record<string, Upgrade>>
  front?: Front
  /** Runs once when the platform is up; what it answers runs at the stop. */
  start?: (platform: Platform) => Promise<() => Promise<void>>
}
export function defineModule<C extends Contract>(module: Module<C>): Module<C> {
  return module
}

/** A reader of an event: runs at least once after the telling act committed, in one transaction of its own; its writes happen once. */
export function on<P extends z.ZodType, Tables>(event: EventDef<P>, name: string, handle: (ctx: Ctx<Tables>, payload: z.output<P>) => Promise<void>): Reader {
  return { event: event.name, name, handle: handle as Reader['handle'] }
}
/** Work by the clock. `when` is a cron line in the city's time zone. */
export function every<Tables>(when: string, name: string, handle: (ctx: Ctx<Tables>) => Promise<void>): Schedule {
  return { cron: when, name, handle: handle as Schedule['handle'] }
}
