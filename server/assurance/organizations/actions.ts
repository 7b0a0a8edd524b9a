import type { Actions } from '../../kernel/module.ts'
import { appointmentActions } from './appointment.actions.ts'
import type { contract } from './contract.ts'
import { divisionActions } from './division.actions.ts'
import { dutyActions } from './duty.actions.ts'
import { groupActions } from './group.actions.ts'
import { personActions } from './person.actions.ts'
import type { Tables } from './tables.ts'
import { unitActions } from './unit.actions.ts'

/** What people can do here: divisions, units, people, posts, duties, working groups. */
export const actions: Actions<typeof contract, Tables> = {
  ...divisionActions,
  ...unitActions,
  ...personActions,
  ...appointmentActions,
  ...dutyActions,
  ...groupActions,
}
