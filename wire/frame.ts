/**
 * Frames: a 32-byte header in clear, the sealed payload, a 16-byte tag. The header is the additional data of the seal (AES-256-GCM), so
 * nothing in it can be changed; the nonce is the direction and the frame's counter in its direction, so none can be dropped, repeated or moved.
 * Byte tables: docs/protocols/wire.md §4.
 */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { ByteQueue } from './byte-queue.ts'
import { WireError } from './error.ts'

export const VERSION = 1
export const HEADER_BYTES = 32
export const TAG_BYTES = 16
/** The largest payload a frame may carry; about 1 MiB is usual. */
export const MAX_PAYLOAD_BYTES = 8 << 20

const MAGIC = 0x5a485746 // «ZHWF»
const CIPHER = 'aes-256-gcm'
const GCM = { authTagLength: TAG_BYTES }

export const KIND = { proof: 0, rows: 1, message: 2, heartbeat: 3, end: 4 } as const
export type Kind = (typeof KIND)[keyof typeof KIND]
/** Who sealed the frame: its number stands in the nonce. */
export const DIRECTION = { sender: 1, receiver: 2 } as const
export type Role = keyof typeof DIRECTION

/** What a frame says of itself. `range`, `seq` (of the frame in its range) and `rows` are 0 but in frames of rows. */
export interface FrameHead {
  readonly kind: Kind
  readonly range: number
  readonly seq: number
  readonly rows: number
}
export interface Sealed {
  readonly header: Buffer
  readonly body: Buffer
  readonly tag: Buffer
}
export interface Frame extends FrameHead {
  readonly payload: Buffer
  readonly header: Buffer
  readonly tag: Buffer
}

/** Seals the frames of one direction, in the order in which they must travel. */
export class FrameSealer {
  private counter = 0
  private readonly key: KeyObject
  private readonly role: Role
  constructor(key: KeyObject, role: Role) {
    this.key = key
    this.role = role
  }

  /** The three parts of a frame, to be written one after another. The payload is not kept: it may be changed afterwards. */
  seal(head: FrameHead, payload: Buffer): Sealed {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new WireError('oversized', `a payload of ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} fit a frame`, { bytes: payload.length })
    }
    const header = writeHeader(head, payload.length, this.counter)
    const cipher = createCipheriv(CIPHER, this.key, nonce(this.role, this.counter), GCM)
    cipher.setAAD(header)
    const body = cipher.update(payload)
    cipher.final()
    this.counter++
    return { header, body, tag: cipher.getAuthTag() }
  }
}

/** Opens the frames of one direction from chunks cut anywhere. Holds at most one frame beyond what was pushed; after an error it is of no more use. */
export class FrameDecoder {
  private counter = 0
  private room = Buffer.alloc(0)
  private readonly key: KeyObject
  private readonly role: Role
  readonly bytes: ByteQueue
  /** @param role who sealed the frames */
  constructor(key: KeyObject, role: Role, bytes: ByteQueue = new ByteQueue()) {
    this.key = key
    this.role = role
    this.bytes = bytes
  }

  push(chunk: Buffer): void {
    this.bytes.push(chunk)
  }

  /** The next frame, or undefined until all of it has arrived. Throws a `WireError` as soon as the header betrays what may not be. */
  next(): Frame | undefined {
    const length = pendingPayload(this.bytes)
    if (length === undefined || this.bytes.length < HEADER_BYTES + length + TAG_BYTES) return undefined
    const header = Buffer.from(this.bytes.take(HEADER_BYTES))
    const head = readHeader(header, this.counter)
    if (this.room.length < length) this.room = Buffer.allocUnsafeSlow(length)
    const body = this.bytes.take(length, this.room)
    const tag = Buffer.from(this.bytes.take(TAG_BYTES))
    const payload = this.open(header, body, tag)
    this.counter++
    return { ...head, payload, header, tag }
  }

  /** To be called when the stream has ended: refuses `truncated` where it ended within a frame. */
  end(): void {
    if (this.bytes.length > 0) throw new WireError('truncated', `the stream ended within frame ${this.counter}`, { frame: this.counter })
  }

  private open(header: Buffer, body: Buffer, tag: Buffer): Buffer {
    const decipher = createDecipheriv(CIPHER, this.key, nonce(this.role, this.counter), GCM)
    decipher.setAAD(header)
    decipher.setAuthTag(tag)
    const payload = decipher.update(body)
    try {
      decipher.final()
    } catch {
      throw new WireError('tampered', `frame ${this.counter} is not what the peer sealed`, { frame: this.counter })
    }
    return payload
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

function nonce(role: Role, counter: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(DIRECTION[role], 0)
  writeCounter(bytes, counter, 4)
  return bytes
}

function writeCounter(into: Buffer, counter: number, at: number): void {
  into.writeUInt32BE(Math.floor(counter / 2 ** 32), at)
  into.writeUInt32BE(counter % 2 ** 32, at + 4)
}
