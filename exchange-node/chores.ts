/** Orders that are no delivery: each is done at once and answered by a letter, with the trouble in words where it could not be done. */
import { openSource } from './connectors/open.ts'
import type { OrderOf } from './control.ts'
import { explain } from './refusal.ts'
import type { NodeContext } from './run-delivery.ts'
import { storeOf } from './stores.ts'

const LONGEST_TROUBLE = 1000
type Chore = OrderOf<'drop_role' | 'replay_letters'>

export class Chores {
  readonly #context: NodeContext
  readonly #under = new Set<string>()

  constructor(context: NodeContext) {
    this.#context = context
  }

  /** Nothing where it is under way already, or its answer still waits to be told. */
  take(order: Chore): void {
    const { outbox, log } = this.#context
    const { order: id, kind } = order
    if (this.#under.has(id) || outbox.holds(id)) return
    this.#under.add(id)
    void this.#do(order).then((trouble) => {
      outbox.write(id, 'done', `/api/exchange/node-orders/${id}`, trouble === undefined ? {} : { trouble })
      this.#under.delete(id)
      log.info({ order: id, kind, trouble }, 'order carried out')
    })
  }

  /** Answers why it could not be done. */
  async #do(order: Chore): Promise<string | undefined> {
    try {
      if (order.kind === 'drop_role') await this.#dropRole(order)
      else this.#context.outbox.again(order.letters)
      return undefined
    } catch (error) {
      return explain(error, 'source').message.slice(0, LONGEST_TROUBLE)
    }
  }

  async #dropRole({ grant, store }: OrderOf<'drop_role'>): Promise<void> {
    await openSource(storeOf(this.#context.config.stores, 'source', store)).forgetGrant?.(grant)
  }
}
