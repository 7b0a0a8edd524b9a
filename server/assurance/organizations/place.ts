/** Where the actor's right must hold for an act of this module. */
import type { Ctx } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { refusals, type Unit } from './contract.ts'

const refuse = refuser(refusals)
/** A place in a division that belongs to no unit. */
const NO_UNIT = '00000000-0000-0000-0000-000000000000'

/** Refuses unless the right holds at the unit. */
export function mustHoldAt(ctx: Pick<Ctx, 'may'>, right: string, { id, division }: Pick<Unit, 'id' | 'division'>): void {
  if (!ctx.may(right, { unit: id, division })) throw new Refusal('kernel.forbidden', { right })
}

/** Refuses unless the right holds in the whole division. */
export function mustHoldIn(ctx: Pick<Ctx, 'may'>, right: string, division: string): void {
  mustHoldAt(ctx, right, { id: NO_UNIT, division })
}

/** The unit where it is there and open; refuses otherwise. */
export function openUnit(unit: Unit | undefined): Unit {
  if (!unit) return refuse('organizations.unknown')
  return unit.closedOn ? refuse('organizations.unit_closed') : unit
}
