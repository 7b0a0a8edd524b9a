const SMALL = 1024
const BLOCK = 16 * 1024

/** Received bytes in order, however they were cut; handed out in the pieces the reader asks for. */
export class ByteQueue {
  private chunks: Buffer[] = []
  private offset = 0
  /** the block in which small chunks are gathered, so that a peer sending single bytes costs their bytes and not an object each */
  private block = Buffer.alloc(0)
  private used = 0
  length = 0

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.length += chunk.length
    if (chunk.length < SMALL) this.gather(chunk)
    else {
      this.chunks.push(chunk)
      this.used = this.block.length // what follows must not be gathered before it
    }
  }

  /** The u32 (big-endian) at an offset from the front; its four bytes must have arrived. */
  peekUInt32(at: number): number {
    const head = this.chunks[0]!
    if (this.offset + at + 4 <= head.length) return head.readUInt32BE(this.offset + at)
    let value = 0
    for (let i = 0; i < 4; i++) value = value * 256 + this.byteAt(at + i)
    return value
  }

  /**
   * The next `size` bytes, which must have arrived: a view where they lie in one chunk, else a copy into `room`
   * (a new buffer where none is given). Valid until the next `take` with the same room.
   */
  take(size: number, room?: Buffer): Buffer {
    const head = this.chunks[0]
    if (head && head.length - this.offset >= size) return this.view(head, size)
    const whole = room ? room.subarray(0, size) : Buffer.allocUnsafe(size)
    for (let filled = 0; filled < size; ) {
      const chunk = this.chunks[0]!
      const part = this.view(chunk, Math.min(size - filled, chunk.length - this.offset))
      filled += part.copy(whole, filled)
    }
    return whole
  }

  private gather(chunk: Buffer): void {
    const open = this.used > 0 && this.used + chunk.length <= this.block.length && this.chunks.length > 0
    if (!open) {
      this.block = Buffer.allocUnsafeSlow(BLOCK)
      this.used = 0
    }
    chunk.copy(this.block, this.used)
    this.used += chunk.length
    const gathered = this.block.subarray(0, this.used)
    if (open) this.chunks[this.chunks.length - 1] = gathered
    else this.chunks.push(gathered)
  }

  private view(head: Buffer, size: number): Buffer {
    const view = head.subarray(this.offset, this.offset + size)
    this.offset += size
    this.length -= size
    if (this.offset === head.length) {
      this.chunks.shift()
      this.offset = 0
    }
    return view
  }

  private byteAt(at: number): number {
    let index = this.offset + at
    for (const chunk of this.chunks) {
      if (index < chunk.length) return chunk[index]!
      index -= chunk.length
    }
    throw new RangeError('byte not yet received')
  }
}
