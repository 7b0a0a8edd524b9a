import { contract } from '@zhenghe/server/data/nodes/contract.ts'
import { moduleApi } from './module-api.ts'

export const nodes = moduleApi('nodes', contract)
