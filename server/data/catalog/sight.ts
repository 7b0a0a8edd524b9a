/** Who sees and may do what with whose entries, and the units behind them. */
import { contract as organizations, type Unit } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import type { Ctx } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import type { Reach } from '../../kernel/rights.ts'
import { refusals } from './contract.ts'
import { DRAFT_RIGHTS, within } from './rules.ts'
import type { EntryRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
export type Context = Ctx<Tables>

/** The providers whose drafts the caller sees: the own unit, and those where one compiles, reviews or publishes. */
export function draftReach({ actor, reach }: Context): Reach {
  const reaches = DRAFT_RIGHTS.map((right) => reach(right))
  const limited = reaches.filter((one) => one !== 'everywhere')
  if (limited.length < reaches.length) return 'everywhere'
  const own = actor.unit ? [actor.unit] : []
  return { units: [...own, ...limited.flatMap(({ units }) => units)], divisions: limited.flatMap(({ divisions }) => divisions) }
}

export type Place = Pick<EntryRow, 'provider' | 'providerDivision'>
export function seesDraftsOf(ctx: Context, place: Place): boolean {
  return within(draftReach(ctx), place)
}

export function holdsAt({ may }: Context, right: string, { provider, providerDivision }: Place): boolean {
  return may(right, { unit: provider, division: providerDivision })
}

/** Refuses unless the right holds at the provider: what one may not even see is unknown. */
export function demandAt(ctx: Context, right: string, entry: EntryRow): void {
  if (holdsAt(ctx, right, entry)) return
  if (entry.publishedVersion === null && !seesDraftsOf(ctx, entry)) refuse('catalog.unknown')
  if (right === 'catalog.publish') throw new Refusal('kernel.forbidden', { right })
  refuse('catalog.not_yours')
}

/** Units by their ids, in one question. */
export async function unitsOf(ctx: Context, ids: readonly Id[]): Promise<ReadonlyMap<Id, Unit>> {
  const units = new Map<Id, Unit>()
  const wanted = [...new Set(ids)]
  for (let at = 0; at < wanted.length; at += UNITS_AT_ONCE)
    for (const unit of await ctx.ask(organizations.unitsById, { ids: wanted.slice(at, at + UNITS_AT_ONCE) })) units.set(unit.id, unit)
  return units
}
const UNITS_AT_ONCE = 1000
