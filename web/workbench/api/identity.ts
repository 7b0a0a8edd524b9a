import { contract } from '@zhenghe/server/service/identity/contract.ts'
import { moduleApi } from './module-api.ts'

export const identity = moduleApi('identity', contract)
