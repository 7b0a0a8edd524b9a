import { contract } from '@zhenghe/server/data/partners/contract.ts'
import { moduleApi } from './module-api.ts'

export const partners = moduleApi('partners', contract)
