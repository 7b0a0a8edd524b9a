/** The relay: joins the two nodes of a delivery where no direct route exists, and carries their sealed bytes without looking inside. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { Id } from '../../kernel/contract.ts'
import { whoIs } from '../../kernel/http/server.ts'
import { local, type Module, type Upgrade } from '../../kernel/module.ts'
import type { RunningPlatform } from '../../kernel/platform.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { nodeEndpoints } from './node.contract.ts'

const refuse = refuser(refusals)
const RELAY_PROTOCOL = 'zhenghe-wire/1'
const PATIENCE_MS = 60_000
const ACCEPTED = `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${RELAY_PROTOCOL}\r\n\r\n`
const ABSENT = answer('503 Service Unavailable', 'exchange.peer_absent')
const REPLACED = answer('409 Conflict', 'exchange.wrong_state')

type Side = 'sender' | 'receiver'
type Guest = { side: Side; socket: Duplex; head: Buffer; patience?: NodeJS.Timeout }
type Bytes = { sender: number; receiver: number }

/** Joins sockets in pairs by the piece of work they are for. One pair for each; whoever dials anew takes the place of the older dial. */
export class Relay {
  readonly #waiting = new Map<Id, Guest>()
  readonly #joined = new Map<Id, readonly [Guest, Guest]>()
  readonly #log: Logger
  readonly #patienceMs: number

  constructor(log: Logger, patienceMs = PATIENCE_MS) {
    this.#log = log
    this.#patienceMs = patienceMs
  }

  /** Takes one side in; joins it with the other, or keeps it until that comes or patience ends. */
  enter(work: Id, guest: Guest): void {
    const joined = this.#joined.get(work)
    if (joined) for (const { socket } of joined) socket.destroy()
    const waiting = this.#waiting.get(work)
    if (waiting) this.#forget(work, waiting)
    if (waiting && waiting.side !== guest.side && !waiting.socket.destroyed) this.#join(work, waiting, guest)
    else {
      waiting?.socket.end(REPLACED)
      this.#wait(work, guest)
    }
  }

  /** Ends every stream. */
  close(): void {
    for (const { socket } of [...this.#waiting.values(), ...[...this.#joined.values()].flat()]) socket.destroy()
  }

  #wait(work: Id, guest: Guest): void {
    this.#waiting.set(work, guest)
    guest.patience = setTimeout(() => {
      this.#forget(work, guest)
      guest.socket.end(ABSENT)
    }, this.#patienceMs)
    guest.socket.once('close', () => this.#forget(work, guest))
  }

  #forget(work: Id, guest: Guest): void {
    clearTimeout(guest.patience)
    if (this.#waiting.get(work) === guest) this.#waiting.delete(work)
  }

  #join(work: Id, one: Guest, other: Guest): void {
    const pair = [one, other] as const
    this.#joined.set(work, pair)
    const bytes: Bytes = { sender: 0, receiver: 0 }
    for (const { socket } of pair) socket.write(ACCEPTED)
    carry(one, other, bytes)
    carry(other, one, bytes)
    let open = 2
    const left = () => {
      if (--open > 0) return
      if (this.#joined.get(work) === pair) this.#joined.delete(work)
      this.#log.info({ work, bytes }, 'relay closed')
    }
    for (const { socket } of pair) socket.once('close', left)
  }
}

/** Pipes one way; the pipe holds the writer back while the reader is slow. Where one end breaks the other is broken too. */
function carry(from: Guest, to: Guest, bytes: Bytes): void {
  bytes[from.side] += from.head.length
  if (from.head.length > 0) to.socket.write(from.head)
  from.socket.on('data', (chunk: Buffer) => {
    bytes[from.side] += chunk.length
  })
  from.socket.pipe(to.socket)
  from.socket.once('close', () => {
    if (!from.socket.readableEnded) to.socket.destroy()
  })
}

function answer(status: string, code: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\nconnection: close\r\n\r\n${JSON.stringify({ code })}`
}

const relayOf = local((platform) => new Relay(platform.log))

/**
 * `GET /api/exchange/relay?delivery=<id>` with `Upgrade: zhenghe-wire/1`, signed as every request of a node. The id is that of a delivery or
 * a reconciliation under way of which the node is one side. Answers 101 when the other side has come, 503 `exchange.peer_absent` where it
 * did not within a minute.
 */
export const relay: Upgrade = async (platform, request, socket, head) => {
  const actor = await whoIs(platform as RunningPlatform, request)
  const work = workOf(request)
  const { side } = await platform.run(nodeEndpoints.relayPass, { actor, now: platform.now() }, { id: work })
  if ('setNoDelay' in socket) keepLive(socket as Socket)
  platform.local(relayOf).enter(work, { side, socket, head })
}

function workOf({ url, headers }: IncomingMessage): Id {
  const work = Id.safeParse(new URL(url ?? '', 'http://relay').searchParams.get('delivery'))
  return work.success && headers.upgrade?.toLowerCase() === RELAY_PROTOCOL ? work.data : refuse('exchange.unknown')
}

function keepLive(socket: Socket): void {
  socket.setTimeout(0)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 30_000)
}

/** Ends the relay's streams with the platform. */
export const closeRelay: NonNullable<Module['start']> = async (platform) => {
  const hub = platform.local(relayOf)
  return async () => hub.close()
}
