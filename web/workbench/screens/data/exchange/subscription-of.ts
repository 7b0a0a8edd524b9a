import type { Subscription } from '@zhenghe/server/data/exchange/subscription.contract.ts'
import { Refusal } from '@zhenghe/server/kernel/refusal.ts'
import { exchange } from '../../../api/exchange.ts'

const PAGE = 200

/** One subscription out of those the reader may see; their list is the only way to it. */
export async function subscriptionOf(id: string): Promise<Subscription> {
  for (let after: string | undefined; ; ) {
    const page = await exchange.call.subscriptions({ limit: PAGE, ...(after ? { after } : {}) })
    const found = page.items.find((one) => one.id === id)
    if (found) return found
    if (!page.next) throw new Refusal('exchange.unknown')
    after = page.next
  }
}
