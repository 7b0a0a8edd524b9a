import type { Actions } from '../../kernel/module.ts'
import { accessActions } from './access.actions.ts'
import { apiActions } from './api.actions.ts'
import type { contract } from './contract.ts'
import { keyActions } from './key.actions.ts'
import type { Tables } from './tables.ts'
import { usageActions } from './usage.actions.ts'

/** What people and nodes can do here; calls themselves go by `endpoint/`. */
export const actions: Actions<typeof contract, Tables> = { ...apiActions, ...accessActions, ...keyActions, ...usageActions }
