/** How the two nodes of a delivery reach each other: straight where the receiver listens, else both by the platform's relay, which joins two streams. */
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Control } from './control.ts'
import { refusal } from './refusal.ts'

export type Route = { stream: Duplex; by: 'direct' | 'relay' }

const PROTOCOL = 'zhenghe-wire/1'
const DIRECT_TIMEOUT_MS = 4000
/** How long a receiver that listens waits for a direct stream before it goes to the relay as well. */
const DIRECT_FIRST_MS = 6000
/** The relay holds whoever comes first until the other has come. */
const RELAY_TIMEOUT_MS = 60_000
/** How long a stream may wait at the listener for its delivery to be ordered here too. */
const STRANGER_MS = 30_000
const HELLO_DELIVERY = { start: 8, end: 24 } // of the first bytes of a session: docs/protocols/wire.md §3

/** The sender's way: straight to where the receiver listens, or by the relay. */
export async function reachReceiver(control: Control, delivery: string, listen: string | null, signal: AbortSignal): Promise<Route> {
  if (listen) {
    try {
      return { stream: await dial(listen, signal), by: 'direct' }
    } catch {
      // no route there, or a listener that is gone: the relay always works
    }
  }
  return { stream: await enterRelay(control, delivery, signal), by: 'relay' }
}

/** The receiver's way: whichever stream of this delivery comes first. */
export async function awaitSender(control: Control, delivery: string, listener: Listener | undefined, signal: AbortSignal): Promise<Route> {
  const enough = new AbortController()
  const both = AbortSignal.any([signal, enough.signal])
  const relay = async (): Promise<Route> => {
    if (listener) await pause(DIRECT_FIRST_MS, undefined, { signal: both })
    return { stream: await enterRelay(control, delivery, both), by: 'relay' }
  }
  const direct = async (): Promise<Route> => ({ stream: await listener!.accept(delivery, both), by: 'direct' })
  try {
    return await (listener ? Promise.any([direct(), relay()]) : relay())
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error
  } finally {
    enough.abort()
  }
}

async function dial(address: string, signal: AbortSignal): Promise<net.Socket> {
  const at = address.lastIndexOf(':')
  const socket = net.connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), noDelay: true, keepAlive: true })
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(DIRECT_TIMEOUT_MS)]) })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** A raw stream through the platform, once the other node has come to it too. */
async function enterRelay(control: Control, delivery: string, signal: AbortSignal): Promise<Duplex> {
  const path = `/api/exchange/relay?delivery=${delivery}`
  const url = new URL(control.platform + path)
  const request = (url.protocol === 'https:' ? https : http).request(url, {
    headers: { ...control.headers('GET', path), connection: 'Upgrade', upgrade: PROTOCOL },
    signal: AbortSignal.any([signal, AbortSignal.timeout(RELAY_TIMEOUT_MS)]),
  })
  const entered = Promise.withResolvers<Duplex>()
  request.once('upgrade', (_response, socket, head) => {
    if (head.length > 0) socket.unshift(head)
    if (socket instanceof net.Socket) socket.setNoDelay(true)
    entered.resolve(socket)
  })
  request.once('response', (response) => {
    response.resume()
    entered.reject(
      refusal('peer_unreachable', `the platform's relay answered ${response.statusCode}: the other node has not come, or the delivery is no longer under way`),
    )
  })
  request.once('error', (error) => entered.reject(refusal('peer_unreachable', `the platform's relay cannot be entered: ${error.message}`, error)))
  request.end()
  return entered.promise
}

/** Accepts direct streams and hands each to the delivery it names in its first bytes; whether it may, the session finds out. */
export class Listener {
  readonly #server: net.Server
  readonly #waiting = new Map<string, (socket: net.Socket) => void>()
  readonly #arrived = new Map<string, net.Socket>()

  private constructor(server: net.Server) {
    this.#server = server
    server.on('connection', (socket) => this.#sort(socket).catch(() => socket.destroy()))
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

  async accept(delivery: string, signal: AbortSignal): Promise<net.Socket> {
    const early = this.#arrived.get(delivery)
    this.#arrived.delete(delivery)
    if (early && !early.destroyed) return early
    const { promise, resolve, reject } = Promise.withResolvers<net.Socket>()
    const stop = () => reject(refusal('peer_unreachable', 'the sender has not come'))
    signal.addEventListener('abort', stop, { once: true })
    this.#waiting.set(delivery, resolve)
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', stop)
      this.#waiting.delete(delivery)
    }
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#arrived.values()) socket.destroy()
  }

  async #sort(socket: net.Socket): Promise<void> {
    socket.on('error', () => socket.destroy())
    const patience = setTimeout(() => socket.destroy(), STRANGER_MS)
    socket.once('close', () => clearTimeout(patience))
    const delivery = await firstDelivery(socket)
    const waiting = this.#waiting.get(delivery)
    if (waiting) {
      clearTimeout(patience)
      waiting(socket)
      return
    }
    this.#arrived.get(delivery)?.destroy()
    this.#arrived.set(delivery, socket)
    socket.once('close', () => this.#arrived.get(delivery) === socket && this.#arrived.delete(delivery))
  }
}

/** Reads the delivery a stream is for, and leaves the stream as if nothing had been read. */
async function firstDelivery(socket: net.Socket): Promise<string> {
  for (;;) {
    const bytes = socket.read(HELLO_DELIVERY.end) as Buffer | null
    if (bytes) {
      socket.unshift(bytes)
      return bytes.toString('hex', HELLO_DELIVERY.start, HELLO_DELIVERY.end).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    }
    await once(socket, 'readable')
  }
}
