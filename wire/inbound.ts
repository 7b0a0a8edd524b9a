/** The reading half of a session's stream: what has arrived and not been consumed, kept small by pausing the stream. */
import type { Duplex } from 'node:stream'
import { ByteQueue } from './byte-queue.ts'
import { WireError } from './error.ts'

/** How much may wait for a busy consumer before the stream is paused. */
const READ_AHEAD = 2 << 20

export class Inbound {
  readonly bytes = new ByteQueue()
  /** why nothing more will come; undefined while the stream is open */
  ended: WireError | undefined
  /** when bytes last came, or were last refused by pausing; of `performance.now()` */
  heard = performance.now()
  private readonly stream: Duplex
  private wake: (() => void) | undefined
  private paused = false

  constructor(stream: Duplex) {
    this.stream = stream
    stream.on('data', (chunk: Buffer) => this.receive(chunk))
    stream.on('error', (error) => this.end(`the connection failed: ${error.message}`))
    stream.on('end', () => this.end('the other side hung up without a goodbye'))
    stream.on('close', () => this.end('the connection was closed'))
  }

  /** Resolves when at least one more chunk has come, or nothing more will. */
  async more(): Promise<void> {
    if (this.ended) return
    const arrival = new Promise<void>((resolve) => {
      this.wake = resolve
    })
    if (this.paused) {
      this.paused = false
      this.heard = performance.now()
      this.stream.resume()
    }
    await arrival
  }

  /** Ends the wait of the consumer, who then finds `reason` in `ended`. */
  stop(reason: WireError): void {
    this.ended ??= reason
    this.notify()
  }

  /** Whether the peer has been silent for longer than `ms`, as far as this side was listening. */
  silentFor(ms: number): boolean {
    return !this.paused && !this.ended && performance.now() - this.heard > ms
  }

  /** Reads on without keeping anything, so that the stream can come to its end. */
  drain(): void {
    this.stream.removeAllListeners('data')
    this.stream.resume()
  }

  private receive(chunk: Buffer): void {
    this.bytes.push(chunk)
    this.heard = performance.now()
    if (this.wake) this.notify()
    else if (this.bytes.length >= READ_AHEAD) {
      this.paused = true
      this.stream.pause()
    }
  }

  private end(reason: string): void {
    this.stop(new WireError('connection_lost', reason))
  }

  private notify(): void {
    const { wake } = this
    this.wake = undefined
    wake?.()
  }
}
