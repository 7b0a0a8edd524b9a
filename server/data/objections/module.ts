import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights, todos } from './contract.ts'
import { facts } from './facts.ts'

export const objections = defineModule({
  name: 'objections',
  contract,
  refusals,
  rights,
  todos,
  actions,
  migrations: new URL('./migrations/', import.meta.url),
  facts,
})
