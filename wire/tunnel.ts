/**
 * Frames of the gateway's tunnel (docs/protocols/gateway.md §5): a node dials out, the platform asks, many questions at once. Each frame is
 * length (4, of all that follows) ‖ kind (1) ‖ id (4) ‖ payload, big-endian.
 */
import { z } from 'zod'
import { OperationName } from './api-grant.ts'
import { WireError } from './error.ts'

export const TUNNEL_PROTOCOL = 'zhenghe-gateway/1'
/** `hello` node, first: how many questions at once. `grant` platform: a signed grant, before the first question by it. `call` platform; `cancel` platform.
 * `answer` node: a JSON body. `refusal` node. `beat` both: nothing else was said for a while. */
export const FrameKind = { hello: 1, grant: 2, call: 3, cancel: 4, answer: 5, refusal: 6, beat: 7 } as const
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind]
export type TunnelFrame = { kind: number; id: number; payload: Buffer }

export const LARGEST_FRAME = 16 << 20
/** Each side says something at least this often; three times in silence and the tunnel is gone. */
export const BEAT_MS = 10_000
const HEAD = 9

export const Hello = z.object({ v: z.literal(1), most: z.int().min(1).max(10_000) })
/** `grant` is the hex SHA-512/256 of the signed text, as `signedDigest` makes it. */
export const TunnelCall = z.object({
  grant: z.string().length(64),
  operation: OperationName,
  input: z.record(z.string(), z.unknown()),
  deadlineMs: z.int().min(1),
})
export type TunnelCall = z.infer<typeof TunnelCall>
/** `status`: what a caller over HTTP is answered. */
export const TunnelRefusal = z.object({ code: z.string().max(60), message: z.string().max(2000), status: z.int().min(400).max(599) })
export type TunnelRefusal = z.infer<typeof TunnelRefusal>

export function frame(kind: FrameKind, id: number, payload: Buffer | string = ''): Buffer {
  const bytes = Buffer.byteLength(payload)
  const out = Buffer.allocUnsafe(HEAD + bytes)
  out.writeUInt32BE(bytes + HEAD - 4, 0)
  out[4] = kind
  out.writeUInt32BE(id, 5)
  if (typeof payload === 'string') out.write(payload, HEAD)
  else payload.copy(out, HEAD)
  return out
}

/** Cuts a stream into frames. Throws `oversized` and then must not be fed again. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)
  readonly #on: (frame: TunnelFrame) => void

  constructor(on: (frame: TunnelFrame) => void) {
    this.#on = on
  }

  feed(chunk: Buffer): void {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    while (bytes.length >= HEAD) {
      const length = bytes.readUInt32BE(0)
      if (length > LARGEST_FRAME || length < HEAD - 4) throw new WireError('oversized', `a frame of ${length} bytes`)
      if (bytes.length < length + 4) break
      this.#on({ kind: bytes[4]!, id: bytes.readUInt32BE(5), payload: bytes.subarray(HEAD, length + 4) })
      bytes = bytes.subarray(length + 4)
    }
    this.#rest = bytes
  }
}
