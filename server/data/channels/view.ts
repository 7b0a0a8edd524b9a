/** Channels as people see them. */
import { maskPhone } from '../../assurance/organizations/rules.ts'
import { clocksOf } from '../../kernel/clock/clock.ts'
import type { ClockView } from '../../kernel/clock/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import type { Channel, ChannelHead, ChannelStep } from './channel.contract.ts'
import type { Evidence } from './evidence.contract.ts'
import { evidenceFrom, isStale, stateOfChannel } from './rules.ts'
import { type Context, supervises } from './sight.ts'
import * as store from './store.ts'
import type { ChannelRow } from './tables.ts'

export async function headsOf(ctx: Context, rows: readonly store.ChannelWithAlike[]): Promise<ChannelHead[]> {
  const clocks = await clocksOf(
    ctx,
    rows.flatMap(({ clock }) => clock ?? []),
  )
  return rows.map((row) => headOf(ctx, row, clocks))
}

function headOf({ today }: Context, row: store.ChannelWithAlike, clocks: ReadonlyMap<Id, ClockView>): ChannelHead {
  const { id, number, provider, providerName, outside, consumer, consumerName, content, way, often, rowsMonth, mbMonth, personal, dueOn, alike } = row
  const state = stateOfChannel(row)
  const runs = state === 'planned' || state === 'migrating' || state === 'parallel'
  return {
    ...{ id, number, provider, providerName, outside, consumer, consumerName, content, way, often, rowsMonth, mbMonth, personal, dueOn, alike, state },
    late: runs && dueOn !== null && dueOn < today,
    stale: isStale(row.confirmedOn, state, today),
    clock: (row.clock ? clocks.get(row.clock) : undefined) ?? null,
    registeredAt: row.registeredAt,
  }
}

export async function evidenceOf(ctx: Context, { target, consumer, often }: ChannelRow): Promise<Evidence | null> {
  if (!target) return null
  return evidenceFrom(await store.shownOf(ctx.db, target, consumer, ctx.now), await store.toleranceOf(ctx.db, often), ctx.today)
}

export async function viewOf(ctx: Context, row: ChannelRow): Promise<Channel> {
  const alike = await store.alikeOf(ctx.db, row)
  const [head] = await headsOf(ctx, [{ ...row, alike: alike.length }])
  const { provider, providerName, content, entry, way, sinceOn, often, rowsMonth, mbMonth, personal, basis, contact, system, note } = row
  const near = ctx.actor.unit === provider || ctx.actor.unit === row.consumer || supervises(ctx, row)
  return {
    ...head!,
    facts: {
      ...{ provider, providerName, content, entry, way, sinceOn, often, rowsMonth, mbMonth, personal, basis, contact, system, note },
      phone: near ? row.phone : maskPhone(row.phone),
    },
    confirmedOn: row.confirmedOn,
    plan: row.plan,
    evidence: await evidenceOf(ctx, row),
    closing: row.closing,
    retention: row.retention && { ...row.retention },
    duplicates: alike.map((one) => ({ id: one.id, number: one.number, way: one.way, state: stateOfChannel(one) })),
    steps: await store.stepsOf(ctx.db, row.id),
  }
}

/** Notes who did what with a channel, and names it in the ledger. */
export async function noteStep(ctx: Context, channel: Id, act: ChannelStep['act'], note = '', facts?: Readonly<Record<string, unknown>>): Promise<void> {
  await store.addStep(ctx.db, { channel, at: ctx.now, act, by: ctx.actor.id, byName: ctx.actor.name, note })
  ctx.about('channels.channel', channel, facts)
}
