import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights, todos } from './contract.ts'
import { gatewayFront } from './endpoint/front.ts'
import { startGateway } from './endpoint/gateway.ts'
import { tunnel } from './endpoint/tunnel-upgrade.ts'
import { facts } from './facts.ts'
import { jobs } from './jobs.ts'

export const gateway = defineModule({
  name: 'gateway',
  contract,
  refusals,
  rights,
  todos,
  actions,
  migrations: new URL('./migrations/', import.meta.url),
  jobs,
  facts,
  upgrades: { '/gateway/tunnel': tunnel },
  front: gatewayFront,
  start: startGateway,
})
