import { expect, test } from 'vitest'
import type { Threshold } from './alarm.contract.ts'
import { findingsOf, levelOf, type Watched, type WatchedNode } from './alarm.rules.ts'
import { compareVersions, etaSeconds, lagSeconds, newestOf } from './monitor.rules.ts'
import { PROGRESS } from './testing/city.ts'

const NOW = '2026-11-23T02:00:00.000Z'
const ago = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString()
const THRESHOLDS: Threshold[] = [
  { kind: 'node_silent', level: 'critical', value: 120, unit: 'seconds' },
  { kind: 'clock_off', level: 'warning', value: 60, unit: 'seconds' },
  { kind: 'disk_low', level: 'warning', value: 10, unit: 'percent' },
  { kind: 'disk_low', level: 'critical', value: 3, unit: 'percent' },
  { kind: 'outbox_growing', level: 'warning', value: 300, unit: 'seconds' },
  { kind: 'letters_refused', level: 'warning', value: 1, unit: 'rows' },
  { kind: 'delivery_waiting', level: 'warning', value: 15, unit: 'minutes' },
  { kind: 'delivery_late', level: 'warning', value: 60, unit: 'minutes' },
  { kind: 'quarantine_high', level: 'warning', value: 1000, unit: 'rows' },
  { kind: 'reconciliation_differs', level: 'warning', value: 1, unit: 'rows' },
  { kind: 'grant_expiring', level: 'warning', value: 30, unit: 'days' },
  { kind: 'budget_exceeded', level: 'warning', value: 50, unit: 'percent' },
  { kind: 'budget_exceeded', level: 'critical', value: 100, unit: 'percent' },
]
const NOTHING: Watched = { nodes: [], waiting: [], late: [], quarantined: [], differing: [], grants: [] }
const of = (id: string) => ({ record: id, unit: 'u', name: '甲' })
const node = (wish: Partial<WatchedNode> = {}): WatchedNode => ({
  ...{ ...of('n'), lastSeenAt: ago(5), clockSkewSeconds: 0.2, stores: [] },
  health: { outbox: { waiting: 0, oldestSeconds: null, refused: 0 }, disk: { freeBytes: 50, totalBytes: 100 } },
  ...wish,
})
const found = (watched: Partial<Watched>) =>
  findingsOf({ ...NOTHING, ...watched }, THRESHOLDS, NOW).map(({ kind, level, figure, subject }) => [kind, level, figure, subject])
const nodes = (wish: Partial<WatchedNode>) => found({ nodes: [node(wish)] })

test('a node that is well gives no alarm, and neither does one that tells nothing of itself', () => {
  expect(nodes({})).toEqual([])
  expect(nodes({ health: null, clockSkewSeconds: null, lastSeenAt: null })).toEqual([])
})

test('a silent node, a clock that is off either way', () => {
  expect(nodes({ lastSeenAt: ago(119) })).toEqual([])
  expect(nodes({ lastSeenAt: ago(120) })).toEqual([['node_silent', 'critical', 120, 'n']])
  expect(nodes({ clockSkewSeconds: -61 })).toEqual([['clock_off', 'warning', 61, 'n']])
})

test('less room is worse, and the gravest level it reaches counts', () => {
  const disk = (freeBytes: number) => nodes({ health: { outbox: { waiting: 0, oldestSeconds: 0, refused: 0 }, disk: { freeBytes, totalBytes: 100 } } })
  expect([disk(10), disk(9), disk(2)]).toEqual([[], [['disk_low', 'warning', 9, 'n']], [['disk_low', 'critical', 2, 'n']]])
})

test('letters that wait too long or were refused', () => {
  expect(nodes({ health: { outbox: { waiting: 9, oldestSeconds: 300, refused: 2 }, disk: null } })).toEqual([
    ['outbox_growing', 'warning', 300, 'n'],
    ['letters_refused', 'warning', 2, 'n'],
  ])
})

test('each gauge of each store has an alarm of its own, at half and at the whole of its budget', () => {
  const gauge = (value: number) => ({ name: 'wal_kept', value, limit: 200 })
  const stores = [
    { id: 'a', gauges: [gauge(99)] },
    { id: 'b', gauges: [gauge(100)] },
    { id: 'c', gauges: [gauge(200)] },
  ]
  expect(nodes({ stores })).toEqual([
    ['budget_exceeded', 'warning', 50, 'n/b/wal_kept'],
    ['budget_exceeded', 'critical', 100, 'n/c/wal_kept'],
  ])
})

test('deliveries that wait or are late, quarantine, differences, grants that end', () => {
  expect(found({ waiting: [{ ...of('d'), since: ago(16 * 60) }], late: [{ ...of('s'), since: ago(59 * 60) }] })).toEqual([
    ['delivery_waiting', 'warning', 16, 'd'],
  ])
  expect(found({ late: [{ ...of('s'), since: ago(60 * 60) }] })).toEqual([['delivery_late', 'warning', 60, 's']])
  expect(found({ quarantined: [{ ...of('e'), rows: 1000 }], differing: [{ ...of('s'), rows: 3 }] })).toEqual([
    ['quarantine_high', 'warning', 1000, 'e'],
    ['reconciliation_differs', 'warning', 3, 's'],
  ])
  expect(
    found({
      grants: [
        { ...of('g'), notAfter: ago(-29 * 86_400) },
        { ...of('h'), notAfter: ago(-31 * 86_400) },
      ],
    }),
  ).toEqual([['grant_expiring', 'warning', 29, 'g']])
})

test('without a threshold nothing is an alarm', () => {
  expect(levelOf('clock_off', 10_000, [])).toBeUndefined()
})

test('versions compare number by number, a pre-release before its release', () => {
  expect(['0.10.0', '0.9.1', '1.0.0-rc.1', '1.0.0'].sort(compareVersions)).toEqual(['0.9.1', '0.10.0', '1.0.0-rc.1', '1.0.0'])
  expect([newestOf([null, '0.9.0', '0.10.0']), newestOf([null])]).toEqual(['0.10.0', null])
})

test('the time left is told only while rows move; the lag is that of the later side', () => {
  expect(etaSeconds({ ...PROGRESS, rowsPlanned: 10_000, rowsSent: 2000, rowsLoaded: 1500, rowsPerSecond: 1000 })).toBe(8)
  expect([etaSeconds({ ...PROGRESS, phase: 'indexing' }), etaSeconds({ ...PROGRESS, rowsPerSecond: 0 }), etaSeconds(null)]).toEqual([null, null, null])
  expect([lagSeconds([ago(9), ago(4)], NOW), lagSeconds([null, ago(4)], NOW), lagSeconds([null, null], NOW)]).toEqual([4, 4, null])
})
