/** Needs as people see them. */
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { maskPhone } from '../../assurance/organizations/rules.ts'
import { clocksOf } from '../../kernel/clock/clock.ts'
import type { ClockView } from '../../kernel/clock/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import type { Need, NeedHead, NeedItem, NeedStep } from './need.contract.ts'
import * as store from './need.store.ts'
import { stateOfItem, stateOfNeed } from './rules.ts'
import type { Context } from './sight.ts'
import type { ItemRow, NeedRow } from './tables.ts'

export async function headsOf(ctx: Context, rows: readonly NeedRow[]): Promise<NeedHead[]> {
  const clocks = await clocksOf(
    ctx,
    rows.flatMap(({ clock }) => clock ?? []),
  )
  const items = await store.itemsOf(
    ctx.db,
    rows.map(({ id }) => id),
  )
  return rows.map((row) =>
    headOf(
      row,
      items.filter(({ need }) => need === row.id),
      clocks,
    ),
  )
}

function headOf(row: NeedRow, items: readonly ItemRow[], clocks: ReadonlyMap<Id, ClockView>): NeedHead {
  const { id, number, title, asker, askerName, wish, askedAt } = row
  return {
    ...{ id, number, title, asker, askerName, urgency: wish.urgency, cycle: wish.cycle, askedAt },
    state: stateOfNeed(row, items),
    clock: (row.clock ? clocks.get(row.clock) : undefined) ?? null,
    items: items.length,
    delivered: items.filter(({ deliveredAt }) => deliveredAt).length,
  }
}

export async function viewOf(ctx: Context, row: NeedRow): Promise<Need> {
  const items = await store.itemsOf(ctx.db, [row.id])
  const clocks = await clocksOf(
    ctx,
    [row, ...items].flatMap(({ clock }) => clock ?? []),
  )
  const [expected] = row.wish.provider ? await ctx.ask(organizations.unitsById, { ids: [row.wish.provider] }) : []
  const near = ctx.actor.unit === row.asker || items.some(({ provider }) => provider === ctx.actor.unit) || mayAnalyse(ctx, row)
  return {
    ...headOf(row, items, clocks),
    wish: { ...row.wish, phone: near ? row.wish.phone : maskPhone(row.wish.phone) },
    providerName: expected?.name ?? null,
    conclusion: row.conclusion,
    parts: items.map((item) => partOf(ctx, item, clocks)),
    feedback: row.feedback,
    steps: await store.stepsOf(ctx.db, row.id),
  }
}

const mayAnalyse = (ctx: Context, { asker, askerDivision }: NeedRow): boolean => ctx.may('demand.analyse', { unit: asker, division: askerDivision })

function partOf({ today }: Context, row: ItemRow, clocks: ReadonlyMap<Id, ClockView>): NeedItem {
  const { id, number, provider, providerName, item, entry, dueOn, refusal, request, deliveredAt } = row
  return {
    ...{ id, number, provider, providerName, item, entry, dueOn, refusal, request, deliveredAt },
    state: stateOfItem(row, today),
    clock: (row.clock ? clocks.get(row.clock) : undefined) ?? null,
  }
}

/** Notes who did what with a need, and names it in the ledger. */
export async function noteStep(ctx: Context, need: Id, act: NeedStep['act'], note = ''): Promise<void> {
  await store.addStep(ctx.db, { need, at: ctx.now, act, by: ctx.actor.id, byName: ctx.actor.name, note })
  ctx.about('demand.need', need)
}
