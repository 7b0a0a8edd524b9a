import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import * as store from './appointment.store.ts'
import { type Appointment, AppointmentsChanged, type contract, refusals } from './contract.ts'
import { presentPerson } from './person.actions.ts'
import { findPerson } from './person.store.ts'
import { mustHoldAt, openUnit } from './place.ts'
import { holdingsOf } from './rules.ts'
import type { Tables } from './tables.ts'
import { findUnit, keepUnit } from './unit.store.ts'

const refuse = refuser(refusals)
const APPOINT = 'organizations.appoint'

type AppointmentActions = Pick<Actions<typeof contract, Tables>, 'posts' | 'liaisons' | 'appoint' | 'dismiss' | 'holdings'>

export const appointmentActions: AppointmentActions = {
  posts: ({ db }) => store.allPosts(db),

  async liaisons({ db }, { post, units }) {
    if (units?.length === 0) return []
    return (await store.holdersOf(db, post, units)).map(({ at, ...person }) => ({ unit: at, person }))
  },

  async appoint(ctx, wish) {
    if (wish.person === ctx.actor.id) refuse('organizations.own_appointment')
    await presentPerson(ctx, wish.person)
    mustHoldAt(ctx, APPOINT, openUnit(await keepUnit(ctx.db, wish.unit)))
    const side = (await store.sideOf(ctx.db, wish.post)) ?? refuse('organizations.unknown')
    const appointment: Appointment = { ...wish, id: ctx.newId(), since: ctx.today, until: null }
    await store.insertAppointment(ctx.db, appointment, side)
    ctx.about('organizations.appointment', appointment.id)
    ctx.about('organizations.person', appointment.person)
    ctx.emit(AppointmentsChanged, { person: appointment.person })
    return appointment
  },

  async dismiss(ctx, { id }) {
    const before = (await store.findInForce(ctx.db, id)) ?? refuse('organizations.unknown')
    if (before.person === ctx.actor.id) refuse('organizations.own_appointment')
    mustHoldAt(ctx, APPOINT, (await findUnit(ctx.db, before.unit)) ?? refuse('organizations.unknown'))
    if (!(await store.endAppointment(ctx.db, id, ctx.today))) refuse('organizations.unknown')
    ctx.about('organizations.appointment', id)
    ctx.about('organizations.person', before.person, { post: before.post, unit: before.unit })
    ctx.emit(AppointmentsChanged, { person: before.person })
    return { ...before, until: ctx.today }
  },

  async holdings({ db }, { person: id }) {
    const person = (await findPerson(db, id)) ?? refuse('organizations.unknown')
    const unit = (await findUnit(db, person.unit)) ?? refuse('organizations.unknown')
    const held = await store.heldPosts(db, id)
    return { person, unit, holdings: holdingsOf(held), posts: [...new Set(held.map(({ post }) => post))] }
  },
}
