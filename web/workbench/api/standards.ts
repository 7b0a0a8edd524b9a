import { contract } from '@zhenghe/server/support/standards/contract.ts'
import { moduleApi } from './module-api.ts'

export const standards = moduleApi('standards', contract)
