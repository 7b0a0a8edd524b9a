import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { type contract, refusals, type WorkingGroup } from './contract.ts'
import * as store from './group.store.ts'
import { mustHoldAt, openUnit } from './place.ts'
import type { Tables } from './tables.ts'
import { keepUnit, unitsByIds } from './unit.store.ts'

const refuse = refuser(refusals)
const ASSIGN = 'organizations.assign_duties'

/** Whoever forms or dissolves a group must be able to give duties to every member. */
export const groupActions: Pick<Actions<typeof contract, Tables>, 'groups' | 'formGroup' | 'dissolveGroup'> = {
  groups: ({ db }) => store.allGroups(db),

  async formGroup(ctx, wish) {
    for (const { unit } of wish.members) mustHoldAt(ctx, ASSIGN, openUnit(await keepUnit(ctx.db, unit)))
    const group: WorkingGroup = { ...wish, id: ctx.newId(), dissolvedOn: null }
    await store.insertGroup(ctx.db, group, ctx.today)
    ctx.about('organizations.group', group.id)
    return group
  },

  async dissolveGroup(ctx, { id }) {
    const group = (await store.findGroup(ctx.db, id)) ?? refuse('organizations.unknown')
    const members = await unitsByIds(
      ctx.db,
      group.members.map(({ unit }) => unit),
    )
    for (const unit of members) mustHoldAt(ctx, ASSIGN, unit)
    if (!(await store.dissolveGroup(ctx.db, id, ctx.today))) refuse('organizations.unknown')
    ctx.about('organizations.group', id)
    return { ...group, dissolvedOn: ctx.today }
  },
}
