/** Pure: what became of a delivery, whether its two signed documents agree, and when a broken one is tried again. Browser-safe. */
import type { DeliveryMode, Manifest, Receipt } from '@zhenghe/wire/documents.ts'
import type { Moment } from '../../kernel/contract.ts'
import { later } from '../../kernel/time.ts'
import type { Balance, DeliveryState, Progress } from './delivery.contract.ts'

export type DeliveryTimes = {
  runningSince: Moment | null
  waitingSince: Moment | null
  doneAt: Moment | null
  stoppedAt: Moment | null
  cancelledAt: Moment | null
  pausedAt: Moment | null
}

export function stateOfDelivery({ runningSince, waitingSince, doneAt, stoppedAt, cancelledAt, pausedAt }: DeliveryTimes): DeliveryState {
  if (cancelledAt) return 'cancelled'
  if (doneAt) return 'done'
  if (stoppedAt) return 'stopped'
  if (pausedAt) return 'paused'
  if (waitingSince) return 'waiting'
  return runningSince ? 'running' : 'ordered'
}

/** In which states of a delivery each act is possible. */
export const deliveryActs = {
  resume: ['waiting', 'stopped', 'paused'],
  cancel: ['ordered', 'running', 'waiting', 'stopped', 'paused'],
  /** of a capture */
  pause: ['ordered', 'running', 'waiting'],
  handIn: ['ordered', 'running', 'waiting', 'paused'],
  relay: ['ordered', 'running', 'waiting'],
} as const satisfies Record<string, readonly DeliveryState[]>

export function deliveryAllows(state: DeliveryState, act: keyof typeof deliveryActs): boolean {
  return deliveryActs[act].some((one) => one === state)
}

/** Increments begin with the whole table: until one delivery is done there is nothing they could follow. A capture brings its own load. */
export function modeOf(wanted: DeliveryMode, everDelivered: boolean): DeliveryMode {
  return wanted === 'incremental' && !everDelivered ? 'snapshot' : wanted
}

const PHASES: readonly Progress['phase'][] = ['preparing', 'planning', 'moving', 'indexing', 'swapping', 'reconciling', 'finished', 'following']
const COUNTS = ['rangesDone', 'ranges', 'rowsPlanned', 'rowsRead', 'rowsSent', 'rowsRejected', 'rowsLoaded', 'bytes'] as const

/** What both sides have told, as one: of each figure the further one, of the pace the receiver's. */
export function progressOf(sender: Progress | null, receiver: Progress | null): Progress | null {
  if (!sender || !receiver) return sender ?? receiver
  const counts = Object.fromEntries(COUNTS.map((count) => [count, Math.max(sender[count], receiver[count])])) as Pick<Progress, (typeof COUNTS)[number]>
  const phase = PHASES[Math.max(PHASES.indexOf(sender.phase), PHASES.indexOf(receiver.phase))] ?? receiver.phase
  const capture = sender.capture ?? receiver.capture
  return { ...counts, phase, rowsPerSecond: receiver.rowsPerSecond, ...(capture ? { capture } : {}) }
}

/**
 * 对账 of one delivery: read = filtered + rejected + sent; sent = received = loaded; the same bytes, ranges and digests; and the receipt
 * names the manifest by `manifestDigest`.
 */
export function balanceOf(manifest: Manifest, receipt: Receipt, manifestDigest: string): Balance {
  const { read, filtered, rejected, sent, digest: digestSender } = manifest
  const { received, loaded, digest: digestReceiver } = receipt
  const sums = read === filtered + rejected + sent && sent === received && received === loaded
  const bodies = digestSender === digestReceiver && manifest.bytes === receipt.bytes && manifest.ranges === receipt.ranges
  return { read, filtered, rejected, sent, received, loaded, digestSender, digestReceiver, agrees: sums && bodies && receipt.manifest === manifestDigest }
}

/** What has been loaded since the receiver told `before`: nothing where it counts less than it did. */
export function flowSince(before: Progress | null, now: { rows: number; bytes: number }): { rows: number; bytes: number } {
  return { rows: Math.max(0, now.rows - (before?.rowsLoaded ?? 0)), bytes: Math.max(0, now.bytes - (before?.bytes ?? 0)) }
}

/** A node that has been silent for this long is taken to be gone. */
export const SILENCE_SECONDS = 120
const LONGEST_RETRY_SECONDS = 60

/** How long a delivery waits before its nodes are told to try again; `attempt` counts from 1. */
export function retrySeconds(attempt: number): number {
  return Math.min(2 ** (attempt - 1), LONGEST_RETRY_SECONDS)
}

const SECOND = 1000
const LONGEST_REST = 48 * 3600 * SECOND

/** When a delivery is handed to its nodes again. @param until told by a node: before, there is no use in it; two days off at most, so that a clock gone wrong does not hold it for ever */
export function retryAt(now: Moment, attempt: number, until: Moment | undefined): Moment {
  const usual = later(now, retrySeconds(attempt) * SECOND)
  if (until === undefined || Date.parse(until) <= Date.parse(usual)) return usual
  const latest = later(now, LONGEST_REST)
  return Date.parse(until) < Date.parse(latest) ? later(until, 0) : latest
}

const FIRST_ORDER_RETRY_SECONDS = 30
const LONGEST_ORDER_RETRY_SECONDS = 3600
/** How long an order that is no delivery rests after it could not be carried out; `attempt` counts from 1. It is never given up. */
export function orderRetrySeconds(attempt: number): number {
  return Math.min(FIRST_ORDER_RETRY_SECONDS * 2 ** (attempt - 1), LONGEST_ORDER_RETRY_SECONDS)
}

/** Rejected rows of all shown among all read that the filter let pass; null where none was read. */
export function rejectedShare({ rejected, loaded }: { rejected: number; loaded: number }): number | null {
  return rejected + loaded > 0 ? rejected / (rejected + loaded) : null
}
