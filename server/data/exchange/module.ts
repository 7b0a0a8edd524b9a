import { defineModule } from '../../kernel/module.ts'
import { actions } from './actions.ts'
import { contract, refusals, rights, todos } from './contract.ts'
import { facts } from './facts.ts'
import { jobs } from './jobs.ts'
import { measures } from './measures.ts'
import { closeRelay, relay } from './relay.ts'
import { hearWakes, holdOrders } from './wake.ts'

export const exchange = defineModule({
  name: 'exchange',
  contract,
  refusals,
  rights,
  todos,
  actions,
  migrations: new URL('./migrations/', import.meta.url),
  jobs,
  facts,
  measures,
  upgrades: { '/exchange/relay': relay },
  holds: { orders: holdOrders },
  start: async (platform) => {
    const ends = [await hearWakes(platform), await closeRelay(platform)]
    return async () => {
      for (const end of ends) await end()
    }
  },
})
