/** One run of a delivery or reconciliation: prepare, meet the other node, do this node's half, tell the platform. */
import { setTimeout as pause } from 'node:timers/promises'
import { WireError } from '@zhenghe/wire/error.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import type { Logger } from 'pino'
import type { Control } from './control.ts'
import { type DeliveryOrder, type Desk, type Half, idOf, sideOf } from './desk.ts'
import { prepareHalf } from './halves.ts'
import { SourceClosed } from './hours.ts'
import type { Listener } from './listener.ts'
import { placeOf } from './nats/meeting.ts'
import { tellProgress } from './progress.ts'
import { explain, type Refusal, refusal } from './refusal.ts'
import { type Met, meetReceiver, meetSender } from './route.ts'

export type NodeContext = Desk & { control: Control; listener: Listener | undefined; log: Logger }
/** How a run ended. After `resumable` it is worth trying again; `met` is whether the other node was there. */
export type Ending = { kind: 'done' | 'cancelled' | 'stopped' | 'resumable'; met: boolean; code?: string }

const LONGEST_DETAIL = 2000
const LAST_WORD_MS = 1000
/** Phases in which a receiver that is to stop is left to finish: the rows are all there. */
const NEARLY_DONE = new Set(['indexing', 'finished'])

export class DeliveryRun {
  readonly order: DeliveryOrder
  readonly id: string
  /** Never rejects. */
  readonly ended: Promise<Ending>
  readonly #context: NodeContext
  readonly #log: Logger
  readonly #drain = new AbortController()
  readonly #leave = new AbortController()
  #half: Half | undefined
  #session: Session | undefined
  #cancelled = false

  /** @param known the code of the trouble that the platform has been told of and that still holds: told again only after the nodes have met */
  constructor(context: NodeContext, order: DeliveryOrder, known?: string) {
    this.#context = context
    this.order = order
    this.id = idOf(order)
    this.#log = context.log.child({ id: this.id, order: order.kind })
    const run = this.#run().finally(() => this.#half?.end?.())
    this.ended = run.then(
      () => this.#done(),
      (error: unknown) => this.#failed(error, known),
    )
  }

  /** At once; nothing of it stays. */
  cancel(reason: string): void {
    if (this.#cancelled) return
    this.#log.info({ reason }, 'cancelled')
    this.#cancelled = true
    this.#leave.abort()
    if (this.#session) void hangUp(this.#session, refusal('cancelled', `the delivery was cancelled: ${reason}`))
  }

  /** At the next border of a range; a receiver at once, but for one that only builds its key. What has landed stays. */
  drain(): void {
    this.#drain.abort()
    if (sideOf(this.order) === 'sender' && this.#session) return
    if (!NEARLY_DONE.has(this.#half?.counters()?.phase ?? '')) this.abandon()
  }

  /** At once; what has landed stays. */
  abandon(): void {
    this.#drain.abort()
    this.#leave.abort()
    this.#session?.destroy(new WireError('connection_lost', 'this node is being stopped'))
  }

  async #run(): Promise<void> {
    this.#log.info('begun')
    this.#half = await prepareHalf(this.#context, this.order, this.#drain.signal)
    this.#half.overdue?.(() => this.#leave.abort())
    const { session, route } = await this.#meet(this.#half)
    this.#session = session
    if (this.#leave.signal.aborted) session.destroy(new WireError('connection_lost', 'this node is being stopped'))
    this.#log.info({ route }, 'met the other node')
    const { control } = this.#context
    const cancelled = () => this.cancel('the platform no longer wants it')
    const fallSilent = tellProgress({ control, id: this.id, side: sideOf(this.order), route, counters: this.#half.counters, cancelled })
    try {
      await this.#half.work(session)
    } finally {
      await fallSilent()
    }
  }

  #meet({ peer, suite }: Half): Promise<Met> {
    const { keys, control, listener, config } = this.#context
    const { listen, nats } = this.order.peer
    const sending = sideOf(this.order) === 'sender'
    const over = config.nats && { settings: config.nats, place: nats && (sending ? nats : placeOf(config.nats, keys.identity.id)) }
    const natsFailed = ({ code, message }: Refusal) => this.#log.warn({ code }, message)
    const meeting = { delivery: this.id, keys, peer, suite, control, signal: this.#leave.signal, nats: over, natsFailed }
    return sending ? meetReceiver(meeting, listen) : meetSender(meeting, listener)
  }

  #done(): Ending {
    this.#log.info('done')
    return { kind: 'done', met: true }
  }

  #failed(error: unknown, known: string | undefined): Ending {
    const met = this.#session !== undefined
    if (this.#cancelled) return { kind: 'cancelled', met }
    const side = sideOf(this.order)
    const reason = this.#half?.failure?.() ?? this.#reason(explain(error, side === 'sender' ? 'source' : 'target'))
    const { code, resumable, byPeer, message } = reason
    if (this.#half?.ended) return { kind: 'done', met }
    this.#log[resumable ? 'info' : 'warn']({ code, resumable, byPeer, ...(code === 'fault' ? { err: error } : {}) }, message)
    const until = reason instanceof SourceClosed ? reason.until : undefined // told each time: whoever resumed it meanwhile sees that it waits
    if (!byPeer && (met || code !== known || until)) {
      const trouble = { side, code, detail: message.slice(0, LONGEST_DETAIL), resumable, until, shape: this.#half?.shape?.() }
      this.#context.outbox.write(this.id, 'trouble', `/api/exchange/deliveries/${this.id}/trouble`, trouble)
    }
    return { kind: resumable ? 'resumable' : 'stopped', met, code }
  }

  /** Whatever broke because this node ends is told as that. */
  #reason(reason: Refusal): Refusal {
    if (!this.#drain.signal.aborted || !reason.resumable || reason.byPeer) return reason
    return refusal('draining', 'this node is being stopped; the delivery is taken up again when it is back')
  }
}

/** Tells the other side why, if it still listens. */
async function hangUp(session: Session, { code, message: detail, resumable }: Refusal): Promise<void> {
  const said = session.send({ kind: 'refuse', code, detail: detail.slice(0, LONGEST_DETAIL), resumable }).catch(() => undefined)
  await Promise.race([said, pause(LAST_WORD_MS)])
  session.destroy(new WireError('closed', detail))
}
