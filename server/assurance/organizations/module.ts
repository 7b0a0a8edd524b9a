import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights } from './contract.ts'
import { facts } from './facts.ts'

export const organizations = defineModule({
  name: 'organizations',
  contract,
  refusals,
  rights,
  actions,
  facts,
  migrations: new URL('./migrations/', import.meta.url),
})
