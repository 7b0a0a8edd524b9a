/** What a module says in public. Plain data, safe in a browser: clients, OpenAPI, rights, refusals and texts are read from it. */
import { z } from 'zod'
import type { Text } from './texts.ts'

export const Id = z.uuid()
export type Id = z.infer<typeof Id>
/** A calendar day in the city's own time zone, YYYY-MM-DD. */
export const LocalDate = z.iso.date()
export type LocalDate = z.infer<typeof LocalDate>
/** A moment, ISO 8601 in UTC with milliseconds. */
export const Moment = z.iso.datetime()
export type Moment = z.infer<typeof Moment>

/** Who may call: a right that the module declares, or anyone at all, or anyone who is signed in. */
export type Right = string | typeof PUBLIC | typeof SIGNED_IN
export const PUBLIC = 'public'
export const SIGNED_IN = 'signed-in'

export type Endpoint<K extends 'command' | 'query' = 'command' | 'query', I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = {
  kind: K
  /** Method and path below /api; `{name}` is filled from the input. */
  at: `${'GET' | 'POST'} /${string}`
  summary: string
  /** The one right a caller must hold in some place; where it holds is checked by the action. */
  right: Right
  in: I
  out: O
  /** Every code this endpoint may refuse with; any other is our fault and answers 500. */
  refusals?: readonly string[]
  /** Names of input fields, at any depth, that the ledger keeps only as a keyed digest. */
  personal?: readonly string[]
  /** No ledger line: for beats (polls, progress) whose result another act records. */
  unrecorded?: true
  /** The most bytes its body may have, where that is more than any other endpoint takes. */
  largest?: number
}
export type Contract = Record<string, Endpoint>

/** Each way a module says «no»: its HTTP status, what a person reads (what happened, what to do next), and the constraint that says it too. */
export type RefusalDef = {
  status: 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 503
  text: Text
  /** Fills the `{name}` places of the text. */
  params?: z.ZodType
  /** The database constraint whose violation is this refusal. */
  constraint?: string
  /** What the act wrote before it refused stays written (a count of failed attempts). */
  keeps?: true
  /** The ledger keeps only a keyed digest of an input that was refused so: what may not enter the platform does not enter by its ledger. */
  withholds?: true
}
export type Refusals = Record<string, RefusalDef>
export type EventDef<P extends z.ZodType = z.ZodType> = { name: string; of: P }

/** On which side of the separated administrators a right lies; no person may hold rights of two administrators' sides. */
export type RightDef = { text: Text; side: 'business' | 'system' | 'security' | 'audit' | 'node' }
export type Rights = Record<string, RightDef>
/** A kind of thing that can wait for somebody, and where the workbench opens it; `{subject}` is its id. */
export type TodoDef = { text: Text; link: string }
export type Todos = Record<string, TodoDef>

type Spec<I extends z.ZodType, O extends z.ZodType> = Omit<Endpoint<'query', I, O>, 'kind' | 'at'>

export function query<I extends z.ZodType, O extends z.ZodType>(at: `GET /${string}`, spec: Spec<I, O>): Endpoint<'query', I, O> {
  return { kind: 'query', at, ...spec }
}
export function command<I extends z.ZodType, O extends z.ZodType>(at: `POST /${string}`, spec: Spec<I, O>): Endpoint<'command', I, O> {
  return { kind: 'command', at, ...spec }
}
export function event<P extends z.ZodType>(name: string, of: P): EventDef<P> {
  return { name, of }
}

/** One page of a longer list: keyset paging by an opaque cursor, with the exact total. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), total: z.int(), next: z.string().nullable() })
}
export const PageInput = z.object({ after: z.string().optional(), limit: z.int().min(1).max(200).default(50) })
export type Page<T> = { items: T[]; total: number; next: string | null }
