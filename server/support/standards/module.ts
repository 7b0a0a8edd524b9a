import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights } from './contract.ts'

export const standards = defineModule({
  name: 'standards',
  contract,
  refusals,
  rights,
  actions,
  migrations: new URL('./migrations/', import.meta.url),
})
