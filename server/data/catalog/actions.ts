import type { Actions } from '../../kernel/module.ts'
import { classActions } from './class.actions.ts'
import type { contract } from './contract.ts'
import { draftActions } from './draft.actions.ts'
import { readingActions } from './reading.actions.ts'
import { reviewActions } from './review.actions.ts'
import { searchActions } from './search.actions.ts'
import type { Tables } from './tables.ts'

export const actions: Actions<typeof contract, Tables> = { ...searchActions, ...readingActions, ...classActions, ...draftActions, ...reviewActions }
