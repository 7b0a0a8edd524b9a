/**
 * A byte stream between the two nodes of a delivery over a JetStream stream of its own. The broker may lose, repeat and reorder: numbers, acknowledgements
 * from end to end and a window put it right, or the line ends and the delivery is taken up again. docs/protocols/nats.md
 */
import { Duplex } from 'node:stream'
import { type JetStreamManager, PubHeaders } from '@nats-io/jetstream'
import { headers, type Msg, type NatsConnection, PermissionViolationError, type Subscription } from '@nats-io/transport-node'
import { z } from 'zod'
import { explainNats } from './connection.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import { StreamSubscription } from './subscription.ts'

export type LineSide = 'sender' | 'receiver'
export type LineOptions = {
  /** of this line alone; closed with it */
  nc: NatsConnection
  /** of the domain in which the stream stands */
  jsm: JetStreamManager
  side: LineSide
  stream: string
  /** what the subjects of this line begin with */
  base: string
  /** of one message, what NATS adds not counted */
  mostBytes: number
}

const LOOK_MS = 500
/** The other side is told where this one is: after so many bytes, and so soon after something came, and so often in any case. */
const TELL_BYTES = 1 << 20
const TELL_SOON_MS = 20
const TELL_MS = 2000
const PEER_SILENT_MS = 30_000
/** Something is under way to us and does not come: the broker is asked again. */
const OVERDUE_MS = 4000
const GOODBYE_MS = 5000
const WAY = { sender: 'f', receiver: 'b' } as const
const OTHER = { sender: 'receiver', receiver: 'sender' } as const

/** `sent`, `arrived`, `taken`: numbers of packets; `bye`: this side is gone, in order where the text is empty. */
const Word = z.object({ sent: z.int().min(0), arrived: z.int().min(0), taken: z.int().min(0), bye: z.string().max(500).optional() })
type Word = z.infer<typeof Word>

/** The subjects of a line that its stream keeps. */
export const packetSubjects = (base: string): string[] => [`${base}.f`, `${base}.b`]

export class NatsLine extends Duplex {
  readonly #options: LineOptions
  readonly #outgoing: Outgoing
  readonly #incoming = new Incoming()
  readonly #packets: StreamSubscription
  readonly #words: Subscription
  readonly #look: NodeJS.Timeout
  #wanted = false
  #ended = false
  #untold = 0
  #toldAt = 0
  #tellSoon: NodeJS.Timeout | undefined
  #peer: Word = { sent: 0, arrived: 0, taken: 0 }
  #peerAt = performance.now()
  #progressAt = performance.now()
  #peerGone = false

  private constructor(options: LineOptions) {
    super({ readableHighWaterMark: 1 << 20, writableHighWaterMark: 1 << 20 })
    this.#options = options
    const { nc, side, base, jsm, stream, mostBytes } = options
    const publish = (id: string, data: Buffer) => {
      const head = headers()
      head.set(PubHeaders.MsgIdHdr, id)
      if (!nc.isClosed()) nc.publish(`${base}.${WAY[side]}`, data, { headers: head })
    }
    this.#outgoing = new Outgoing(WAY[side], { publish, fail: (reason) => this.destroy(reason), mostBytes })
    this.#packets = new StreamSubscription({ nc, jsm, stream, subject: `${base}.${WAY[OTHER[side]]}`, take: (message) => this.#receive(message) })
    this.#words = nc.subscribe(`${base}.to.${side}`, { callback: (_, message) => this.#hear(message) })
    this.#look = setInterval(() => this.#watch(), LOOK_MS)
    void this.#follow()
  }

  /** Ready to read when it resolves. */
  static async open(options: LineOptions): Promise<NatsLine> {
    const line = new NatsLine(options)
    line.on('error', () => line.destroy())
    await line.#packets.open()
    line.#tell()
    await options.nc.flush()
    return line
  }

  override _read(): void {
    this.#wanted = true
    this.#pump()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#outgoing.write(chunk).then(() => done(), done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#outgoing.write(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#outgoing.end().then(
      () => done(),
      () => done(), // the other side has gone: nobody is left to hear the end
    )
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#look)
    clearTimeout(this.#tellSoon)
    if (!this.#peerGone) this.#tell(error?.message.slice(0, 500) ?? (this.#ended && this.writableFinished ? '' : 'the other node has ended the line'))
    this.#outgoing.fail(error ?? new Error('the line is closed'))
    this.#packets.close()
    void this.#leave().then(() => done(error))
  }

  /** What is said is sent, the receiver's stream is cleared away, the connection closed. */
  async #leave(): Promise<void> {
    const { nc, jsm, side, stream } = this.#options
    this.#words.unsubscribe()
    const gone = async () => {
      await nc.flush()
      if (side === 'receiver') await jsm.streams.delete(stream)
    }
    const enough = new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref())
    await Promise.race([gone(), enough]).catch(() => undefined) // what stays is cleared away at the next meeting
    await nc.close().catch(() => undefined)
  }

  #receive({ headers: head, data }: Msg): void {
    const [, seq] = /^[fb](\d+)(?:\.\d+)?$/.exec(head?.get(PubHeaders.MsgIdHdr) ?? '') ?? []
    if (!seq || this.destroyed) return
    const { arrived } = this.#incoming.account
    try {
      if (!this.#incoming.receive(Number(seq), Buffer.from(data.buffer, data.byteOffset, data.byteLength))) return
    } catch (error) {
      this.destroy(error as Error)
      return
    }
    if (this.#incoming.account.arrived > arrived) this.#progressAt = performance.now()
    this.#tellWithin(data.length)
    this.#pump()
    if (data.length === 0) this.#tell() // the other side waits for nothing else
  }

  /** Hands on what the reader wants. */
  #pump(): void {
    while (this.#wanted && !this.#ended) {
      const data = this.#incoming.take()
      if (!data) return
      this.#ended = data.length === 0
      this.#wanted = this.push(this.#ended ? null : data)
      this.#tellWithin(data.length)
    }
  }

  #tellWithin(bytes: number): void {
    this.#untold += bytes
    if (this.#untold >= TELL_BYTES) this.#tell()
    else this.#tellSoon ??= setTimeout(() => this.#tell(), TELL_SOON_MS)
  }

  #tell(bye?: string): void {
    const { nc, base, side } = this.#options
    clearTimeout(this.#tellSoon)
    this.#tellSoon = undefined
    this.#untold = 0
    this.#toldAt = performance.now()
    const word: Word = { sent: this.#outgoing.sent, ...this.#incoming.account, ...(bye === undefined ? {} : { bye }) }
    if (!nc.isClosed()) nc.publish(`${base}.to.${OTHER[side]}`, JSON.stringify(word))
  }

  #hear(message: Msg): void {
    const parsed = Word.safeParse(readJson(message))
    if (!parsed.success || this.destroyed) return
    this.#peer = parsed.data
    this.#peerAt = performance.now()
    const { arrived, taken, bye } = parsed.data
    this.#outgoing.acknowledged(arrived, taken)
    if (bye === undefined) return
    this.#peerGone = true
    // who leaves in order has had our end, and knows that we have had theirs
    if (bye !== '' || this.#peer.sent > this.#incoming.account.arrived) this.destroy(new Error(bye || 'the other node has left the line'))
    else this.#outgoing.acknowledged(this.#outgoing.sent, this.#outgoing.sent)
  }

  #watch(): void {
    const now = performance.now()
    if (now - this.#toldAt > TELL_MS) this.#tell()
    this.#outgoing.watch()
    this.#packets.watch()
    const overdue = this.#peer.sent > this.#incoming.account.arrived
    if (!overdue) this.#progressAt = now
    if (now - this.#progressAt > OVERDUE_MS) {
      this.#progressAt = now
      void this.#packets.open()
    }
    // judged a second time after the event loop has read what was waiting: this process may have been the one that slept
    if (this.#silent())
      setImmediate(() => this.#silent() && this.destroy(new Error(`nothing was heard from the other node over NATS for ${PEER_SILENT_MS / 1000} seconds`)))
  }

  #silent(): boolean {
    return !this.#peerGone && !this.destroyed && performance.now() - this.#peerAt > PEER_SILENT_MS
  }

  /** What happens to the connection. */
  async #follow(): Promise<void> {
    for await (const status of this.#options.nc.status()) {
      if (status.type === 'reconnect') {
        this.#outgoing.again()
        await this.#packets.open()
      }
      if (status.type === 'error' && status.error instanceof PermissionViolationError) this.destroy(explainNats(status.error))
    }
    this.destroy(new Error('the connection to NATS was closed'))
  }
}

function readJson(message: Msg): unknown {
  try {
    return message.json()
  } catch {
    return undefined
  }
}
