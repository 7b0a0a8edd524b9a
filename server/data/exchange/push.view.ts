/** Push tasks as people see them. */
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { stateOfDelivery } from './delivery.rules.ts'
import { findGrant } from './grant.store.ts'
import { viewOfGrant } from './grant.view.ts'
import type { PushHead, PushView } from './push.contract.ts'
import { runsOf, stateOfPush } from './push.rules.ts'
import { findPush, type PushWithGrant } from './push.store.ts'
import type { Context } from './sight.ts'

const refuse = refuser(refusals)
const RUNS_SHOWN = 5

export function headOfPush(row: PushWithGrant, now: string): PushHead {
  const { id, number, name, subscription, entry, entryName, provider, providerName, consumer, consumerName, mode, schedule, beginsAt, endsAt, nextDueAt } = row
  const {
    lastRunningSince: runningSince,
    lastWaitingSince: waitingSince,
    lastDoneAt: doneAt,
    lastStoppedAt: stoppedAt,
    lastCancelledAt: cancelledAt,
    lastPausedAt: pausedAt,
  } = row
  const run = stateOfDelivery({ runningSince, waitingSince, doneAt, stoppedAt, cancelledAt, pausedAt })
  return {
    ...{ id, number, name, subscription, entry, entryName, provider, providerName, consumer, consumerName, mode, schedule, beginsAt, endsAt, nextDueAt },
    grant: row.grantId,
    state: stateOfPush(row, now),
    lastRun: row.lastId ? { id: row.lastId, state: run, at: doneAt ?? stoppedAt ?? cancelledAt ?? row.lastOrderedAt, loaded: row.lastLoaded } : null,
  }
}

export async function viewOfPush(ctx: Context, row: PushWithGrant): Promise<PushView> {
  const grant = await findGrant(ctx.db, row.grantId)
  const { fields, filterWords, cursor } = grant ? viewOfGrant(grant, ctx.now) : refuse('exchange.unknown')
  const head = headOfPush(row, ctx.now)
  const runs = head.state === 'ended' || row.endedAt ? [] : runsOf(row, ctx.now, RUNS_SHOWN)
  return {
    ...head,
    ...{ fields, filterWords, incrementField: cursor, publishedAt: row.publishedAt, stopReason: row.stopReason },
    keys: fields.filter(({ key }) => key).map(({ title }) => title),
    target: { store: row.store, schema: row.targetSchema, table: row.targetTable },
    nextRuns: row.nextDueAt && !runs.includes(row.nextDueAt) ? [row.nextDueAt, ...runs].slice(0, RUNS_SHOWN) : runs,
  }
}

export async function pushView(ctx: Context, id: string): Promise<PushView> {
  return viewOfPush(ctx, (await findPush(ctx.db, id)) ?? refuse('exchange.unknown'))
}
