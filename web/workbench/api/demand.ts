import { contract } from '@zhenghe/server/data/demand/contract.ts'
import { moduleApi } from './module-api.ts'

export const demand = moduleApi('demand', contract)
