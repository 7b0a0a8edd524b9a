/** Who sees what, and who may act for which side. A channel is for its two units and for the data authority of either. */
import { type RawBuilder, sql } from 'kysely'
import { contract as organizations, type Unit } from '../../assurance/organizations/contract.ts'
import type { Ctx } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import type { Reach } from '../../kernel/rights.ts'
import { refusals, rights } from './contract.ts'
import type { ChannelRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
export type Context = Ctx<Tables>
export type Side = 'provider' | 'consumer'
type Parties = Pick<ChannelRow, 'provider' | 'providerDivision' | 'consumer' | 'consumerDivision'>

/** The own unit and all where a right of this module holds. */
export function sightOf({ actor, reach }: Pick<Context, 'actor' | 'reach'>): Reach {
  const reaches = Object.keys(rights).map((right) => reach(right))
  const limited = reaches.filter((one) => one !== 'everywhere')
  if (limited.length < reaches.length) return 'everywhere'
  const own = actor.unit ? [actor.unit] : []
  return { units: [...own, ...limited.flatMap(({ units }) => units)], divisions: limited.flatMap(({ divisions }) => divisions) }
}

/** The same in SQL, of a channel `c`; of one of its sides only where one is named. */
export function visible(sight: Reach, side?: Side): RawBuilder<boolean> {
  if (sight === 'everywhere') return sql`true`
  const prefixes = sight.divisions.map((division) => `${division}%`)
  const of = (one: Side) =>
    sql<boolean>`(${sql.ref(`c.${one}`)} = any(${[...sight.units]}::uuid[]) or ${sql.ref(`c.${one}_division`)} like any(${prefixes}::text[]))`
  return side ? of(side) : sql`(${of('provider')} or ${of('consumer')})`
}

export function sees(sight: Reach, { provider, providerDivision, consumer, consumerDivision }: Parties): boolean {
  if (sight === 'everywhere') return true
  const within = (unit: string | null, division: string) =>
    (unit !== null && sight.units.includes(unit)) || sight.divisions.some((prefix) => division.startsWith(prefix))
  return within(provider, providerDivision) || within(consumer, consumerDivision)
}

export function holdsAt({ may }: Pick<Context, 'may'>, right: string, parties: Parties, side: Side): boolean {
  if (side === 'consumer') return may(right, { unit: parties.consumer, division: parties.consumerDivision })
  return parties.provider !== null && may(right, { unit: parties.provider, division: parties.providerDivision })
}

/** The data authority of either side. */
export const supervises = (ctx: Pick<Context, 'may'>, row: Parties): boolean =>
  holdsAt(ctx, 'channels.supervise', row, 'consumer') || holdsAt(ctx, 'channels.supervise', row, 'provider')

/** The channel where the right holds at one of the sides; what one may not even see is unknown. */
export function demandAt(ctx: Context, right: string, found: ChannelRow | undefined, ...sides: Side[]): ChannelRow {
  if (!found || !sees(sightOf(ctx), found)) return refuse('channels.unknown')
  return sides.some((side) => holdsAt(ctx, right, found, side)) ? found : refuse('channels.not_yours')
}

/** The unit for which the caller lists channels. */
export async function ownUnit(ctx: Context): Promise<Unit> {
  const [unit] = ctx.actor.unit ? await ctx.ask(organizations.unitsById, { ids: [ctx.actor.unit] }) : []
  if (unit && ctx.may('channels.register', { unit: unit.id, division: unit.division })) return unit
  throw new Refusal('kernel.forbidden', { right: 'channels.register' })
}
