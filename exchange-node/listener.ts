/** Accepts direct streams from other nodes and hands each to the delivery that its first bytes name. Whether it may come is found out by the session. */
import { once } from 'node:events'
import net from 'node:net'
import { ADDRESS_BYTES, PREFIX_BYTES, suiteOfPrefix } from '@zhenghe/wire/hello.ts'

/** How long a stream may wait here for its delivery to be begun at this node too. */
const STRANGER_MS = 10_000
const STRANGERS = 64
const DELIVERY = { start: 8, end: 24 } // docs/protocols/wire.md §3

type Take = (socket: net.Socket) => void

export class Listener {
  readonly #server: net.Server
  readonly #expected = new Map<string, Take>()
  readonly #strangers = new Map<net.Socket, string>()

  private constructor(server: net.Server) {
    this.#server = server
    server.on('connection', (socket) => void this.#receive(socket))
  }

  static async open(host: string, port: number): Promise<Listener> {
    const server = net.createServer({ noDelay: true, keepAlive: true })
    const listener = new Listener(server)
    server.listen(port, host)
    await once(server, 'listening')
    return listener
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port
  }

  /** Every stream of this delivery, those that came before included, until the answer is called. */
  expect(delivery: string, take: Take): () => void {
    this.#expected.set(delivery, take)
    for (const [socket, named] of this.#strangers) {
      if (named !== delivery) continue
      this.#strangers.delete(socket)
      take(socket)
    }
    return () => this.#expected.delete(delivery)
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#strangers.keys()) socket.destroy()
  }

  async #receive(socket: net.Socket): Promise<void> {
    socket.on('error', () => socket.destroy())
    if (this.#strangers.size >= STRANGERS) {
      socket.destroy()
      return
    }
    this.#strangers.set(socket, '')
    socket.once('close', () => this.#strangers.delete(socket))
    setTimeout(() => this.#strangers.has(socket) && socket.destroy(), STRANGER_MS).unref()
    try {
      this.#sort(socket, await deliveryOf(socket))
    } catch {
      socket.destroy()
    }
  }

  #sort(socket: net.Socket, delivery: string): void {
    const take = this.#expected.get(delivery)
    if (!take) {
      this.#strangers.set(socket, delivery)
      return
    }
    this.#strangers.delete(socket)
    take(socket)
  }
}

/** The delivery that the hello of a session names; the stream is left as if nothing had been read. Throws where it is no hello. */
async function deliveryOf(socket: net.Socket): Promise<string> {
  for (;;) {
    const hello = socket.read(ADDRESS_BYTES) as Buffer | null
    if (hello) {
      suiteOfPrefix(hello.subarray(0, PREFIX_BYTES))
      socket.unshift(hello)
      return hello.toString('hex', DELIVERY.start, DELIVERY.end).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    }
    if (socket.readableEnded || socket.destroyed) throw new Error('the stream ended before its hello')
    await once(socket, 'readable')
  }
}
