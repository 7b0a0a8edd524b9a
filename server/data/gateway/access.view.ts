import { clocksOf } from '../../kernel/clock/clock.ts'
import type { ClockView } from '../../kernel/clock/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import { refuser } from '../../kernel/refusal.ts'
import type { AccessView } from './access.contract.ts'
import { type AccessWithApi, findAccess } from './access.store.ts'
import { refusals } from './contract.ts'
import { stateOfAccess } from './rules.ts'
import type { Context } from './sight.ts'

const refuse = refuser(refusals)

export async function viewsOf(ctx: Context, rows: readonly AccessWithApi[]): Promise<AccessView[]> {
  const clocks = await clocksOf(
    ctx,
    rows.map(({ clock }) => clock),
  )
  return rows.map((row) => viewOf(row, clocks.get(row.clock), ctx.now))
}

/** The application as it is now. */
export async function viewById(ctx: Context, id: Id): Promise<AccessView> {
  const row = (await findAccess(ctx.db, id, ctx.today)) ?? refuse('gateway.unknown')
  const [view] = await viewsOf(ctx, [row])
  return view!
}

function viewOf({ wish, signature, ...row }: AccessWithApi, clock: ClockView | undefined, now: string): AccessView {
  const { phone: _, ...shown } = wish
  return { ...row, wish: shown, state: stateOfAccess(row, now), clock: clock ?? null, signed: signature !== null }
}
