/** How the two nodes of a delivery meet: straight where the receiver listens and can be reached, else over NATS where both have it, else by the platform's relay. */
import { once } from 'node:events'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { NodeIdentity, SuiteName } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession, type Session } from '@zhenghe/wire/session.ts'
import type { Control, NatsPlace, RouteKind } from './control.ts'
import type { Listener } from './listener.ts'
import { awaitSender, callReceiver } from './nats/meeting.ts'
import type { NatsSettings } from './nats/settings.ts'
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
  /** where this node has it; the receiver's place, null where the other node has none */
  nats?: { settings: NatsSettings; place: NatsPlace | null } | undefined
  /** told where another way is tried instead */
  natsFailed?: (reason: Refusal) => void
}
type Role = 'sender' | 'receiver'

const CONNECT_MS = 2000
/** A stranger may listen at the address, or the receiver not have begun yet. */
const DIRECT_HANDSHAKE_MS = 12_000
/** The other node polls for its orders, then looks at its database. */
const MEETING_MS = 60_000
const AGAIN_MS = 500
const SELDOM_MS = 8000
/** Where both have NATS the relay is entered only so much later. */
const NATS_FIRST_MS = 6000

/** The sender's way. @param listen host:port of the receiver, where it listens. Throws a `Refusal` or a `WireError`. */
export async function meetReceiver(meeting: Rendezvous, listen: string | null): Promise<Met> {
  const direct = listen && !meeting.nats?.settings.only ? await dial(meeting, listen).catch(() => undefined) : undefined
  if (direct) return { session: direct, route: 'direct' }
  return carried('sender', meeting)
}

/** The receiver's way: whoever proves to be the sender first, straight, over NATS or by the relay. Throws a `Refusal` or a `WireError`. */
export async function meetSender(meeting: Rendezvous, listener: Listener | undefined): Promise<Met> {
  const off = new AbortController()
  const here = { ...meeting, signal: AbortSignal.any([meeting.signal, off.signal]) }
  const { promise, resolve } = Promise.withResolvers<Met>()
  const forget = (meeting.nats?.settings.only ? undefined : listener)?.expect(meeting.delivery, (socket) => {
    shakeHands('receiver', socket, meeting, deadline(here.signal)).then(
      (session) => resolve({ session, route: 'direct' }),
      () => undefined, // anybody can connect; only the sender can prove to be it
    )
  })
  const byOthers = carried('receiver', here)
  try {
    return await first([promise, byOthers], (ways) => Promise.race(ways))
  } finally {
    forget?.()
    off.abort()
  }
}

/** What ends first; a session that comes of another all the same is hung up on. */
async function first(ways: readonly Promise<Met>[], choose: (ways: readonly Promise<Met>[]) => Promise<Met>): Promise<Met> {
  const met = await choose(ways)
  const hangUp = ({ session }: Met) => session !== met.session && session.destroy()
  for (const way of ways) way.then(hangUp, () => undefined)
  return met
}

/** By those who carry: NATS where both have it, the relay where that does not lead to the other in time. */
async function carried(role: Role, meeting: Rendezvous): Promise<Met> {
  const { nats, peer } = meeting
  const met = new AbortController()
  const signal = AbortSignal.any([deadline(meeting.signal), met.signal])
  if (!nats?.place) {
    if (!nats?.settings.only) return tried('relay', role, meeting, signal)
    throw refusal('peer_unreachable', `this node is to use NATS only, and ${peer.name} has none: configure it there, or take «only» away here`)
  }
  if (nats.settings.only) return tried('nats', role, meeting, signal)
  const refused = new AbortController()
  const overNats = tried('nats', role, { ...meeting, natsFailed: (reason) => refused.abort(reason) }, signal)
  try {
    return await first([overNats, relayLater(overNats, role, meeting, refused.signal, signal)], (ways) => Promise.any(ways))
  } catch (error) {
    throw (error as AggregateError).errors.at(-1)
  } finally {
    met.abort()
  }
}

/** NATS has a while to bring the two together before the relay is entered as well; none where it fails. */
async function relayLater(overNats: Promise<Met>, role: Role, meeting: Rendezvous, refused: AbortSignal, signal: AbortSignal): Promise<Met> {
  const patience = pause(NATS_FIRST_MS, undefined, { signal: AbortSignal.any([signal, refused]) }).catch(() => undefined)
  const met = await Promise.race([patience, overNats.catch(() => undefined)])
  if (refused.aborted && !signal.aborted) meeting.natsFailed?.(refused.reason as Refusal)
  return met ?? tried('relay', role, meeting, signal)
}

/** Tries until the signal: the other side comes later, or its first stream was lost. */
async function tried(route: 'nats' | 'relay', role: Role, meeting: Rendezvous, signal: AbortSignal): Promise<Met> {
  const enter = route === 'nats' ? overNats : byRelay
  for (let waitMs = AGAIN_MS; ; waitMs = Math.min(waitMs * 2, SELDOM_MS)) {
    try {
      return { session: await enter(role, meeting, signal), route }
    } catch (error) {
      if (signal.aborted) throw absent(meeting, error)
      const known = error instanceof Refusal || error instanceof WireError
      const ofNats = error instanceof Refusal && error.code.startsWith('nats_')
      if (ofNats) meeting.natsFailed?.(error)
      if (!known || !error.resumable || (ofNats && meeting.nats?.settings.only)) throw error
    }
    await pause(waitMs, undefined, { signal }).catch(() => undefined)
  }
}

async function byRelay(role: Role, meeting: Rendezvous, signal: AbortSignal): Promise<Session> {
  return shakeHands(role, await enterRelay(meeting.control, meeting.delivery, signal), meeting, signal)
}

async function overNats(role: Role, meeting: Rendezvous, signal: AbortSignal): Promise<Session> {
  const { delivery, nats } = meeting
  const here = { delivery, settings: nats!.settings, place: nats!.place!, signal }
  if (role === 'sender') return shakeHands(role, await callReceiver(here), meeting, signal)
  const { promise, resolve, reject } = Promise.withResolvers<Session>()
  const forget = await awaitSender(here, (line) => {
    shakeHands(role, line, meeting, signal).then(resolve, () => undefined) // anybody can call; only the sender can prove to be it
  })
  const giveUp = () => reject(absent(meeting, new Error('nobody called')))
  signal.addEventListener('abort', giveUp, { once: true })
  if (signal.aborted) giveUp()
  return promise.finally(async () => {
    signal.removeEventListener('abort', giveUp)
    await forget()
  })
}

async function dial(meeting: Rendezvous, address: string): Promise<Session> {
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
async function shakeHands(role: Role, stream: Duplex, { keys, peer, delivery, suite }: Rendezvous, signal: AbortSignal): Promise<Session> {
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
