import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights, todos } from './contract.ts'
import { facts } from './facts.ts'
import { jobs } from './jobs.ts'

export const demand = defineModule({
  name: 'demand',
  contract,
  refusals,
  rights,
  todos,
  actions,
  migrations: new URL('./migrations/', import.meta.url),
  jobs,
  facts,
})
