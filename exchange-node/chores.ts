/** Orders that are no delivery: each is done at once and answered by a letter, with the trouble in words where it could not be done. */
import { openSource } from './connectors/open.ts'
import type { OrderOf } from './control.ts'
import { type QuarantinedRow, quarantined } from './desk.ts'
import { explain, refusal } from './refusal.ts'
import type { NodeContext } from './run-delivery.ts'
import { storeOf } from './stores.ts'

const LONGEST_TROUBLE = 1000
type Chore = OrderOf<'drop_role' | 'replay_letters' | 'replay_capture'>
/** What is told of it. */
type Done = { trouble?: string; rejected?: QuarantinedRow[] }

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
    void this.#do(order).then((done) => {
      outbox.write(id, 'done', `/api/exchange/node-orders/${id}`, done)
      this.#under.delete(id)
      log.info({ order: id, kind, trouble: done.trouble }, 'order carried out')
    })
  }

  async #do(order: Chore): Promise<Done> {
    try {
      if (order.kind === 'replay_capture') return { rejected: await this.#replay(order) }
      if (order.kind === 'drop_role') await this.#dropRole(order)
      else this.#context.outbox.again(order.letters)
      return {}
    } catch (error) {
      return { trouble: explain(error, 'source').message.slice(0, LONGEST_TROUBLE) }
    }
  }

  /** By the capture itself, in its order. Answers the rows that broke a rule again. */
  async #replay({ delivery, keys }: OrderOf<'replay_capture'>): Promise<QuarantinedRow[]> {
    const live = this.#context.captures.sending.get(delivery)
    if (!live) throw refusal('capture_away', 'the capture is not under way at the moment; the rows are read again when it is')
    return (await live.fetch(keys)).map(quarantined)
  }

  async #dropRole({ grant, store }: OrderOf<'drop_role'>): Promise<void> {
    await openSource(storeOf(this.#context.config.stores, 'source', store)).forgetGrant?.(grant)
  }
}
