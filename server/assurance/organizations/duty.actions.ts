import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { type contract, refusals } from './contract.ts'
import * as store from './duty.store.ts'
import { mustHoldAt, openUnit } from './place.ts'
import type { Tables } from './tables.ts'
import { findUnit, keepUnit } from './unit.store.ts'

const refuse = refuser(refusals)
const ASSIGN = 'organizations.assign_duties'

export const dutyActions: Pick<Actions<typeof contract, Tables>, 'duties' | 'assignDuty' | 'relieveDuty'> = {
  duties: ({ db }) => store.allDuties(db),

  async assignDuty(ctx, { unit: id, ...wish }) {
    const unit = openUnit(await keepUnit(ctx.db, id))
    mustHoldAt(ctx, ASSIGN, unit)
    const duty = await store.keepDuty(ctx.db, wish)
    await store.giveDuty(ctx.db, id, duty.code, ctx.today)
    ctx.about('organizations.unit', id)
    return duty
  },

  async relieveDuty(ctx, { code, unit }) {
    mustHoldAt(ctx, ASSIGN, (await findUnit(ctx.db, unit)) ?? refuse('organizations.unknown'))
    if (!(await store.takeDuty(ctx.db, unit, code, ctx.today))) refuse('organizations.unknown')
    ctx.about('organizations.unit', unit)
    return {}
  },
}
