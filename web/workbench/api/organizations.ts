import { contract } from '@zhenghe/server/assurance/organizations/contract.ts'
import { moduleApi } from './module-api.ts'

export const organizations = moduleApi('organizations', contract)
