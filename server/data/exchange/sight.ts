/** Who sees what, and who may act for which unit. A request and all that follows from it are for its two units and for supervisors. */
import { type RawBuilder, sql } from 'kysely'
import type { Id } from '../../kernel/contract.ts'
import type { Ctx } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import type { Reach } from '../../kernel/rights.ts'
import { refusals, rights } from './contract.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)
export type Context = Ctx<Tables>

/** The two sides of a request. */
export type Parties = { provider: Id; providerDivision: string; consumer: Id; consumerDivision: string }
export type Side = 'provider' | 'consumer'

/** The units in which somebody may do anything here, the own one included: what they may act on they may see. */
export function sightOf({ actor, reach }: Pick<Context, 'actor' | 'reach'>): Reach {
  const reaches = Object.keys(rights).map((right) => reach(right))
  const limited = reaches.filter((one) => one !== 'everywhere')
  if (limited.length < reaches.length) return 'everywhere'
  const own = actor.unit ? [actor.unit] : []
  return { units: [...own, ...limited.flatMap(({ units }) => units)], divisions: limited.flatMap(({ divisions }) => divisions) }
}

/** The same in SQL, of a request `r`; of one of its sides only where one is named. */
export function visible(sight: Reach, side?: Side): RawBuilder<boolean> {
  if (sight === 'everywhere') return sql`true`
  const prefixes = sight.divisions.map((division) => `${division}%`)
  const below = (one: Side) => (prefixes.length > 0 ? sql`or ${sql.ref(`r.${one}_division`)} like any(${prefixes}::text[])` : sql``) // none: the indexes serve
  const of = (one: Side) => sql<boolean>`(${sql.ref(`r.${one}`)} = any(${sight.units}::uuid[]) ${below(one)})`
  return side ? of(side) : sql`(${of('provider')} or ${of('consumer')})`
}

export function sees(sight: Reach, parties: Parties): boolean {
  if (sight === 'everywhere') return true
  const within = (unit: Id, division: string) => sight.units.includes(unit) || sight.divisions.some((prefix) => division.startsWith(prefix))
  return within(parties.provider, parties.providerDivision) || within(parties.consumer, parties.consumerDivision)
}

export function holdsAt({ may }: Pick<Context, 'may'>, right: string, parties: Parties, side: Side): boolean {
  return may(
    right,
    side === 'provider' ? { unit: parties.provider, division: parties.providerDivision } : { unit: parties.consumer, division: parties.consumerDivision },
  )
}

/** The record where the right holds at one of the sides; what one may not even see is unknown. */
export function demandAt<P extends Parties>(ctx: Context, right: string, found: P | undefined, ...sides: Side[]): P {
  if (!found || !sees(sightOf(ctx), found)) return refuse('exchange.unknown')
  return sides.some((side) => holdsAt(ctx, right, found, side)) ? found : refuse('exchange.not_yours')
}

/** The unit for which the caller acts, where the right holds in it. */
export function ownUnit({ actor, may }: Context, right: string): Id {
  if (actor.unit && may(right, { unit: actor.unit })) return actor.unit
  throw new Refusal('kernel.forbidden', { right })
}
