import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights, todos } from './contract.ts'
import { facts } from './facts.ts'
import { followChanges } from './listen.ts'

export const catalog = defineModule({
  name: 'catalog',
  contract,
  refusals,
  rights,
  todos,
  actions,
  migrations: new URL('./migrations/', import.meta.url),
  facts,
  start: followChanges,
})
