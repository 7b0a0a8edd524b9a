/** Both halves of a change capture between two databases in this process, over a stream that a test may cut. */
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import { type Grant, type Signed, suiteOfGrant } from '@zhenghe/wire/documents.ts'
import type { RefusedChange } from '@zhenghe/wire/messages.ts'
import { openSession, type Session } from '@zhenghe/wire/session.ts'
import { dropCapture, openCapture } from '../../connectors/open.ts'
import { PostgresTarget } from '../../connectors/postgres/target.ts'
import type { Rejection } from '../../kernels/kernel.ts'
import type { Address } from '../../pg/connect.ts'
import { RateBudget } from '../../rate.ts'
import { prepareReceive } from '../../receive.ts'
import type { Refusal } from '../../refusal.ts'
import type { Evidence } from '../../send.ts'
import { approver, consumer, gmApprover, provider } from '../../testing/delivery.ts'
import type { Capture, CaptureOptions } from '../capture.ts'
import { type Captures, type LiveCapture, newCaptures } from '../moments.ts'
import { discardCapture, PostgresCapture } from '../postgres/capture.ts'
import { type CaptureReceiveOptions, type CaptureReceiveProgress, receiveCapture } from '../receive.ts'
import { type CaptureProgress, type CaptureSendOptions, sendCapture } from '../send.ts'
import { SourceWatch } from '../watch.ts'

export type CaptureEnds = {
  grant: Signed
  source: Address
  target: Address
  delivery?: string
  table?: string
  accepted?: string
  budgetBytes?: number
  overBudget?: 'drop' | 'keep'
  sending?: Partial<CaptureSendOptions>
  line?: () => [Duplex, Duplex]
}

export type RunningCapture = {
  delivery: string
  sender: () => CaptureProgress | undefined
  receiver: () => CaptureReceiveProgress | undefined
  rejections: ReadonlyMap<number, readonly Rejection[]>
  /** by number, as the sender and the receiver were told */
  periods: { sent: Map<number, Evidence>; received: Map<number, Evidence> }
  /** shapes that a person may accept */
  changed: string[]
  /** keys that the target refuses now */
  refused: RefusedChange[]
  /** as both nodes know it */
  captures: Captures
  /** how both halves ended, in the order sender, receiver */
  ended: Promise<[Refusal, Refusal]>
  /** as a node that is being stopped */
  stop(): Promise<void>
  /** as a line that is cut */
  cut(): Promise<void>
  /** the slot and all */
  drop(): Promise<void>
}

type Told = Pick<RunningCapture, 'periods' | 'changed' | 'captures' | 'refused'> & {
  rejections: Map<number, readonly Rejection[]>
  sender?: unknown
  receiver?: unknown
}
type Halves = { ends: CaptureEnds; delivery: string; capture: Capture; source: SourceWatch; stop: AbortSignal; told: Told }

const optionsOf = (ends: CaptureEnds, delivery: string, folder: string): CaptureOptions => ({
  ...{ delivery, folder, accepted: ends.accepted ?? '', statementTimeoutMs: 30_000 },
  ...{ budgetBytes: ends.budgetBytes ?? 2 ** 34, overBudget: ends.overBudget ?? 'drop' },
})
const reasonOf = (half: Promise<never>) => half.catch((error: Refusal) => error)
const following = <P extends { phase: string }>(progress: unknown): P | undefined =>
  (progress as P | undefined)?.phase === 'following' ? (progress as P) : undefined

const opened = (address: Address, grant: Grant, options: CaptureOptions): Promise<Capture> =>
  typeof address === 'string' ? openCapture({ url: address }, grant, options) : PostgresCapture.prepare(address, grant, options)

/** Begins; rejects where the source refuses before anybody is called. */
export async function runCapture(ends: CaptureEnds): Promise<RunningCapture> {
  const delivery = ends.delivery ?? randomUUID()
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-capture-'))
  const grant = JSON.parse(ends.grant.text) as Grant
  const capture = await opened(ends.source, grant, optionsOf(ends, delivery, folder))
  const source = new SourceWatch(capture, 200)
  const stop = new AbortController()
  const told: Told = { rejections: new Map(), periods: { sent: new Map(), received: new Map() }, changed: [], captures: newCaptures(), refused: [] }
  const suite = suiteOfGrant(grant)
  const [left, right] = (ends.line ?? duplexPair)()
  const [sending, receiving] = await Promise.all([
    openSession(left, { role: 'sender', keys: provider, peer: consumer.identity, delivery, suite }),
    openSession(right, { role: 'receiver', keys: consumer, peer: provider.identity, delivery, suite }),
  ])
  const halves = { ends, delivery, capture, source, stop: stop.signal, told }
  const ended = Promise.all([reasonOf(senderHalf(halves, sending)), reasonOf(receiverHalf(halves, receiving))]).finally(async () => {
    await source.end()
    await capture.end()
    fs.rmSync(folder, { recursive: true, force: true })
  })
  return {
    ...{ delivery, rejections: told.rejections, periods: told.periods, changed: told.changed, captures: told.captures, refused: told.refused, ended },
    sender: () => following<CaptureProgress>(told.sender),
    receiver: () => following<CaptureReceiveProgress>(told.receiver),
    stop: async () => {
      stop.abort()
      await ended
    },
    cut: async () => {
      left.destroy()
      right.destroy()
      await ended
    },
    drop: () => (typeof ends.source === 'string' ? dropCapture({ url: ends.source }, delivery) : discardCapture(ends.source, delivery)),
  }
}

function senderHalf({ ends, delivery, capture, source, stop, told }: Halves, session: Session): Promise<never> {
  const limits = { budgetBytes: ends.budgetBytes ?? 2 ** 34, periodMs: 3_600_000, periodChanges: 1_000_000_000, rejectionLimit: 100, rate: new RateBudget() }
  const watch: CaptureSendOptions['watch'] = {
    progress: (counters) => {
      told.sender = counters
    },
    rejections: (range, rows) => told.rejections.set(range, [...rows]),
    period: (n, evidence) => told.periods.sent.set(n, evidence),
    changed: (shape) => told.changed.push(shape),
    refused: (open) => told.refused.splice(0, told.refused.length, ...open),
    live: (running?: LiveCapture) => {
      if (running) told.captures.sending.set(delivery, running)
      else told.captures.sending.delete(delivery)
    },
  }
  return sendCapture(
    { delivery, grant: ends.grant, approvers: [approver, gmApprover], keys: provider, capture, source, stop, ...limits, watch, ...ends.sending },
    session,
  )
}

function receiverHalf({ ends, delivery, told }: Halves, session: Session): Promise<never> {
  const target = { store: new PostgresTarget(ends.target), name: { schema: 'public', table: ends.table ?? 'received' }, memoryMiB: 64 }
  const options = { delivery, grant: ends.grant, approvers: [approver, gmApprover], keys: consumer, address: ends.target, target }
  const { grant } = prepareReceive({ ...options, mode: 'snapshot', watch: () => undefined })
  const watch: CaptureReceiveOptions['watch'] = {
    progress: (counters) => {
      told.receiver = counters
    },
    period: (n, evidence) => told.periods.received.set(n, evidence),
  }
  return receiveCapture({ ...options, watch, moments: told.captures.moments }, grant, session)
}
