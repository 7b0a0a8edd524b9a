/** How two nodes meet over NATS: the sender calls at the receiver's subject, the receiver makes the stream and answers. docs/protocols/nats.md */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { type Msg, type NatsConnection, NoRespondersError, TimeoutError } from '@nats-io/transport-node'
import { z } from 'zod'
import type { NatsPlace } from '../control.ts'
import { Refusal, refusal } from '../refusal.ts'
import { explainNats, openNats } from './connection.ts'
import { NatsLine } from './line.ts'
import type { NatsSettings } from './settings.ts'
import { clearStreams, makeStream } from './stream.ts'

export type NatsMeeting = { delivery: string; settings: NatsSettings /** of the receiver */; place: NatsPlace; signal: AbortSignal }

const CALL_AGAIN_MS = 500
/** The receiver makes a stream meanwhile, which in a cluster takes an election. */
const ANSWER_MS = 10_000
/** Room in a message for subject and headers. */
const OVERHEAD = 1024
const MOST_BYTES = 1 << 20
const LEAST_BYTES = 4096
const LINES_AT_ONCE = 4

const Call = z.object({ attempt: z.uuid(), mostBytes: z.int().min(LEAST_BYTES) })
const Answer = z.union([
  z.object({ stream: z.string().regex(/^[A-Za-z0-9_-]+$/), mostBytes: z.int().min(LEAST_BYTES) }),
  z.object({ code: z.string(), detail: z.string(), resumable: z.boolean() }),
])
type Answer = z.infer<typeof Answer>

/** Where this node is called. @param node its id, the subject of one that has no other */
export function placeOf({ subject, domain }: NatsSettings, node: string): NatsPlace {
  return { subject: subject ?? node, domain: domain ?? null }
}

const callSubject = ({ place, delivery }: NatsMeeting) => `ex.${place.subject}.${delivery}.call`
const baseOf = ({ place, delivery }: NatsMeeting, attempt: string) => `ex.${place.subject}.${delivery}.${attempt}`

/** The sender's way: calls until the receiver answers or the signal comes. Throws a `Refusal`. */
export async function callReceiver(meeting: NatsMeeting): Promise<NatsLine> {
  const { settings, delivery, signal, place } = meeting
  const nc = await openNats(settings, `zhenghe send ${delivery}`)
  try {
    const attempt = randomUUID()
    const answer = await called(nc, meeting, { attempt, mostBytes: roomOf(nc) })
    if ('code' in answer) throw new Refusal(answer.code, `the receiving node: ${answer.detail}`, answer.resumable)
    const jsm = await jetstreamManager(nc, { ...(place.domain ? { domain: place.domain } : {}), checkAPI: false })
    signal.throwIfAborted()
    return await NatsLine.open({ nc, jsm, side: 'sender', stream: answer.stream, base: baseOf(meeting, attempt), mostBytes: answer.mostBytes })
  } catch (error) {
    await nc.close().catch(() => undefined)
    throw signal.aborted ? refusal('peer_unreachable', 'the receiving node did not answer over NATS in time') : explainNats(error)
  }
}

async function called(nc: NatsConnection, meeting: NatsMeeting, call: z.infer<typeof Call>): Promise<Answer> {
  for (;;) {
    try {
      const reply = await nc.request(callSubject(meeting), JSON.stringify(call), { timeout: ANSWER_MS })
      return Answer.parse(reply.json())
    } catch (error) {
      const absent = [error, (error as Error).cause].some((one) => one instanceof NoRespondersError || one instanceof TimeoutError)
      if (!absent || meeting.signal.aborted) throw error
    }
    await pause(CALL_AGAIN_MS, undefined, { signal: meeting.signal })
  }
}

/** The receiver's way: gives a line to each who calls, until the answer is called. Whether it is the sender is found out by the session. Throws a `Refusal`. */
export async function awaitSender(meeting: NatsMeeting, take: (line: NatsLine) => void): Promise<() => Promise<void>> {
  const nc = await openNats(meeting.settings, `zhenghe receive ${meeting.delivery}`)
  try {
    const jsm = await managerOf(nc, meeting)
    await clearStreams(jsm, { subject: meeting.place.subject, delivery: meeting.delivery })
    const lines = new Map<string, Promise<Answer>>()
    const answer = async (message: Msg) => {
      const call = Call.safeParse(message.json())
      if (!call.success || (lines.size >= LINES_AT_ONCE && !lines.has(call.data.attempt))) return
      const { attempt } = call.data
      const line = lines.get(attempt) ?? openLine(meeting, call.data, (opened) => take(opened.once('close', () => lines.delete(attempt))))
      lines.set(attempt, line)
      message.respond(JSON.stringify(await line))
      if ('code' in (await line)) lines.delete(attempt)
    }
    const answering = new Set<Promise<void>>()
    const called = (message: Msg) => {
      const answered = answer(message)
        .catch(() => undefined)
        .finally(() => answering.delete(answered))
      answering.add(answered)
    }
    nc.subscribe(callSubject(meeting), { callback: (error, message) => void (!error && called(message)) })
    await nc.flush()
    return async () => {
      // whoever was given a line must hear of it, or the line waits for nobody
      await Promise.all(answering)
      await nc.drain().catch(() => nc.close())
    }
  } catch (error) {
    await nc.close().catch(() => undefined)
    throw explainNats(error)
  }
}

/** On a connection of its own, which the line closes. */
async function openLine(meeting: NatsMeeting, { attempt, mostBytes }: z.infer<typeof Call>, take: (line: NatsLine) => void): Promise<Answer> {
  let nc: NatsConnection | undefined
  try {
    nc = await openNats(meeting.settings, `zhenghe receive ${meeting.delivery}`)
    const jsm = await managerOf(nc, meeting)
    const base = baseOf(meeting, attempt)
    const stream = await makeStream(nc, jsm, { delivery: meeting.delivery, attempt, base })
    const most = Math.min(mostBytes, roomOf(nc))
    take(await NatsLine.open({ nc, jsm, side: 'receiver', stream, base, mostBytes: most }))
    return { stream, mostBytes: most }
  } catch (error) {
    await nc?.close().catch(() => undefined)
    const { code, message: detail, resumable } = explainNats(error)
    return { code, detail, resumable }
  }
}

function managerOf(nc: NatsConnection, { place }: NatsMeeting): Promise<JetStreamManager> {
  return jetstreamManager(nc, place.domain ? { domain: place.domain } : {})
}

/** What a message may hold at this server. */
function roomOf(nc: NatsConnection): number {
  const most = nc.info?.max_payload ?? MOST_BYTES
  return Math.max(LEAST_BYTES, Math.min(MOST_BYTES, most) - OVERHEAD)
}
