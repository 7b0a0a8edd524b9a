/** Both halves of a reconciliation beside a capture that runs in this process. */
import { randomUUID } from 'node:crypto'
import { duplexPair } from 'node:stream'
import { openSession } from '@zhenghe/wire/session.ts'
import type { Comparison } from '../../receive.ts'
import type { Reconciliation } from '../../reconcile/ask.ts'
import type { Refusal } from '../../refusal.ts'
import { consumer, provider } from '../../testing/delivery.ts'
import { answerCaptured, compareCaptured } from '../reconcile.ts'
import type { RunningCapture } from './run.ts'

/** Again where transactions of other tests kept the moment from being had. Rejects with the refusal of the side that refused. */
export async function compareRunning(capture: RunningCapture, wanted: Partial<Comparison> = {}): Promise<Reconciliation> {
  for (let tries = 1; ; tries++) {
    try {
      return await compareOnce(capture, wanted)
    } catch (error) {
      if ((error as Refusal).code !== 'database_busy' || tries === TRIES) throw error
    }
  }
}
const TRIES = 10

async function compareOnce({ captures, delivery: of }: RunningCapture, wanted: Partial<Comparison>): Promise<Reconciliation> {
  const [left, right] = duplexPair()
  const delivery = randomUUID()
  const [sending, receiving] = await Promise.all([
    openSession(left, { role: 'sender', keys: provider, peer: consumer.identity, delivery }),
    openSession(right, { role: 'receiver', keys: consumer, peer: provider.identity, delivery }),
  ])
  const { grant } = captures.sending.get(of)!
  const [sent, compared] = await Promise.allSettled([
    answerCaptured(() => captures.sending.get(of), sending),
    compareCaptured(grant, captures.moments, receiving, { mend: false, scope: 'full', ...wanted }),
  ])
  if (sent.status === 'fulfilled' && compared.status === 'fulfilled') return compared.value
  const reasons = [sent, compared].flatMap((one) => (one.status === 'rejected' ? [one.reason as Refusal] : []))
  throw reasons.find(({ byPeer }) => !byPeer) ?? reasons[0]
}
