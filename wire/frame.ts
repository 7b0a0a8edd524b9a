/**
 * Frames: a 32-byte header in clear, the sealed payload, a tag of the suite's length. The header is sealed with the payload, so nothing in
 * it can be changed; the nonce is the direction and the frame's counter in its direction, so none can be dropped, repeated or moved.
 * Byte tables: docs/protocols/wire.md §4.
 */
import { ByteQueue } from './byte-queue.ts'
import { WireError } from './error.ts'

export const VERSION = 1
export const HEADER_BYTES = 32
/** The largest payload a frame may carry; about 1 MiB is usual. */
export const MAX_PAYLOAD_BYTES = 8 << 20

const MAGIC = 0x5a485746 // «ZHWF»

export const KIND = { proof: 0, rows: 1, message: 2, heartbeat: 3, end: 4 } as const
export type Kind = (typeof KIND)[keyof typeof KIND]
/** Who sealed the frame: its number stands in the nonce. */
export const DIRECTION = { sender: 1, receiver: 2 } as const
export type Role = keyof typeof DIRECTION

export function other(role: Role): Role {
  return role === 'sender' ? 'receiver' : 'sender'
}

/** What a frame says of itself. `range`, `seq` (of the frame in its range) and `rows` are 0 but in frames of rows. */
export interface FrameHead {
  readonly kind: Kind
  readonly range: number
  readonly seq: number
  readonly rows: number
}
export interface SealedBody {
  readonly body: Buffer
  readonly tag: Buffer
}
/** The authenticated cipher of one direction. A counter is sealed once. */
export interface FrameCipher {
  readonly tagBytes: number
  seal(counter: number, header: Buffer, payload: Buffer): SealedBody
  /** The payload, or undefined where the frame is not what was sealed. */
  open(counter: number, header: Buffer, body: Buffer, tag: Buffer): Buffer | undefined
  /** Where sealing is too slow for the thread that also moves the rows: what a thread of its own needs to do it. */
  readonly secrets?: BulkSecrets
}

/** Secret. */
export interface BulkSecrets {
  readonly role: Role
  readonly cipher: Uint8Array<ArrayBuffer>
  readonly mac: Uint8Array<ArrayBuffer>
}
export interface Sealed extends SealedBody {
  readonly header: Buffer
}
export interface Frame extends FrameHead {
  readonly payload: Buffer
  readonly header: Buffer
  readonly tag: Buffer
}
/** A frame taken from the stream and not yet opened. */
export interface Cut extends Sealed {
  readonly head: FrameHead
  readonly counter: number
}

/** Numbers the frames of one direction, in the order in which they must travel. */
export class FrameCounter {
  private counter = 0

  /** The header of the next frame. Refuses `oversized`; then nothing was counted. */
  next(head: FrameHead, bytes: number): { header: Buffer; counter: number } {
    if (bytes > MAX_PAYLOAD_BYTES) throw new WireError('oversized', `a payload of ${bytes} bytes; at most ${MAX_PAYLOAD_BYTES} fit a frame`, { bytes })
    const counter = this.counter++
    return { header: writeHeader(head, bytes, counter), counter }
  }
}

/** Seals the frames of one direction, in the order in which they must travel. */
export class FrameSealer {
  private readonly counter = new FrameCounter()
  private readonly cipher: FrameCipher
  constructor(cipher: FrameCipher) {
    this.cipher = cipher
  }

  /** The three parts of a frame, to be written one after another. The payload is not kept: it may be changed afterwards. */
  seal(head: FrameHead, payload: Buffer): Sealed {
    const { header, counter } = this.counter.next(head, payload.length)
    const { body, tag } = this.cipher.seal(counter, header, payload)
    return { header, body, tag }
  }
}

/** Takes the frames of one direction from chunks cut anywhere, still sealed. Holds at most one frame beyond what was pushed. */
export class FrameCutter {
  private counter = 0
  private readonly tagBytes: number
  readonly bytes: ByteQueue
  constructor(tagBytes: number, bytes: ByteQueue) {
    this.tagBytes = tagBytes
    this.bytes = bytes
  }

  /** The length of the payload at the front, once the frame is there whole. Throws a `WireError` as soon as its header betrays what may not be. */
  ready(): number | undefined {
    const length = pendingPayload(this.bytes)
    return length === undefined || this.bytes.length < HEADER_BYTES + length + this.tagBytes ? undefined : length
  }

  /** The frame at the front, whose payload is as long as `ready` has said. @param room where the body is put together if it came in parts */
  take(length: number, room: Buffer): Cut {
    const header = Buffer.from(this.bytes.take(HEADER_BYTES))
    const head = readHeader(header, this.counter)
    const body = this.bytes.take(length, room)
    const tag = Buffer.from(this.bytes.take(this.tagBytes))
    return { head, header, body, tag, counter: this.counter++ }
  }

  /** To be called when the stream has ended: refuses `truncated` where it ended within a frame. */
  end(): void {
    if (this.bytes.length > 0) throw new WireError('truncated', `the stream ended within frame ${this.counter}`, { frame: this.counter })
  }
}

/** The opened frame. Refuses `tampered`. */
export function opened({ head, header, tag, counter }: Omit<Cut, 'body'>, payload: Buffer | undefined): Frame {
  if (!payload) throw new WireError('tampered', `frame ${counter} is not what the peer sealed`, { frame: counter })
  return { ...head, payload, header, tag }
}

/** Opens the frames of one direction from chunks cut anywhere. After an error it is of no more use. */
export class FrameDecoder {
  private room = Buffer.alloc(0)
  private readonly cipher: FrameCipher
  private readonly cutter: FrameCutter
  readonly bytes: ByteQueue
  constructor(cipher: FrameCipher, bytes: ByteQueue = new ByteQueue()) {
    this.cipher = cipher
    this.bytes = bytes
    this.cutter = new FrameCutter(cipher.tagBytes, bytes)
  }

  push(chunk: Buffer): void {
    this.bytes.push(chunk)
  }

  /** The next frame, or undefined until all of it has arrived. Throws a `WireError` as soon as the header betrays what may not be. */
  next(): Frame | undefined {
    const length = this.cutter.ready()
    if (length === undefined) return undefined
    if (this.room.length < length) this.room = Buffer.allocUnsafeSlow(length)
    const cut = this.cutter.take(length, this.room)
    return opened(cut, this.cipher.open(cut.counter, cut.header, cut.body, cut.tag))
  }

  end(): void {
    this.cutter.end()
  }
}

/** The payload length that the frame at the front announces; undefined until its header is there. Refuses what this version cannot read before any of it is kept. */
function pendingPayload(bytes: ByteQueue): number | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  if (bytes.peekUInt32(0) !== MAGIC) throw new WireError('bad_magic', 'these bytes are not a frame')
  const version = bytes.peekUInt32(4) >>> 24
  if (version !== VERSION)
    throw new WireError('unsupported_version', `frame version ${version}; this side speaks ${VERSION}`, { version, supported: [VERSION] })
  const length = bytes.peekUInt32(20)
  if (length > MAX_PAYLOAD_BYTES)
    throw new WireError('oversized', `a frame announces ${length} bytes; at most ${MAX_PAYLOAD_BYTES} are read`, { bytes: length })
  return length
}

function writeHeader(head: FrameHead, length: number, counter: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(MAGIC, 0)
  header[4] = VERSION
  header[5] = head.kind
  header.writeUInt32BE(head.range, 8)
  header.writeUInt32BE(head.seq, 12)
  header.writeUInt32BE(head.rows, 16)
  header.writeUInt32BE(length, 20)
  writeCounter(header, counter, 24)
  return header
}

function readHeader(header: Buffer, expected: number): FrameHead {
  const kind = header[5] as Kind
  if (kind > KIND.end || header.readUInt16BE(6) !== 0) throw new WireError('unknown_kind', `frames of kind ${kind} are not known`, { kind })
  const counter = header.readUInt32BE(24) * 2 ** 32 + header.readUInt32BE(28)
  if (counter < expected) throw new WireError('replayed', `frame ${counter} came a second time`, { frame: counter, expected })
  if (counter > expected) throw new WireError('out_of_order', `frame ${counter} came where ${expected} was due`, { frame: counter, expected })
  return { kind, range: header.readUInt32BE(8), seq: header.readUInt32BE(12), rows: header.readUInt32BE(16) }
}

/** Direction and counter, 12 bytes: never the same twice under one key. */
export function nonceOf(role: Role, counter: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(DIRECTION[role], 0)
  writeCounter(bytes, counter, 4)
  return bytes
}

function writeCounter(into: Buffer, counter: number, at: number): void {
  into.writeUInt32BE(Math.floor(counter / 2 ** 32), at)
  into.writeUInt32BE(counter % 2 ** 32, at + 4)
}
