import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights, todos } from './contract.ts'
import { identify } from './identify.ts'
import { jobs } from './jobs.ts'

export const nodes = defineModule({
  name: 'nodes',
  contract,
  refusals,
  rights,
  todos,
  actions,
  migrations: new URL('./migrations/', import.meta.url),
  jobs,
  identify,
})
