/** Pure: what a node's history makes of it, and which acts its state allows. */
import type { Moment } from '../../kernel/contract.ts'
import type { NodeState } from './contract.ts'

/** How long an enrolment token can be used. */
export const TOKEN_HOURS = 24

export type NodeTimes = { joinedAt: Moment | null; confirmedAt: Moment | null; revokedAt: Moment | null }

export function stateOf({ joinedAt, confirmedAt, revokedAt }: NodeTimes): NodeState {
  if (revokedAt) return 'revoked'
  if (confirmedAt) return 'active'
  return joinedAt ? 'awaiting_confirmation' : 'awaiting_join'
}

/** In which states a node each act is possible. */
export const acts = {
  confirm: ['awaiting_confirmation'],
  revoke: ['awaiting_join', 'awaiting_confirmation', 'active'],
  readSchema: ['active'],
} as const satisfies Record<string, readonly NodeState[]>

export function allows(state: NodeState, act: keyof typeof acts): boolean {
  return acts[act].some((one) => one === state)
}

type Joining = NodeTimes & { tokenExpiresAt: Moment; sign: string | null; seal: string | null }

/**
 * What a token does for the keys shown with it: it joins its node once. The same keys again, before they are confirmed, are the same
 * joining (its answer may have been lost on the way); undefined where the token is spent, expired or revoked.
 */
export function joining(node: Joining, keys: { sign: string; seal: string }, now: Moment): 'first' | 'again' | undefined {
  const state = stateOf(node)
  if (now >= node.tokenExpiresAt) return undefined
  if (state === 'awaiting_join') return 'first'
  return state === 'awaiting_confirmation' && node.sign === keys.sign && node.seal === keys.seal ? 'again' : undefined
}

/** Whether two fingerprints are the same to somebody who read one aloud: letter case, blanks and hyphens do not count. */
export function sameFingerprint(one: string, other: string): boolean {
  return spelled(one) === spelled(other)
}

const spelled = (fingerprint: string): string => fingerprint.toLowerCase().replace(/[^0-9a-f]/g, '')

/** Seconds by which a node's clock is ahead of the platform's, to the millisecond; negative where it is behind. */
export function skewSeconds(nodeClock: Moment, platformClock: Moment): number {
  return (Date.parse(nodeClock) - Date.parse(platformClock)) / 1000
}
