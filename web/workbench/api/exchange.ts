import { contract } from '@zhenghe/server/data/exchange/contract.ts'
import { moduleApi } from './module-api.ts'

export const exchange = moduleApi('exchange', contract)
