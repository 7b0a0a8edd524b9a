/** Who sees what, and who may act for which unit. A need is for its asker, for its providers once they are asked, and for the data authority. */
import { type RawBuilder, sql } from 'kysely'
import { contract as organizations, type Unit } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import type { Ctx } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import type { Reach } from '../../kernel/rights.ts'
import { answersFor } from '../catalog/rules.ts'
import { refusals, rights } from './contract.ts'
import type { ItemRow, NeedRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
export type Context = Ctx<Tables>
const BUREAU_POST = 'bureau_officer'

/** The own unit and all where a right of this module holds. */
export function sightOf({ actor, reach }: Pick<Context, 'actor' | 'reach'>): Reach {
  const reaches = Object.keys(rights).map((right) => reach(right))
  const limited = reaches.filter((one) => one !== 'everywhere')
  if (limited.length < reaches.length) return 'everywhere'
  const own = actor.unit ? [actor.unit] : []
  return { units: [...own, ...limited.flatMap(({ units }) => units)], divisions: limited.flatMap(({ divisions }) => divisions) }
}

/** The same in SQL, of a need `n`. */
export function visible(sight: Reach): RawBuilder<boolean> {
  if (sight === 'everywhere') return sql`true`
  const units = sql`${[...sight.units]}::uuid[]`
  const prefixes = sql`${sight.divisions.map((division) => `${division}%`)}::text[]`
  return sql`(n.asker = any(${units}) or n.asker_division like any(${prefixes})
    or exists (select from demand.item i where i.need = n.id and (i.provider = any(${units}) or i.provider_division like any(${prefixes}))))`
}

export function sees(sight: Reach, need: NeedRow, items: readonly ItemRow[]): boolean {
  if (sight === 'everywhere') return true
  const within = (unit: Id, division: string) => sight.units.includes(unit) || sight.divisions.some((prefix) => division.startsWith(prefix))
  return within(need.asker, need.askerDivision) || items.some(({ provider, providerDivision }) => within(provider, providerDivision))
}

/** Refuses unless the right holds at this place. */
export function demandAt(ctx: Context, right: string, unit: Id, division: string): void {
  if (!ctx.may(right, { unit, division })) refuse('demand.not_yours')
}

/** The caller's own unit, where the right holds in it. */
export async function ownUnit(ctx: Context, right: string): Promise<Unit> {
  const [unit] = ctx.actor.unit ? await ctx.ask(organizations.unitsById, { ids: [ctx.actor.unit] }) : []
  if (unit && ctx.may(right, { unit: unit.id, division: unit.division })) return unit
  throw new Refusal('kernel.forbidden', { right })
}

/** The units whose officers analyse for a division. */
export async function bureausOf(ctx: Context, division: string): Promise<Id[]> {
  const officers = await ctx.ask(organizations.liaisons, { post: BUREAU_POST })
  const units = await ctx.ask(organizations.unitsById, { ids: [...new Set(officers.map(({ unit }) => unit))] })
  return units.filter((unit) => answersFor(unit.division, division)).map(({ id }) => id)
}
