/** Pure: what a push task's history makes of it, and when it runs. Browser-safe. */
import type { Moment } from '../../kernel/contract.ts'
import { later } from '../../kernel/time.ts'
import type { PushState, PushWish } from './push.contract.ts'
import type { Schedule } from './schedule.contract.ts'
import { nextDue } from './schedule.rules.ts'

export type PushTimes = { publishedAt: Moment | null; beginsAt: Moment; endsAt: Moment | null; stoppedAt: Moment | null; endedAt: Moment | null }

export function stateOfPush({ publishedAt, beginsAt, endsAt, stoppedAt, endedAt }: PushTimes, now: Moment): PushState {
  if (!publishedAt) return 'draft'
  if (endedAt || (endsAt !== null && endsAt <= now && !stoppedAt)) return 'ended'
  if (stoppedAt) return 'stopped'
  return now < beginsAt ? 'not_started' : 'running'
}

/** In which states of a push task each act is possible. */
export const pushActs = {
  change: ['draft', 'stopped'],
  publish: ['draft'],
  stop: ['not_started', 'running'],
  start: ['stopped'],
} as const satisfies Record<string, readonly PushState[]>
export type PushAct = keyof typeof pushActs

export function pushAllows(state: PushState, act: PushAct): boolean {
  return pushActs[act].some((one) => one === state)
}

type Span = { schedule: Schedule; beginsAt: Moment; endsAt: Moment | null }

/** The first run after a moment within the task's span; of one that runs once, its beginning or, where that has passed, now. Null where none is left. */
export function firstRun({ schedule, beginsAt, endsAt }: Span, now: Moment): Moment | null {
  if (schedule.kind === 'once') return beginsAt > now ? beginsAt : now
  const due = beginsAt > now ? nextDue(schedule, later(beginsAt, -1)) : nextDue(schedule, now)
  return due !== null && (endsAt === null || due < endsAt) ? due : null
}

/** The run after one that was ordered now; null where it was the last. */
export function runAfter(span: Span, now: Moment): Moment | null {
  return span.schedule.kind === 'once' ? null : firstRun(span, now)
}

/** The next runs after a moment, soonest first. */
export function runsOf(span: Span, now: Moment, count: number): Moment[] {
  const runs: Moment[] = []
  for (let at = firstRun(span, now); at !== null && runs.length < count; at = runAfter(span, at)) runs.push(at)
  return runs
}

/** Whether the task's span lies in the future and is not empty; a task that runs once has no end. */
export function spanFits({ beginsAt, endsAt, schedule }: Pick<PushWish, 'beginsAt' | 'endsAt' | 'schedule'>, now: Moment): boolean {
  if (endsAt === undefined) return true
  return schedule.kind !== 'once' && endsAt > now && endsAt > (beginsAt ?? now)
}
