/**
 * The socket of a connection that carries rows: it reads into one buffer of its own again and again, so that a table of any size leaves
 * nothing for the garbage collector. Chunks are only lent while a COPY reads them; the driver, which keeps parts of them, gets copies.
 */
import net from 'node:net'

const READ_BYTES = 1 << 17

export class LendingSocket extends net.Socket {
  /** True while whoever listens is done with a chunk when it returns. */
  lends = false

  constructor() {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES)
    const deliver = (bytes: number): boolean => {
      const chunk = buffer.subarray(0, bytes)
      this.emit('data', this.lends ? chunk : Buffer.from(chunk))
      return true
    }
    // `onread` is an option of the constructor, though the types know it for connecting only
    super({ onread: { buffer, callback: deliver } } as net.SocketConstructorOpts)
  }
}
