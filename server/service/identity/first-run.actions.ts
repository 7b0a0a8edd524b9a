import { refuser } from '../../kernel/refusal.ts'
import { openAccount } from './account.actions.ts'
import * as store from './account.store.ts'
import { ADMINISTRATORS, type FirstRun, refusals } from './contract.ts'
import { firstRunSecret } from './first-run.ts'
import { founding } from './founding.ts'
import { passwordProblem } from './password.rules.ts'
import type { Part } from './tables.ts'

const refuse = refuser(refusals)

export const firstRunActions: Part<'firstRunState' | 'firstRun'> = {
  firstRunState: async ({ db }) => ({ needed: !(await store.any(db)) }),

  async firstRun(ctx, wish) {
    const { db, local, now } = ctx
    if (!(await store.claimFirstRun(db)) || (await store.any(db))) refuse('identity.first_run_over')
    if (!local(firstRunSecret).matches(wish.secret.trim())) refuse('identity.first_run_secret')
    checkAccounts(wish)
    await store.markFounded(db, now)
    const { unit, administrators } = await local(founding)(wish)
    const opened: { side: (typeof ADMINISTRATORS)[number]; person: string; account: string }[] = []
    for (const { side, person, founder } of administrators) {
      await openAccount(ctx, { person, name: founder.account, password: founder.password, mustChangePassword: false })
      opened.push({ side, person, account: founder.account })
    }
    return { unit, administrators: opened }
  },
}

/** Before anything is set up: three different accounts with passwords that will do. */
function checkAccounts({ administrators }: FirstRun): void {
  const founders = ADMINISTRATORS.map((side) => administrators[side])
  if (new Set(founders.map(({ account }) => account)).size < founders.length) refuse('identity.account_taken')
  for (const { account, password } of founders) {
    const problem = passwordProblem(password, { account })
    if (problem) refuse('identity.weak_password', { problem })
  }
}
