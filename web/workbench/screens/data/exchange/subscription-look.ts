import type { Subscription } from '@zhenghe/server/data/exchange/subscription.contract.ts'
import type { StateLook } from '@zhenghe/ui/StateTag.tsx'
import { subscriptionWords as words } from '../../../texts/deliveries.ts'

/** Whether rows still go to a subscription. */
export function subscriptionLook({ stoppedAt }: Pick<Subscription, 'stoppedAt'>): StateLook {
  return stoppedAt ? { text: words.stopped, tone: 'quiet' } : { text: words.active, tone: 'good' }
}
