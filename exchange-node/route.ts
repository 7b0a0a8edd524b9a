/** How the two nodes of a delivery meet: straight where the receiver listens and can be reached, else both by the platform's relay. */
import { once } from 'node:events'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { NodeIdentity, SuiteName } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession, type Session } from '@zhenghe/wire/session.ts'
import type { Control, RouteKind } from './control.ts'
import type { Listener } from './listener.ts'
import { Refusal, refusal } from './refusal.ts'
import { enterRelay } from './relay.ts'

export type Met = { session: Session; route: RouteKind }
export type Rendezvous = {
  delivery: string
  keys: NodeKeys
  /** who must be at the other end, from the signed grant */
  peer: NodeIdentity
  /** by the signed grant */
  suite: SuiteName
  control: Control
  signal: AbortSignal
}

const CONNECT_MS = 2000
/** A stranger may listen at the address, or the receiver not have begun yet. */
const DIRECT_HANDSHAKE_MS = 12_000
/** The other node polls for its orders, then looks at its database. */
const MEETING_MS = 60_000
const RELAY_AGAIN_MS = 500
const RELAY_SELDOM_MS = 8000

/** The sender's way. @param listen host:port of the receiver, where it listens. Throws a `Refusal` or a `WireError`. */
export async function meetReceiver(meeting: Rendezvous, listen: string | null): Promise<Met> {
  const direct = listen ? await dial(meeting, listen).catch(() => undefined) : undefined
  if (direct) return { session: direct, route: 'direct' }
  return throughRelay('sender', meeting, deadline(meeting.signal))
}

/** The receiver's way: whoever proves to be the sender first, straight or by the relay. Throws a `Refusal` or a `WireError`. */
export async function meetSender(meeting: Rendezvous, listener: Listener | undefined): Promise<Met> {
  const met = new AbortController()
  const signal = AbortSignal.any([deadline(meeting.signal), met.signal])
  const { promise, resolve, reject } = Promise.withResolvers<Met>()
  const forget = listener?.expect(meeting.delivery, (socket) => {
    shakeHands('receiver', socket, meeting, signal).then(
      (session) => resolve({ session, route: 'direct' }),
      () => undefined, // anybody can connect; only the sender can prove to be it
    )
  })
  throughRelay('receiver', meeting, signal).then(resolve, reject)
  try {
    return await promise
  } finally {
    forget?.()
    met.abort()
  }
}

/** Tries until the signal: the other side comes later, or its first stream was lost. */
async function throughRelay(role: 'sender' | 'receiver', meeting: Rendezvous, signal: AbortSignal): Promise<Met> {
  for (let waitMs = RELAY_AGAIN_MS; ; waitMs = Math.min(waitMs * 2, RELAY_SELDOM_MS)) {
    try {
      const stream = await enterRelay(meeting.control, meeting.delivery, signal)
      return { session: await shakeHands(role, stream, meeting, signal), route: 'relay' }
    } catch (error) {
      const passing = (error instanceof Refusal || error instanceof WireError) && error.resumable
      if (!passing || signal.aborted) throw signal.aborted ? absent(meeting, error) : error
    }
    await pause(waitMs, undefined, { signal }).catch(() => undefined)
  }
}

async function dial({ ...meeting }: Rendezvous, address: string): Promise<Session> {
  const at = address.lastIndexOf(':')
  const socket = net.connect({ host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)), noDelay: true, keepAlive: true })
  socket.on('error', () => socket.destroy())
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([meeting.signal, AbortSignal.timeout(CONNECT_MS)]) })
  } catch (error) {
    socket.destroy()
    throw error
  }
  return shakeHands('sender', socket, meeting, AbortSignal.any([meeting.signal, AbortSignal.timeout(DIRECT_HANDSHAKE_MS)]))
}

/** The session, unless the signal comes first: then the stream is destroyed. */
async function shakeHands(role: 'sender' | 'receiver', stream: Duplex, { keys, peer, delivery, suite }: Rendezvous, signal: AbortSignal): Promise<Session> {
  const end = () => stream.destroy()
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    return await openSession(stream, { role, keys, peer, delivery, suite })
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function deadline(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(MEETING_MS)])
}

function absent({ peer }: Rendezvous, error: unknown): Refusal {
  return refusal(
    'peer_unreachable',
    `${peer.name} did not come within ${MEETING_MS / 1000} seconds; it is tried again. Check that it runs (${(error as Error).message})`,
  )
}
