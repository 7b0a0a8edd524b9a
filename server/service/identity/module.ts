import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights } from './contract.ts'
import { jobs } from './jobs.ts'
import { identify } from './session.ts'

export const identity = defineModule({
  name: 'identity',
  contract,
  refusals,
  rights,
  actions,
  migrations: new URL('./migrations/', import.meta.url),
  jobs,
  identify,
})
