/** Who sees what, and who may act for which unit. */
import { type RawBuilder, sql } from 'kysely'
import type { Id } from '../../kernel/contract.ts'
import type { Ctx } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import type { Reach } from '../../kernel/rights.ts'
import { refusals, rights } from './contract.ts'
import type { AccessRow, ApiRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
export type Context = Ctx<Tables>
export type Side = 'provider' | 'consumer'
type Parties = Pick<AccessRow, 'provider' | 'providerDivision' | 'consumer' | 'consumerDivision'>

/** The units in which somebody may do anything here, the own one included. */
export function sightOf({ actor, reach }: Pick<Context, 'actor' | 'reach'>): Reach {
  const reaches = Object.keys(rights)
    .filter((right) => right !== 'gateway.allow_upstream')
    .map((right) => reach(right))
  const limited = reaches.filter((one) => one !== 'everywhere')
  if (limited.length < reaches.length) return 'everywhere'
  return { units: [...(actor.unit ? [actor.unit] : []), ...limited.flatMap(({ units }) => units)], divisions: limited.flatMap(({ divisions }) => divisions) }
}

/** The same in SQL, of rows with both sides; of one side only where one is named. */
export function visible(sight: Reach, side?: Side): RawBuilder<boolean> {
  if (sight === 'everywhere') return sql`true`
  const prefixes = sight.divisions.map((division) => `${division}%`)
  const of = (one: Side) => sql<boolean>`(a.${sql.raw(one)} = any(${sight.units}::uuid[]) or a.${sql.raw(`${one}_division`)} like any(${prefixes}::text[]))`
  return side ? of(side) : sql`(${of('provider')} or ${of('consumer')})`
}

export function sees(sight: Reach, { provider, providerDivision, consumer, consumerDivision }: Parties): boolean {
  if (sight === 'everywhere') return true
  const within = (unit: Id, division: string) => sight.units.includes(unit) || sight.divisions.some((prefix) => division.startsWith(prefix))
  return within(provider, providerDivision) || within(consumer, consumerDivision)
}

/** The record where the right holds at this side; what one may not even see is unknown. */
export function demandAt(ctx: Context, right: string, found: AccessRow | undefined, side: Side): AccessRow {
  if (!found || !sees(sightOf(ctx), found)) return refuse('gateway.unknown')
  const place = side === 'provider' ? { unit: found.provider, division: found.providerDivision } : { unit: found.consumer, division: found.consumerDivision }
  return ctx.may(right, place) ? found : refuse('gateway.not_yours')
}

/** The interface where its publisher's right holds. */
export function demandApi(ctx: Context, found: ApiRow | undefined): ApiRow {
  if (!found) return refuse('gateway.unknown')
  return ctx.may('gateway.publish', { unit: found.provider, division: found.providerDivision }) ? found : refuse('gateway.not_yours')
}

/** The unit for which the caller acts, where the right holds in it. */
export function ownUnit({ actor, may }: Context, right: string): Id {
  if (actor.unit && may(right, { unit: actor.unit })) return actor.unit
  throw new Refusal('kernel.forbidden', { right })
}
