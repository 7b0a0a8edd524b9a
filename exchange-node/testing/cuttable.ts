/** A line between two machines that a test cuts: TCP through a port of its own. */
import { once } from 'node:events'
import net from 'node:net'

export class CuttableLine {
  readonly #server: net.Server
  readonly #pairs = new Set<[net.Socket, net.Socket]>()
  /** of connections that were asked for while the line was cut */
  refused = 0
  bytes = 0
  #cut = false
  #hook: (() => void) | undefined

  private constructor(port: number) {
    this.#server = net.createServer((near) => {
      near.on('error', () => undefined)
      if (this.#cut) {
        this.refused++
        return void near.resetAndDestroy()
      }
      const far = net.connect(port, '127.0.0.1')
      far.on('error', () => near.destroy())
      const pair: [net.Socket, net.Socket] = [near, far]
      this.#pairs.add(pair)
      near.pipe(far).pipe(near)
      near.on('data', ({ length }) => {
        this.bytes += length
        this.#hook?.()
      })
      for (const one of pair)
        one.once('close', () => {
          this.#pairs.delete(pair)
          for (const other of pair) other.destroy()
        })
    })
  }

  /** @param port of 127.0.0.1 that it leads to */
  static async to(port: number): Promise<CuttableLine> {
    const line = new CuttableLine(port)
    line.#server.listen(0, '127.0.0.1')
    await once(line.#server, 'listening')
    return line
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`
  }

  /** Cuts the line once so many bytes have gone towards the port. */
  cutAfter(bytes: number): void {
    const until = this.bytes + bytes
    this.#hook = () => {
      if (this.bytes < until) return
      this.#hook = undefined
      this.cut()
    }
  }

  /** Every connection breaks, and none is made. */
  cut(): void {
    this.#cut = true
    for (const pair of this.#pairs) for (const one of pair) one.resetAndDestroy()
  }

  mend(): void {
    this.#cut = false
  }

  async stop(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
