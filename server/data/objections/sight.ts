/** Who sees which objections and may act on them: the unit that raised one, the one that answers it, and those who review in the division. */
import type { Id } from '../../kernel/contract.ts'
import type { Ctx } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import type { Reach } from '../../kernel/rights.ts'
import { refusals } from './contract.ts'
import type { ObjectionRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
export type Context = Ctx<Tables>

/** `parties` are units for which the caller raises or answers, the own one included; `reviewing` is where they review what is said against whom. */
export type Sight = { parties: readonly Id[]; reviewing: Reach }

export function sightOf({ actor, reach }: Pick<Context, 'actor' | 'reach'>): Sight {
  const acting = ['objections.raise', 'objections.handle'].map((right) => reach(right))
  const units = acting.flatMap((one) => (one === 'everywhere' ? [] : one.units))
  return { parties: [...(actor.unit ? [actor.unit] : []), ...units], reviewing: reach('objections.review') }
}

export function sees({ parties, reviewing }: Sight, { raiser, handler, against, againstDivision }: ObjectionRow): boolean {
  if (reviewing === 'everywhere') return true
  if (parties.includes(raiser) || (handler !== null && parties.includes(handler))) return true
  return reviewing.units.includes(against) || reviewing.divisions.some((division) => againstDivision.startsWith(division))
}

/** Whether single rows are theirs to see: the unit that doubts them and the one that verifies them. */
export function sharesRows(ctx: Context, { raiser, handler }: ObjectionRow): boolean {
  const { parties } = sightOf(ctx)
  return parties.includes(raiser) || (handler !== null && parties.includes(handler))
}

type Side = 'raiser' | 'handler' | 'against'

/** The objection where the right holds at one of its units; what one may not even see is unknown. */
export function demandAt(ctx: Context, right: string, found: ObjectionRow | undefined, side: Side): ObjectionRow {
  if (!found || !sees(sightOf(ctx), found)) return refuse('objections.unknown')
  const places = {
    raiser: [found.raiser, found.raiserDivision],
    handler: [found.handler, found.handlerDivision],
    against: [found.against, found.againstDivision],
  } as const
  const [unit, division] = places[side]
  return unit !== null && ctx.may(right, { unit, ...(division ? { division } : {}) }) ? found : refuse('objections.not_yours')
}

/** The unit for which the caller acts, where the right holds in it. */
export function ownUnit({ actor, may }: Context, right: string): Id {
  if (actor.unit && may(right, { unit: actor.unit })) return actor.unit
  throw new Refusal('kernel.forbidden', { right })
}
