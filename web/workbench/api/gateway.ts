import { contract } from '@zhenghe/server/data/gateway/contract.ts'
import { moduleApi } from './module-api.ts'

export const gateway = moduleApi('gateway', contract)
