/** Holding a request for an act on it. */
import { endClock } from '../../kernel/clock/clock.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo } from '../../kernel/inbox/inbox.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { type Objection, type RequestAct, requestAllows, stateOfRequest } from './request.rules.ts'
import { lockRequest } from './request.store.ts'
import { type Context, demandAt, type Side } from './sight.ts'
import type { RequestRow } from './tables.ts'

const refuse = refuser(refusals)

/** Refuses what a rule objects to. */
export function refuseOn(objection: Objection | undefined): void {
  if (objection) throw new Refusal(objection.code, objection.params)
}

export function requireAct(row: RequestRow, act: RequestAct): void {
  const state = stateOfRequest(row)
  if (!requestAllows(state, act)) refuse('exchange.wrong_state', { state })
}

/** The locked request where the caller's right holds at this side and its state allows the act. */
export async function lockFor(ctx: Context, id: Id, act: RequestAct, right: string, side: Side): Promise<RequestRow> {
  const row = demandAt(ctx, right, await lockRequest(ctx.db, id), side)
  requireAct(row, act)
  return row
}

/** The clock ends and nobody waits for anything any more. */
export async function answered(ctx: Context, { id, clock }: RequestRow): Promise<void> {
  await endClock(ctx, clock)
  await doneTodo(ctx, id)
}
