import type { Actions } from '../../kernel/module.ts'
import { channelActions } from './channel.actions.ts'
import type { contract } from './contract.ts'
import { moveActions } from './move.actions.ts'
import { sheetActions } from './sheet.actions.ts'
import type { Tables } from './tables.ts'

export const actions: Actions<typeof contract, Tables> = { ...channelActions, ...sheetActions, ...moveActions }
