import { endClock } from '../../kernel/clock/clock.ts'
import { every, type Jobs } from '../../kernel/module.ts'
import { nextClock, tellConsumer } from './lock.ts'
import type { Context } from './sight.ts'
import * as store from './store.ts'
import type { ChannelRow, Tables } from './tables.ts'
import { evidenceOf, noteStep } from './view.ts'

const RECONFIRM_BEFORE_DAYS = 30
const AT_ONCE = 200

export const jobs: Jobs = {
  readers: [],
  schedules: [
    every<Tables>('40 7 * * *', 'ask for yearly confirmations', askReconfirmation),
    every<Tables>('45 7 * * *', 'tell of late moves', tellLate),
    every<Tables>('5 0 * * *', 'end what was kept until yesterday', endRetention),
    every<Tables>('20 * * * *', 'open channels whose replacement stopped', reopenStopped),
  ],
}

/** A month before the year is over, the consumer is asked once whether the channel still stands. */
export async function askReconfirmation(ctx: Context): Promise<void> {
  for (const row of await store.toReconfirm(ctx.db, ctx.today, RECONFIRM_BEFORE_DAYS)) await tellConsumer(ctx, row, 'reconfirm')
}

export async function tellLate(ctx: Context): Promise<void> {
  for (const row of await store.lateMoves(ctx.db, ctx.today)) await tellConsumer(ctx, row, 'late')
}

/** What was kept has to be planned anew. */
export async function endRetention(ctx: Context): Promise<void> {
  for (const { id } of await store.keptTooLong(ctx.db, ctx.today)) {
    const row = await store.lockChannel(ctx.db, id)
    if (!row?.retainedAt) continue
    const clock = await nextClock(ctx, row, 'channels.plan')
    const none = { retainedAt: null, retention: null, retainUntil: null, plan: null, target: null, dueOn: null, plannedAt: null, begunAt: null }
    await store.changeChannel(ctx.db, id, { ...none, parallelAt: null, clock })
    await noteStep(ctx, id, 'retention_ended', row.retainUntil ?? '')
    await tellConsumer(ctx, row, 'retention_ended', clock)
  }
}

/** A channel stays closed as long as its replacement delivers. A twin that runs meanwhile keeps the closed one closed. */
export async function reopenStopped(ctx: Context): Promise<void> {
  for (let after: string | undefined, more = true; more; ) {
    const rows = await store.closedChannels(ctx.db, after, AT_ONCE)
    for (const row of rows) if (!(await evidenceOf(ctx, row))?.holds) await reopen(ctx, row)
    after = rows.at(-1)?.id
    more = rows.length === AT_ONCE
  }
}

async function reopen(ctx: Context, { id }: ChannelRow): Promise<void> {
  const row = await store.lockChannel(ctx.db, id)
  if (!row?.closedAt || (await store.twinRuns(ctx.db, row))) return
  if (row.clock) await endClock(ctx, row.clock)
  const clock = await nextClock(ctx, { id, clock: null }, 'channels.move')
  await store.changeChannel(ctx.db, id, { closedAt: null, closing: null, parallelAt: null, clock })
  await noteStep(ctx, id, 'reopened', row.closing?.switchedOff ?? '')
  await tellConsumer(ctx, row, 'reopened')
}
