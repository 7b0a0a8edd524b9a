/** Pure: which alarms there are, from what is known of nodes, deliveries, grants and the quarantine. Browser-safe. */
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Gauge, NodeHealth } from '../nodes/health.contract.ts'
import type { AlarmKind, AlarmLevel, Threshold } from './alarm.contract.ts'

type Named = { record: Id; unit: Id; name: string }
export type WatchedNode = Named & {
  lastSeenAt: Moment | null
  clockSkewSeconds: number | null
  health: Pick<NodeHealth, 'outbox' | 'disk'> | null
  stores: readonly { id: string; gauges?: readonly Pick<Gauge, 'name' | 'value' | 'limit'>[] | undefined }[]
}
/** What the rules look at. Each of the lists but the nodes holds a figure in the unit of its threshold's seconds: since when, or how many. */
export type Watched = {
  nodes: readonly WatchedNode[]
  /** deliveries that wait for another attempt, since when */
  waiting: readonly (Named & { since: Moment })[]
  /** subscriptions whose delivery was due and is not done, since when */
  late: readonly (Named & { since: Moment })[]
  /** open rows of an entry's quarantine */
  quarantined: readonly (Named & { rows: number })[]
  /** subscriptions whose last comparison found differing rows that nobody has mended */
  differing: readonly (Named & { rows: number })[]
  /** grants in force that something stands under */
  grants: readonly (Named & { notAfter: Moment })[]
}

/** `subject`: one alarm of a kind is open for it. `figure`: in the unit of the threshold. */
export type Finding = Named & { kind: AlarmKind; subject: string; level: AlarmLevel; figure: number }

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
/** Of these the lesser figure is the worse. */
const LESS_IS_WORSE: ReadonlySet<AlarmKind> = new Set(['disk_low', 'grant_expiring'])

/** Every alarm there is at this moment, each subject of a kind once, with the gravest level its figure reaches. */
export function findingsOf(watched: Watched, thresholds: readonly Threshold[], now: Moment): Finding[] {
  const at = Date.parse(now)
  const since = (moment: Moment, unit: number) => (at - Date.parse(moment)) / unit
  const figures: (Named & { kind: AlarmKind; subject: string; figure: number })[] = [
    ...watched.nodes.flatMap((node) => ofNode(node, at)),
    ...watched.waiting.map((one) => ({ ...named(one), kind: 'delivery_waiting' as const, subject: one.record, figure: since(one.since, MINUTE) })),
    ...watched.late.map((one) => ({ ...named(one), kind: 'delivery_late' as const, subject: one.record, figure: since(one.since, MINUTE) })),
    ...watched.quarantined.map((one) => ({ ...named(one), kind: 'quarantine_high' as const, subject: one.record, figure: one.rows })),
    ...watched.differing.map((one) => ({ ...named(one), kind: 'reconciliation_differs' as const, subject: one.record, figure: one.rows })),
    ...watched.grants.map((one) => ({ ...named(one), kind: 'grant_expiring' as const, subject: one.record, figure: -since(one.notAfter, DAY) })),
  ]
  return figures.flatMap((one) => {
    const level = levelOf(one.kind, one.figure, thresholds)
    return level ? [{ ...one, level }] : []
  })
}

/** The gravest level that a figure reaches; undefined where it is no alarm. */
export function levelOf(kind: AlarmKind, figure: number, thresholds: readonly Threshold[]): AlarmLevel | undefined {
  const reached = thresholds.filter((one) => one.kind === kind && (LESS_IS_WORSE.has(kind) ? figure < one.value : figure >= one.value))
  return reached.find(({ level }) => level === 'critical')?.level ?? reached[0]?.level
}

const named = ({ record, unit, name }: Named): Named => ({ record, unit, name })

function ofNode(node: WatchedNode, at: number): (Named & { kind: AlarmKind; subject: string; figure: number })[] {
  const { record, lastSeenAt, clockSkewSeconds, health, stores } = node
  const about = (kind: AlarmKind, figure: number | null | undefined, subject: string = record, name = node.name) =>
    figure === null || figure === undefined ? [] : [{ ...named(node), name, kind, subject, figure }]
  const gauges = stores.flatMap(({ id, gauges: told = [] }) =>
    told.flatMap(({ name, value, limit }) => about('budget_exceeded', (100 * value) / limit, `${record}/${id}/${name}`, `${node.name}　${id}`)),
  )
  return [
    ...about('node_silent', lastSeenAt === null ? null : (at - Date.parse(lastSeenAt)) / SECOND),
    ...about('clock_off', clockSkewSeconds === null ? null : Math.abs(clockSkewSeconds)),
    ...about('disk_low', health?.disk && health.disk.totalBytes > 0 ? (100 * health.disk.freeBytes) / health.disk.totalBytes : null),
    ...about('outbox_growing', health?.outbox.oldestSeconds),
    ...about('letters_refused', health?.outbox.refused),
    ...gauges,
  ]
}
