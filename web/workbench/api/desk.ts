import { contract } from '@zhenghe/server/kernel/desk/contract.ts'
import { moduleApi } from './module-api.ts'

export const desk = moduleApi('desk', contract)
