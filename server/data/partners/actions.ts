import { contract as organizations, type Unit } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import { usccProblem } from '../../kernel/identifiers.ts'
import { doneTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions, Ctx } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { type Agreement, AgreementEnded, type AgreementHead, type AgreementStep, AgreementTerms, type contract, refusals } from './contract.ts'
import { type AgreementAct, agreementAllows, lastDay, stateOfAgreement, termHolds } from './rules.ts'
import * as store from './store.ts'
import type { AgreementRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
type Context = Ctx<Tables>
const UNITS_OF_ONE_CODE = 10

export const actions: Actions<typeof contract, Tables> = {
  async agreements(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, today: ctx.today }
    const rows = await store.agreementPage(ctx.db, filter, after ? decodeCursor<[string, Id]>(after) : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.agreementTotal(ctx.db, filter), ({ untilOn, id }) => [untilOn, id])
    return { ...page, items: page.items.map((row) => headOf(row, ctx.today)) }
  },

  async agreement(ctx, { id }) {
    return viewOf(ctx, (await store.findAgreement(ctx.db, id)) ?? refuse('partners.unknown'))
  },

  inForce: (ctx, { units }) => store.heldBy(ctx.db, units, ctx.today),

  async draft(ctx, terms) {
    demandTerms(terms, ctx)
    const keeper = await keepingUnit(ctx)
    const row = await store.insertAgreement(ctx.db, {
      ...terms,
      ...{ id: ctx.newId(), keeper: keeper.id, keeperName: keeper.name, keeperDivision: keeper.division, draftedAt: ctx.now },
    })
    return noted(ctx, row, 'drafted')
  },

  async revise(ctx, { id, terms }) {
    await held(ctx, id, 'revise')
    demandTerms(terms, ctx)
    return noted(ctx, await store.changeAgreement(ctx.db, id, terms), 'revised')
  },

  async sign(ctx, { id, signedOn, signedBy, document }) {
    const row = await held(ctx, id, 'sign')
    if (signedOn > ctx.today) refuse('partners.bad_signing')
    if (!termHolds(row, ctx.today)) refuse('partners.bad_term')
    const unit = (await outsideUnit(ctx, row.uscc)) ?? refuse('partners.no_unit', { uscc: row.uscc })
    const signed = await store.changeAgreement(ctx.db, id, { unit: unit.id, signedAt: ctx.now, signedOn, signedBy, document })
    return noted(ctx, signed, 'signed', signedBy)
  },

  async terminate(ctx, { id, reason }) {
    const row = await held(ctx, id, 'terminate')
    const ended = await store.changeAgreement(ctx.db, id, { endedOn: ctx.today, endReason: reason })
    await doneTodo(ctx, id)
    if (row.unit) ctx.emit(AgreementEnded, { agreement: id, unit: row.unit, reason })
    return noted(ctx, ended, 'terminated', reason)
  },

  async discard(ctx, { id }) {
    await held(ctx, id, 'discard')
    return noted(ctx, await store.changeAgreement(ctx.db, id, { discardedAt: ctx.now }), 'discarded')
  },
}

function demandTerms(terms: AgreementTerms, { today }: Pick<Context, 'today'>): void {
  const problem = usccProblem(terms.uscc)
  if (problem) refuse('partners.bad_uscc', { problem })
  if (!termHolds(terms, today)) refuse('partners.bad_term')
}

/** The locked agreement where the caller keeps it and its state allows the act. */
async function held(ctx: Context, id: Id, act: AgreementAct): Promise<AgreementRow> {
  const row = (await store.lockAgreement(ctx.db, id)) ?? refuse('partners.unknown')
  if (!ctx.may('partners.keep', { unit: row.keeper, division: row.keeperDivision })) throw new Refusal('kernel.forbidden', { right: 'partners.keep' })
  const state = stateOfAgreement(row, ctx.today)
  return agreementAllows(state, act) ? row : refuse('partners.wrong_state', { state })
}

/** The unit for which the caller keeps agreements. */
async function keepingUnit(ctx: Context): Promise<Unit> {
  const [unit] = ctx.actor.unit ? await ctx.ask(organizations.unitsById, { ids: [ctx.actor.unit] }) : []
  if (unit && ctx.may('partners.keep', { unit: unit.id, division: unit.division })) return unit
  throw new Refusal('kernel.forbidden', { right: 'partners.keep' })
}

/** The registered outside organisation of this code. */
async function outsideUnit(ctx: Context, uscc: string): Promise<Unit | undefined> {
  const { items } = await ctx.ask(organizations.units, { text: uscc, kind: 'outside', limit: UNITS_OF_ONE_CODE })
  return items.find((unit) => unit.uscc === uscc)
}

function headOf(row: AgreementRow, today: string): AgreementHead {
  const { id, number, uscc, name, unit, fromOn, untilOn, priceFen, keeper, keeperName } = row
  return { id, number, uscc, name, unit, fromOn, untilOn, priceFen, keeper, keeperName, state: stateOfAgreement(row, today), endsOn: lastDay(row) }
}

async function viewOf(ctx: Context, row: AgreementRow): Promise<Agreement> {
  const { signedOn, signedBy, document, endReason } = row
  return {
    ...headOf(row, ctx.today),
    terms: AgreementTerms.parse(row),
    signed: signedOn && signedBy && document ? { on: signedOn, by: signedBy, document } : null,
    endReason,
    steps: await store.stepsOf(ctx.db, row.id),
  }
}

/** Notes who did what with an agreement, names it in the ledger, and shows it as it stands. */
async function noted(ctx: Context, row: AgreementRow, act: AgreementStep['act'], note = ''): Promise<Agreement> {
  await store.addStep(ctx.db, { agreement: row.id, at: ctx.now, act, by: ctx.actor.id, byName: ctx.actor.name, note })
  ctx.about('partners.agreement', row.id)
  return viewOf(ctx, row)
}
