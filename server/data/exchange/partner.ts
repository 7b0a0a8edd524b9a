/** Partners outside government: nothing is asked for, and nothing delivered, without an agreement in force. */
import { endClock } from '../../kernel/clock/clock.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as partners } from '../partners/contract.ts'
import { refusals } from './contract.ts'
import { endGrant } from './ending.ts'
import { Revoked } from './grant.contract.ts'
import { changeGrant, grantsInForceOf, lockGrant } from './grant.store.ts'
import { noteStep } from './request.view.ts'
import type { Context } from './sight.ts'

const refuse = refuser(refusals)

export async function demandAgreement(ctx: Context, unit: Id): Promise<void> {
  const held = await ctx.ask(partners.inForce, { units: [unit] })
  if (held.length === 0) refuse('exchange.no_agreement')
}

/** Revokes every grant to a partner whose agreement ended; what runs under them stops, both sides are told. */
export async function endPartner(ctx: Context, unit: Id, reason: string): Promise<void> {
  if ((await ctx.ask(partners.inForce, { units: [unit] })).length > 0) return
  const why = `the agreement with the partner ended: ${reason}`
  for (const { id } of await grantsInForceOf(ctx.db, unit, ctx.now)) {
    const row = await lockGrant(ctx.db, id)
    if (!row || row.revokedAt) continue
    await changeGrant(ctx.db, row, { revokedAt: ctx.now, revokeReason: why })
    await endGrant(ctx, row, why)
    await endClock(ctx, row.deliverClock)
    await doneTodo(ctx, row.request)
    await noteStep(ctx, row.request, 'revoked', why)
    ctx.about('exchange.grant', id)
    for (const to of [
      { unit: row.consumer, right: 'exchange.request' },
      { unit: row.provider, right: 'exchange.answer' },
    ])
      await putTodo(ctx, { kind: 'exchange.revoked', subject: row.request, to, params: { entry: row.entryName } })
    ctx.emit(Revoked, { grant: id, provider: row.provider, consumer: row.consumer, reason: why })
  }
}
