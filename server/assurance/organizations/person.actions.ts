import type { Actions, Ctx } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { appointmentsOf, endAppointments } from './appointment.store.ts'
import { type Appointment, AppointmentsChanged, type contract, type Person, PersonLeft, refusals } from './contract.ts'
import * as store from './person.store.ts'
import { mustHoldAt, openUnit } from './place.ts'
import { shownPhone } from './rules.ts'
import type { Tables } from './tables.ts'
import { findUnit, keepUnit } from './unit.store.ts'

const refuse = refuser(refusals)
const MAINTAIN = 'organizations.maintain'

type PersonActions = Pick<Actions<typeof contract, Tables>, 'people' | 'peopleById' | 'addPerson' | 'changePerson' | 'personLeaves'>

export const personActions: PersonActions = {
  async people(ctx, { after, limit, ...filter }) {
    const total = await store.countPeople(ctx.db, filter)
    const rows = await store.listPeople(ctx.db, filter, after ? decodeCursor<store.PersonCursor>(after) : undefined, limit + 1)
    const page = pageFrom(rows, limit, total, ({ unit, name, id }) => [unit, name, id])
    return { ...page, items: await withAppointments(ctx, page.items) }
  },

  async peopleById(ctx, { ids }) {
    const people = ids.length > 0 ? await store.peopleByIds(ctx.db, ids) : []
    return withAppointments(ctx, people)
  },

  async addPerson(ctx, wish) {
    const unit = openUnit(await keepUnit(ctx.db, wish.unit))
    mustHoldAt(ctx, MAINTAIN, unit)
    const person: Person = { ...wish, id: ctx.newId(), leftOn: null }
    await store.insertPerson(ctx.db, person)
    ctx.about('organizations.person', person.id)
    return person
  },

  async changePerson(ctx, wish) {
    const before = await presentPerson(ctx, wish.id)
    await mayMaintain(ctx, before)
    const person: Person = { ...before, ...wish }
    if (person.unit !== before.unit) {
      mustHoldAt(ctx, MAINTAIN, openUnit(await keepUnit(ctx.db, person.unit)))
      await endAppointments(ctx.db, { person: person.id, unit: before.unit }, ctx.today)
      ctx.emit(AppointmentsChanged, { person: person.id })
    }
    await store.updatePerson(ctx.db, person)
    ctx.about('organizations.person', person.id)
    return person
  },

  async personLeaves(ctx, { id }) {
    const before = await presentPerson(ctx, id)
    await mayMaintain(ctx, before)
    const person: Person = { ...before, leftOn: ctx.today }
    await store.updatePerson(ctx.db, person)
    await endAppointments(ctx.db, { person: id }, ctx.today)
    ctx.about('organizations.person', id)
    ctx.emit(AppointmentsChanged, { person: id })
    ctx.emit(PersonLeft, { person: id })
    return person
  },
}

/** The person, held until the transaction ends; refuses where there is none or they have left. */
export async function presentPerson(ctx: Ctx<Tables>, id: string): Promise<Person> {
  const person = (await store.lockPerson(ctx.db, id)) ?? refuse('organizations.unknown')
  return person.leftOn ? refuse('organizations.person_left') : person
}

async function mayMaintain(ctx: Ctx<Tables>, { unit }: Person): Promise<void> {
  mustHoldAt(ctx, MAINTAIN, (await findUnit(ctx.db, unit)) ?? refuse('organizations.unknown'))
}

/** People with their appointments in force, and with the telephones that the caller may see. */
export async function withAppointments<P extends Person>(ctx: Ctx<Tables>, people: readonly P[]): Promise<(P & { appointments: Appointment[] })[]> {
  const held = Map.groupBy(
    await appointmentsOf(
      ctx.db,
      people.map(({ id }) => id),
    ),
    ({ person }) => person,
  )
  const viewer = { unit: ctx.actor.unit, maintains: ctx.reach(MAINTAIN) === 'everywhere' }
  return people.map((person) => {
    const appointments = held.get(person.id) ?? []
    return { ...person, phone: shownPhone(person, viewer, appointments.length > 0), appointments }
  })
}
