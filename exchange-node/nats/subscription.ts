/** Reads one subject of a stream from its beginning, each message at least once: what was lost between broker and node is asked for again. */
import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import { createInbox, type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node'

/** The broker tells so often that it has nothing. */
const HEARTBEAT_MS = 1000
const SILENT_MS = 3500
/** A consumer that nobody listens to is forgotten by the broker after so long. */
const INACTIVE_MS = 30_000

export type Reading = {
  nc: NatsConnection
  jsm: JetStreamManager
  stream: string
  subject: string
  take: (message: Msg) => void
}

export class StreamSubscription {
  readonly #reading: Reading
  #subscription: Subscription | undefined
  #opening: Promise<void> | undefined
  /** in the stream, of what was read without a gap */
  #last = 0
  #delivered = 0
  #heardAt = performance.now()
  /** since something was last read or the broker said that it has nothing */
  #wellAt = performance.now()
  #attempts = 0
  #closed = false

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** How long the broker has given nothing, not even the word that it has nothing. */
  get silentMs(): number {
    return performance.now() - this.#wellAt
  }

  /** Begins, or begins anew after the last message read. Never rejects: where it does not succeed, `watch` tries again. */
  async open(): Promise<void> {
    if (this.#closed) return
    this.#opening ??= this.#create()
      .catch(() => undefined) // no leader just now, or no connection
      .finally(() => {
        this.#opening = undefined
      })
    await this.#opening
  }

  /** To be called every second or so. */
  watch(): void {
    if (performance.now() - this.#heardAt > SILENT_MS) void this.open()
  }

  close(): void {
    this.#closed = true
    this.#subscription?.unsubscribe()
  }

  async #create(): Promise<void> {
    const { nc, jsm, stream, subject } = this.#reading
    this.#subscription?.unsubscribe()
    this.#delivered = 0
    this.#heardAt = performance.now()
    const inbox = createInbox()
    const receive = (message: Msg) => {
      if (this.#subscription === subscription) this.#receive(message)
    }
    const subscription = nc.subscribe(inbox, { callback: (_, message) => receive(message) })
    this.#subscription = subscription
    // a stream that has lost its end in a crash gives numbers out again, so what was read counts only once
    const after = this.#attempts++ < 2 ? this.#last : 0
    const from: Partial<ConsumerConfig> =
      after > 0 ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 } : { deliver_policy: DeliverPolicy.All }
    await jsm.consumers.add(stream, {
      ...{ ...from, deliver_subject: inbox, filter_subject: subject, ack_policy: AckPolicy.None },
      ...{ idle_heartbeat: nanos(HEARTBEAT_MS), inactive_threshold: nanos(INACTIVE_MS), mem_storage: true, num_replicas: 1 },
    })
  }

  #receive(message: Msg): void {
    this.#heardAt = performance.now()
    const { headers, reply } = message
    if (headers && headers.code >= 100) {
      this.#status(headers.code, Number(headers.get('Nats-Last-Consumer') || 0))
      return
    }
    const place = placeOf(reply)
    if (place?.delivered === this.#delivered + 1) {
      this.#delivered = place.delivered
      this.#last = place.stream
      this.#well()
      this.#reading.take(message)
    } else void this.open()
  }

  #status(code: number, lastDelivered: number): void {
    if (code !== 100 || lastDelivered > this.#delivered) void this.open()
    else this.#well()
  }

  #well(): void {
    this.#wellAt = performance.now()
    this.#attempts = 0
  }
}

/** Where a message stands: in its stream, and in what this consumer was given. The broker tells it in the subject for replies. */
function placeOf(reply: string | undefined): { stream: number; delivered: number } | undefined {
  const tokens = reply?.split('.') ?? []
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined
  const at = tokens.length === 9 ? 5 : 7 // later servers put domain and account before the name of the stream
  return { stream: Number(tokens[at]), delivered: Number(tokens[at + 1]) }
}
