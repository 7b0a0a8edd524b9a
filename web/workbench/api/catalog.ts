import { contract } from '@zhenghe/server/data/catalog/contract.ts'
import { moduleApi } from './module-api.ts'

export const catalog = moduleApi('catalog', contract)
