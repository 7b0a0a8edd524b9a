/** The writing half of a session's stream: a few frames in flight, then callers wait. */
import type { Duplex } from 'node:stream'
import type { WireError } from './error.ts'

/** Bytes handed to the stream and not yet taken by the system, above which writers wait. */
const IN_FLIGHT = 2 << 20

interface Waiter {
  resolve: () => void
  reject: (reason: WireError) => void
}

export class Outbound {
  private wrote = performance.now()
  private readonly stream: Duplex
  private inFlight = 0
  private waiters: Waiter[] = []
  private failure: WireError | undefined

  constructor(stream: Duplex) {
    this.stream = stream
  }

  /** Writes parts as one, now and in the order of the calls; resolves once the stream has room for more. */
  async write(...parts: Buffer[]): Promise<void> {
    if (this.failure) throw this.failure
    const size = parts.reduce((sum, part) => sum + part.length, 0)
    this.inFlight += size
    this.wrote = performance.now()
    this.stream.cork()
    for (const part of parts.slice(0, -1)) this.stream.write(part)
    this.stream.write(parts.at(-1), () => this.taken(size))
    this.stream.uncork()
    if (this.inFlight <= IN_FLIGHT) return
    await new Promise<void>((resolve, reject) => this.waiters.push({ resolve, reject }))
  }

  /** Whether nothing is under way and nothing was written for `ms`. */
  idleFor(ms: number): boolean {
    return this.inFlight === 0 && performance.now() - this.wrote > ms
  }

  /** Every writer waiting now or coming later gets this. */
  fail(reason: WireError): void {
    this.failure ??= reason
    for (const { reject } of this.waiters.splice(0)) reject(this.failure)
  }

  private taken(size: number): void {
    this.inFlight -= size
    if (this.inFlight <= IN_FLIGHT) for (const { resolve } of this.waiters.splice(0)) resolve()
  }
}
