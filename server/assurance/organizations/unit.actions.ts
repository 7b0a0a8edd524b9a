import { usccProblem } from '../../kernel/identifiers.ts'
import type { Actions, Ctx } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { AppointmentsChanged, type contract, refusals, type Unit } from './contract.ts'
import { divisionStands } from './division.store.ts'
import { dutiesOf } from './duty.store.ts'
import { groupsOf } from './group.store.ts'
import { withAppointments } from './person.actions.ts'
import { peopleAt } from './person.store.ts'
import { mustHoldAt, openUnit } from './place.ts'
import type { Tables } from './tables.ts'
import * as store from './unit.store.ts'

const refuse = refuser(refusals)
const MAINTAIN = 'organizations.maintain'

type UnitActions = Pick<Actions<typeof contract, Tables>, 'units' | 'unitsById' | 'unit' | 'registerUnit' | 'changeUnit' | 'closeUnit'>

export const unitActions: UnitActions = {
  async units({ db, today }, { after, limit, ...filter }) {
    const total = await store.countUnits(db, filter)
    const rows = await store.listUnits(db, filter, today, after ? decodeCursor<store.UnitCursor>(after) : undefined, limit + 1)
    return pageFrom(rows, limit, total, ({ division, name, id }) => [division, name, id])
  },

  unitsById: async ({ db }, { ids }) => (ids.length > 0 ? store.unitsByIds(db, ids) : []),

  async unit(ctx, { id }) {
    const { db, today } = ctx
    const unit = (await store.findUnit(db, id)) ?? refuse('organizations.unknown')
    return {
      unit,
      divisionName: await store.nameOfDivision(db, unit.division, today),
      duties: await dutiesOf(db, id),
      people: await withAppointments(ctx, await peopleAt(db, id)),
      groups: await groupsOf(db, id),
    }
  },

  async registerUnit(ctx, wish) {
    const unit: Unit = { ...wish, id: ctx.newId(), closedOn: null }
    mustHoldAt(ctx, MAINTAIN, unit)
    const problem = usccProblem(unit.uscc)
    if (problem) refuse('organizations.bad_uscc', { problem })
    await assertPlace(ctx, unit)
    await store.insertUnit(ctx.db, unit)
    ctx.about('organizations.unit', unit.id)
    return unit
  },

  async changeUnit(ctx, wish) {
    if (wish.parent) await store.lockUnitTree(ctx.db)
    const before = openUnit(await store.lockUnit(ctx.db, wish.id))
    const unit: Unit = { ...before, ...wish }
    mustHoldAt(ctx, MAINTAIN, before)
    mustHoldAt(ctx, MAINTAIN, unit)
    await assertPlace(ctx, unit)
    if (unit.parent && (await store.standsBelow(ctx.db, unit.parent, unit.id))) refuse('organizations.unit_cycle')
    await store.updateUnit(ctx.db, unit)
    ctx.about('organizations.unit', unit.id)
    if (unit.division !== before.division) for (const person of await store.appointedAt(ctx.db, unit.id)) ctx.emit(AppointmentsChanged, { person })
    return unit
  },

  async closeUnit(ctx, { id }) {
    const before = openUnit(await store.lockUnit(ctx.db, id))
    mustHoldAt(ctx, MAINTAIN, before)
    const people = await store.countInPost(ctx.db, id)
    if (people > 0) refuse('organizations.unit_in_use', { people })
    const unit: Unit = { ...before, closedOn: ctx.today }
    await store.updateUnit(ctx.db, unit)
    ctx.about('organizations.unit', id)
    return unit
  },
}

/** A unit stands in a division that is there today, below a unit that is there and open. */
async function assertPlace(ctx: Ctx<Tables>, { id, division, parent }: Unit): Promise<void> {
  if (!(await divisionStands(ctx.db, division, ctx.today))) refuse('organizations.unknown')
  if (parent && parent !== id) openUnit(await store.keepUnit(ctx.db, parent))
}
