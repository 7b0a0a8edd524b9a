import type { Actions } from '../../kernel/module.ts'
import { accountActions } from './account.actions.ts'
import type { contract } from './contract.ts'
import { firstRunActions } from './first-run.actions.ts'
import { passkeyActions, secretActions, sessionActions } from './own.actions.ts'
import { signInActions } from './sign-in.actions.ts'
import { signingKeyActions } from './signing-key.actions.ts'
import type { Tables } from './tables.ts'

export const actions: Actions<typeof contract, Tables> = {
  ...firstRunActions,
  ...signInActions,
  ...sessionActions,
  ...secretActions,
  ...passkeyActions,
  ...signingKeyActions,
  ...accountActions,
}
