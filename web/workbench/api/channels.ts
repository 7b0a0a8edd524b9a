import { contract } from '@zhenghe/server/data/channels/contract.ts'
import { moduleApi } from './module-api.ts'

export const channels = moduleApi('channels', contract)
