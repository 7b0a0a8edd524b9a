/**
 * An authenticated, sealed session between two exchange nodes over any stream (a TCP socket, the platform's relay): many ranges of rows and
 * the messages about them, multiplexed. Whoever carries the stream can cut it, but neither read it, nor change it, nor stand in for a side.
 */
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { BulkDecoder, BulkSealer } from './bulk.ts'
import type { NodeIdentity, SuiteName } from './documents.ts'
import { WireError } from './error.ts'
import { type Frame, FrameDecoder, type FrameHead, FrameSealer, KIND, type Kind, other, type Role, type Sealed } from './frame.ts'
import { checkHello, checkPrefix, encodeHello, type Hello, helloBytes, PREFIX_BYTES, proofBytes, transcriptOf } from './hello.ts'
import { Inbound } from './inbound.ts'
import type { NodeKeys } from './keys.ts'
import { Message } from './messages.ts'
import { Outbound } from './outbound.ts'
import { type RangeDigest, RangeDigests } from './ranges.ts'
import { suiteNamed } from './suites.ts'

export interface SessionOptions {
  readonly role: Role
  readonly keys: NodeKeys
  /** who must be at the other end, from the signed grant */
  readonly peer: NodeIdentity
  /** UUID; both sides must name the same */
  readonly delivery: string
  /** by the signed grant. Default international */
  readonly suite?: SuiteName
  /** for the handshake as a whole, then for silence; heartbeats go out at a third of it. Default 30,000 */
  readonly timeoutMs?: number
}

export type Incoming =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'frame'; readonly range: number; readonly seq: number; readonly rows: number; readonly payload: Buffer }

export interface Session {
  /** Resolves when the stream accepts more. */
  send(message: Message): Promise<void>
  /** The next frame of a begun range; the sender's alone. Resolves when the stream accepts more; the payload must not change before. */
  sendFrame(range: number, rows: number, payload: Buffer): Promise<void>
  /** Hex running digest over the frames of a range sent (sender) or received (receiver) since it was last begun. */
  rangeDigest(range: number): string
  /** (Re)begins a range: frame 0 is next, the digest starts anew. Each side calls it before the first frame of the range passes. */
  beginRange(range: number): void
  /**
   * What the peer sends, in its order, one consumer at a time; the stream is paused while the consumer is busy. Ends with the goodbye of
   * either side; throws a `WireError` (`resumable` tells a lost line from foul play) and ends the session on anything else.
   */
  incoming(): AsyncIterable<Incoming>
  /** Says goodbye and stops listening; resolves when everything sent has left this process. */
  close(): Promise<void>
  /** Ends the session at once; whoever waits on it gets the error (`closed` where none is given). */
  destroy(error?: Error): void
}

const DEFAULT_TIMEOUT_MS = 30_000
const NOTHING = Buffer.alloc(0)

/** Shakes hands and gives the session; rejects with a `WireError` and destroys the stream where the peer is not who it must be, or not in time. */
export async function openSession(stream: Duplex, options: SessionOptions): Promise<Session> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const inbound = new Inbound(stream)
  const late = setTimeout(() => inbound.stop(new WireError('timeout', `no handshake within ${timeoutMs} ms`)), timeoutMs)
  try {
    const { decoder, sealer } = await shakeHands(stream, inbound, options)
    return new WireSession(stream, inbound, decoder, sealer, options, timeoutMs)
  } catch (error) {
    stream.destroy()
    throw error
  } finally {
    clearTimeout(late)
  }
}

type Decoder = FrameDecoder | BulkDecoder
type Sealer = FrameSealer | BulkSealer

async function shakeHands(stream: Duplex, inbound: Inbound, { role, keys, peer, delivery, suite: name }: SessionOptions) {
  const suite = suiteNamed(name ?? 'international')
  const shake = suite.begin(keys)
  const node = { id: keys.identity.id, ...suite.publicKeys(keys.identity) }
  const hello: Hello = { role, delivery, node, ephemeral: shake.ephemeral, nonce: randomBytes(32) }
  const mine = encodeHello(hello, suite)
  stream.write(mine)
  const prefix = await read(inbound, PREFIX_BYTES)
  checkPrefix(prefix, suite)
  const theirs = Buffer.concat([prefix, await read(inbound, helloBytes(suite) - PREFIX_BYTES)])
  const theirEphemeral = checkHello(theirs, hello, peer, suite)

  const transcript = role === 'sender' ? transcriptOf(mine, theirs, suite) : transcriptOf(theirs, mine, suite)
  const ciphers = shake.agree(role, { ephemeral: theirEphemeral, node: peer }, transcript)
  const [own, theirCipher] = [ciphers[role], ciphers[other(role)]]
  const lost = (reason: WireError) => inbound.stop(reason)
  const sealer = own.secrets ? new BulkSealer(own, own.secrets, lost) : new FrameSealer(own)
  const decoder = theirCipher.secrets ? new BulkDecoder(theirCipher, theirCipher.secrets, inbound.bytes, lost) : new FrameDecoder(theirCipher, inbound.bytes)
  const { header, body, tag } = await sealer.seal(headOf(KIND.proof), shake.prove(proofBytes(role, transcript, suite)))
  stream.write(Buffer.concat([header, body, tag]))
  const proof = await nextFrame(inbound, decoder)
  if (proof.kind !== KIND.proof || !suite.proves(proofBytes(other(role), transcript, suite), proof.payload, peer))
    throw new WireError('wrong_peer', `the other side does not hold the key of ${peer.name}`, { expected: peer.id })
  return { decoder, sealer }
}

async function read(inbound: Inbound, size: number): Promise<Buffer> {
  while (inbound.bytes.length < size) {
    if (inbound.ended) throw inbound.ended
    await inbound.more()
  }
  return inbound.bytes.take(size)
}

async function nextFrame(inbound: Inbound, decoder: Decoder): Promise<Frame> {
  for (;;) {
    const lost = inbound.ended?.code === 'connection_lost' // then what came before still counts
    const frame = inbound.ended && !lost ? undefined : decoder.next()
    if (frame) return frame
    if (lost) decoder.end()
    if (inbound.ended) throw inbound.ended
    await inbound.more()
  }
}

function finished(stream: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.end((error?: Error | null) => (error ? reject(new WireError('connection_lost', error.message)) : resolve()))
  })
}

function headOf(kind: Kind, range = 0, seq = 0, rows = 0): FrameHead {
  return { kind, range, seq, rows }
}

class WireSession implements Session {
  private readonly ranges: RangeDigests
  private readonly outbound: Outbound
  private readonly stream: Duplex
  private readonly inbound: Inbound
  private readonly decoder: Decoder
  private readonly sealer: Sealer
  private readonly role: Role
  private readonly timeoutMs: number
  private readonly pulse: NodeJS.Timeout
  private failure: WireError | undefined
  private closing: Promise<void> | undefined
  private peerLeft = false
  /** until the frame before is handed to the stream, where frames are sealed beside this thread */
  private turn: Promise<unknown> = Promise.resolve()

  constructor(stream: Duplex, inbound: Inbound, decoder: Decoder, sealer: Sealer, { role, suite }: SessionOptions, timeoutMs: number) {
    this.ranges = new RangeDigests(suite)
    this.stream = stream
    this.inbound = inbound
    this.decoder = decoder
    this.sealer = sealer
    this.role = role
    this.timeoutMs = timeoutMs
    this.outbound = new Outbound(stream)
    this.pulse = setInterval(() => this.beat(), timeoutMs / 3)
    stream.on('close', () => this.lost())
    if (stream.destroyed) this.lost()
  }

  async send(message: Message): Promise<void> {
    await this.write(headOf(KIND.message), Buffer.from(JSON.stringify(message)))
  }

  async sendFrame(range: number, rows: number, payload: Buffer): Promise<void> {
    if (this.role !== 'sender') throw new WireError('unexpected', 'only the sender of a delivery sends rows')
    const digest = this.ranges.of(range)
    await this.write(headOf(KIND.rows, range, digest.seq, rows), payload, digest)
  }

  rangeDigest(range: number): string {
    return this.ranges.digest(range)
  }

  beginRange(range: number): void {
    this.ranges.begin(range)
  }

  async *incoming(): AsyncGenerator<Incoming, void, undefined> {
    for (;;) {
      const frame = await this.next()
      if (!frame) return
      if (frame.kind !== KIND.heartbeat) yield this.read(frame)
    }
  }

  close(): Promise<void> {
    this.closing ??= this.sayGoodbye()
    return this.closing
  }

  destroy(error: Error = new WireError('closed', 'this side ended the session')): void {
    if (this.failure) return
    this.failure = error instanceof WireError ? error : new WireError('closed', error.message)
    clearInterval(this.pulse)
    this.inbound.stop(this.failure)
    this.outbound.fail(this.failure)
    this.stopThreads(this.failure)
    this.stream.destroy()
  }

  private stopThreads(reason: WireError): void {
    for (const half of [this.sealer, this.decoder]) if ('stop' in half) half.stop(reason)
  }

  /** Undefined once either side has said goodbye. */
  private async next(): Promise<Frame | undefined> {
    if (this.failure) throw this.failure
    if (this.peerLeft || this.closing) return undefined
    try {
      const frame = await nextFrame(this.inbound, this.decoder)
      if (frame.kind === KIND.end) this.peerLeft = true
      return this.peerLeft || this.closing ? undefined : frame
    } catch (error) {
      if (this.closing) return undefined
      this.destroy(error as WireError)
      throw error
    }
  }

  private read(frame: Frame): Incoming {
    try {
      if (frame.kind === KIND.message) return { kind: 'message', message: readMessage(frame.payload) }
      return this.readRows(frame)
    } catch (error) {
      this.destroy(error as WireError)
      throw error
    }
  }

  private readRows({ kind, range, seq, rows, payload, header, tag }: Frame): Incoming {
    if (kind !== KIND.rows || this.role !== 'receiver') throw new WireError('unexpected', `a frame of kind ${kind} has no place here`, { kind })
    const due = this.ranges.of(range).seq
    if (seq !== due) throw new WireError('out_of_order', `frame ${seq} of range ${range} came where ${due} was due`, { range, seq, due })
    this.ranges.advance(range, header, tag)
    return { kind: 'frame', range, seq, rows, payload }
  }

  /** @param digest of the range, for frames of rows */
  private async write(head: FrameHead, payload: Buffer, digest?: RangeDigest): Promise<void> {
    if (this.failure) throw this.failure
    if (this.closing && head.kind !== KIND.end) throw new WireError('closed', 'this side has said goodbye')
    const sealing = this.sealer.seal(head, payload)
    if (digest) digest.seq++
    if (!(sealing instanceof Promise)) return this.put(sealing, digest)
    sealing.catch(() => undefined) // told in its turn
    const taken = this.turn.then(async () => ({ room: this.put(await sealing, digest) }))
    this.turn = taken
    await (await taken).room
  }

  private put({ header, body, tag }: Sealed, digest: RangeDigest | undefined): Promise<void> {
    digest?.absorb(header, tag)
    return this.outbound.write(header, body, tag)
  }

  private async sayGoodbye(): Promise<void> {
    clearInterval(this.pulse)
    try {
      await this.write(headOf(KIND.end), NOTHING)
      await finished(this.stream)
    } catch (error) {
      if (!this.peerLeft) throw error // where the peer left first, nobody is there to hear this goodbye
    } finally {
      const closed = new WireError('closed', 'this side has said goodbye')
      this.inbound.stop(closed)
      this.stopThreads(closed)
      this.hangUp()
    }
  }

  /** Lets the stream drain until the peer has hung up as well, but not for ever. */
  private hangUp(): void {
    if (this.stream.destroyed) return
    const enough = setTimeout(() => this.stream.destroy(), this.timeoutMs)
    this.stream.once('end', () => this.stream.destroy())
    this.stream.once('close', () => clearTimeout(enough))
    if (this.stream.readableEnded) this.stream.destroy()
    else this.inbound.drain()
  }

  private beat(): void {
    const silent = () => this.inbound.silentFor(this.timeoutMs)
    // judged a second time after the event loop has read what was waiting: this process may have been the one that slept
    if (silent()) setImmediate(() => silent() && this.destroy(new WireError('timeout', `nothing was heard from the other side for ${this.timeoutMs} ms`)))
    else if (this.outbound.idleFor(this.timeoutMs / 6)) this.write(headOf(KIND.heartbeat), NOTHING).catch(() => undefined) // readers and writers hear of a dead line
  }

  private lost(): void {
    clearInterval(this.pulse)
    this.outbound.fail(new WireError('connection_lost', 'the connection was closed'))
  }
}

function readMessage(payload: Buffer): Message {
  try {
    return Message.parse(JSON.parse(payload.toString('utf8')))
  } catch (error) {
    throw new WireError('bad_message', 'a message is not one this version knows', { problem: String(error).slice(0, 2000) })
  }
}
