import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import { type Ctx, every, type Jobs } from '../../kernel/module.ts'
import { AgreementEnded } from './contract.ts'
import { endedYesterday, endingSoon } from './store.ts'
import type { Tables } from './tables.ts'

export const jobs: Jobs = {
  readers: [],
  schedules: [every<Tables>('30 7 * * *', 'remind of agreements that end', remind), every<Tables>('1 0 * * *', 'tell of agreements that ended', tellEnded)],
}

/** Puts every agreement whose last days have come before its keeper, once. */
export async function remind(ctx: Ctx<Tables>): Promise<void> {
  for (const { id, keeper, name, untilOn } of await endingSoon(ctx.db, ctx.today)) {
    await putTodo(ctx, { kind: 'partners.expiring', subject: id, to: { unit: keeper, right: 'partners.keep' }, params: { partner: name, until: untilOn } })
  }
}

/** An agreement that ran out ends what its partner receives, where none follows it. */
export async function tellEnded(ctx: Ctx<Tables>): Promise<void> {
  for (const { id, unit, untilOn } of await endedYesterday(ctx.db, ctx.today)) {
    await doneTodo(ctx, id)
    ctx.about('partners.agreement', id)
    ctx.emit(AgreementEnded, { agreement: id, unit, reason: `expired after ${untilOn}` })
  }
}
