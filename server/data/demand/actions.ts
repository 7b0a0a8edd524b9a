import type { Actions } from '../../kernel/module.ts'
import type { contract } from './contract.ts'
import { draftActions } from './draft.actions.ts'
import { itemActions } from './item.actions.ts'
import { listActions } from './list.actions.ts'
import { needActions } from './need.actions.ts'
import { negativeActions } from './negative.actions.ts'
import type { Tables } from './tables.ts'

export const actions: Actions<typeof contract, Tables> = { ...needActions, ...draftActions, ...itemActions, ...negativeActions, ...listActions }
