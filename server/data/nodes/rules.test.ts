import { expect, test } from 'vitest'
import { acts, allows, joining, sameFingerprint, skewSeconds, stateOf } from './rules.ts'

const never = { joinedAt: null, confirmedAt: null, revokedAt: null }
const AT = '2026-11-23T02:00:00.000Z'
const LATER = '2026-11-24T02:00:00.000Z'

test.each([
  [never, 'awaiting_join'],
  [{ ...never, joinedAt: AT }, 'awaiting_confirmation'],
  [{ ...never, joinedAt: AT, confirmedAt: AT }, 'active'],
  [{ joinedAt: AT, confirmedAt: AT, revokedAt: AT }, 'revoked'],
  [{ ...never, revokedAt: AT }, 'revoked'],
] as const)('what has happened to a node makes its state: %o is %s', (times, state) => {
  expect(stateOf(times)).toBe(state)
})

test('a revoked node can do nothing more', () => {
  expect(Object.keys(acts).filter((act) => allows('revoked', act as keyof typeof acts))).toEqual([])
})

test('a token joins once, for one pair of keys, while it holds', () => {
  const node = { ...never, tokenExpiresAt: LATER, sign: null, seal: null }
  const keys = { sign: 'a', seal: 'b' }
  const joined = { ...node, ...keys, joinedAt: AT }
  expect(joining(node, keys, AT)).toBe('first')
  expect(joining(node, keys, LATER)).toBeUndefined()
  expect(joining(joined, keys, AT)).toBe('again')
  expect(joining(joined, { ...keys, sign: 'c' }, AT)).toBeUndefined()
  expect(joining({ ...joined, confirmedAt: AT }, keys, AT)).toBeUndefined()
  expect(joining({ ...node, revokedAt: AT }, keys, AT)).toBeUndefined()
})

test('a fingerprint read out is the same in any spelling, and another one is not', () => {
  expect(sameFingerprint('3F0A 91bc', '3f0a-91bc')).toBe(true)
  expect(sameFingerprint('3f0a-91bd', '3f0a-91bc')).toBe(false)
})

test('a clock ahead of the platform has a positive skew', () => {
  expect(skewSeconds('2026-11-23T02:00:01.500Z', AT)).toBe(1.5)
  expect(skewSeconds('2026-11-23T01:59:00.000Z', AT)).toBe(-60)
})
