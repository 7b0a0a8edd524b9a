/** What an order is, what a node has for doing it, and what of it is told apart from how the rows go. */
import type { NodeIdentity, SuiteName } from '@zhenghe/wire/documents.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import type { Captures } from './capture/moments.ts'
import type { NodeConfig } from './config.ts'
import { MOST_KEYS_A_RANGE, type OrderOf, type Side } from './control.ts'
import type { Rejection } from './kernels/kernel.ts'
import type { Outbox } from './outbox.ts'
import type { Counters } from './progress.ts'
import type { RateBudget } from './rate.ts'
import type { Refusal } from './refusal.ts'

export type DeliveryOrder = OrderOf<'send' | 'replay' | 'receive' | 'reconcile_send' | 'reconcile_receive'>
/** `budgets`: of each source by its name, shared by all that read from it. `captures`: those under way here. */
export type Desk = { config: NodeConfig; keys: NodeKeys; outbox: Outbox; budgets: ReadonlyMap<string, RateBudget>; captures: Captures }
export type Half = {
  peer: NodeIdentity
  suite: SuiteName
  counters: () => Counters | undefined
  /** To the end, letters written; throws a `Refusal`. */
  work: (session: Session) => Promise<void>
  /** Nothing is lost where the other side does not come: this side has ended and said so, and meets only to tell the other again. */
  ended: boolean
  /** Why it cannot go on, found out beside the session; `overdue` is called then. */
  failure?: () => Refusal | undefined
  overdue?: (leave: () => void) => void
  /** What a person may accept where the granted columns have changed. */
  shape?: () => string | undefined
  end?: () => Promise<void>
}

/** Rejected rows listed in the provider's quarantine, for each range; all are counted. No fewer than a replay reads in a range: of those each is told. */
export const LISTED_A_RANGE = MOST_KEYS_A_RANGE
const LONGEST_VALUE = 500

export function idOf(order: DeliveryOrder): string {
  return 'delivery' in order ? order.delivery : order.reconciliation
}

export function sideOf({ kind }: DeliveryOrder): Side {
  return kind === 'send' || kind === 'replay' || kind === 'reconcile_send' ? 'sender' : 'receiver'
}

/** The approvers by whose grants this node acts on a side: sends only by its own department's, receives also by those of its partners. */
export function trustedBy({ config }: Desk, side: Side): readonly string[] {
  return side === 'sender' ? config.approvers : [...config.approvers, ...config.partners]
}

export type QuarantinedRow = { key: string; keys?: string[]; field: string; rule: string; value: string }

/** A row as it is told: without its key field by field where that is too long, by its place where it cannot be read; such a row cannot be replayed. */
export function quarantined({ key, field, rule, value, place }: Rejection): QuarantinedRow {
  const keys = Object.values(key)
  const told = keys.length > 0 && keys.every(({ length }) => length <= LONGEST_VALUE) ? { keys } : {}
  const shown = [keys.join(','), place ?? ''].filter((text) => text !== '').join(' @ ')
  return { key: shown.slice(0, LONGEST_VALUE), field, rule, value: value ?? '', ...told }
}

/** A range without rejected rows is told only where the same range had some before. */
export function quarantine(outbox: Outbox, id: string, range: number, rows: readonly Rejection[], rejected: number): void {
  const what = `quarantine/${range}`
  if (rejected === 0 && !outbox.knows(id, what)) return
  outbox.write(id, what, `/api/exchange/deliveries/${id}/quarantine`, { range, rows: rows.map(quarantined), dropped: rejected - rows.length })
}
