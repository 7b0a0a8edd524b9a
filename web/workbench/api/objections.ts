import { contract } from '@zhenghe/server/data/objections/contract.ts'
import { moduleApi } from './module-api.ts'

export const objections = moduleApi('objections', contract)
