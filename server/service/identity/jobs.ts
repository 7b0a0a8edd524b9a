import { AppointmentsChanged, PersonLeft } from '../../assurance/organizations/contract.ts'
import { every, type Jobs, on } from '../../kernel/module.ts'
import { closeAccount } from './account.actions.ts'
import * as accounts from './account.store.ts'
import { holdingsCache } from './holdings.ts'
import * as sessions from './session.store.ts'
import type { IdentityCtx } from './tables.ts'

export const jobs: Jobs = {
  readers: [
    on(AppointmentsChanged, 'forget_holdings', async ({ local, afterCommit }: IdentityCtx, { person }) => {
      afterCommit(() => local(holdingsCache).forget(person))
    }),
    on(PersonLeft, 'close_account', async (ctx: IdentityCtx, { person }) => {
      const account = await accounts.openByPerson(ctx.db, person)
      if (account) await closeAccount(ctx, account)
    }),
  ],
  schedules: [
    every('7 * * * *', 'remove_what_has_run_out', async ({ db, now }: IdentityCtx) => {
      await sessions.removeOldTickets(db, now)
      await sessions.removeOld(db, now)
      await accounts.forgetOldAttempts(db, now)
    }),
  ],
}
