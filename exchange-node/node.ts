/** The exchange node at work: beats, takes orders, runs them and tells what became of them, until it is stopped. */
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fingerprint } from '@zhenghe/wire/keys.ts'
import type { Logger } from 'pino'
import { newCaptures } from './capture/moments.ts'
import { sweepCaptures } from './capture/sweep.ts'
import type { NodeConfig } from './config.ts'
import { type Beaten, Control } from './control.ts'
import { enrol } from './enrol.ts'
import { GatewayDesk } from './gateway/desk.ts'
import { serveTunnel } from './gateway/tunnel.ts'
import { fingerprintOf, gmFingerprintOf } from './identity.ts'
import { Patience } from './insist.ts'
import { Listener } from './listener.ts'
import { openLog } from './log.ts'
import { placeOf } from './nats/meeting.ts'
import { OrderBook } from './orders.ts'
import { Outbox } from './outbox.ts'
import { Post } from './post.ts'
import { Pulse } from './pulse.ts'
import { RateBudget } from './rate.ts'
import type { NodeContext } from './run-delivery.ts'
import { lookAt } from './stores.ts'
import { VERSION } from './version.ts'

const BEAT_MS = 10_000
/** Between two questions for orders, where the platform did not hold the first one open. */
const POLL_MS = 700
/** How long the platform may hold a question for orders open; proxies mostly end what is silent for a minute. */
const HOLD_SECONDS = 25
const SWEEP_MS = 30_000
const DRAIN_MS = 6000
const TUNNEL_AGAIN_MS = 300
const LAST_LETTERS_MS = 1500

export type RunningNode = {
  /** Resolves when the node has been stopped; rejects where it can never work: an `EnrolmentError`. */
  ended: Promise<void>
  /** Ends within ten seconds: sends out the ranges under way, tells the last letters. What is not done is resumed at the next start. */
  stop: () => Promise<void>
}

/** Begins at once; joins first where it has to. Rejects where the listener cannot be opened or the home folder not be used. */
export async function startNode(config: NodeConfig, log: Logger = openLog(config.logLevel)): Promise<RunningNode> {
  fs.mkdirSync(config.home, { recursive: true, mode: 0o700 })
  const listen = config.nats?.only ? undefined : config.listen // a sender would wait for an answer there
  const listener = listen && (await Listener.open(listen.host, listen.port))
  const advertised = listen && listener ? (listen.advertise ?? `${listen.host}:${listener.port}`) : null
  const stopping = new AbortController()
  if (config.approvers.length === 0) log.warn('no approver is pinned at this node, so it accepts no grant: add their public keys as «approvers»')
  const ended = live(config, { listener, advertised, log, signal: stopping.signal }).finally(() => listener?.close())
  ended.catch(() => undefined) // told by `ended` itself to who waits for it
  return {
    ended,
    stop: async () => {
      stopping.abort()
      await ended.catch(() => undefined)
    },
  }
}

type Life = { listener: Listener | undefined; advertised: string | null; log: Logger; signal: AbortSignal }

async function live(config: NodeConfig, life: Life): Promise<void> {
  const { listener, log, signal, advertised } = life
  const keys = await enrol(config, advertised, log, signal).catch((error: unknown) => {
    if (signal.aborted) return undefined
    throw error
  })
  if (!keys) return
  const outbox = new Outbox(path.join(config.home, 'outbox.db'))
  try {
    const control = new Control(config.platform, keys)
    const budgets = new Map(config.stores.map(({ id, rowsPerSecond = config.rowsPerSecond }) => [id, new RateBudget(rowsPerSecond)]))
    await work({ config, keys, control, listener, log, outbox, budgets, captures: newCaptures() }, life)
  } finally {
    outbox.close()
  }
}

async function work(context: NodeContext, { log, signal, advertised }: Life): Promise<void> {
  const { config, keys, control, outbox } = context
  const { waiting, refused } = outbox.counts()
  const { id: node, name } = keys.identity
  log.info(
    { node, name, version: VERSION, fingerprint: fingerprintOf(keys), gmFingerprint: gmFingerprintOf(keys), listen: advertised, waiting, refused },
    'exchange node runs',
  )
  const known = new Gate()
  const book = new OrderBook(context)
  const post = new Post(outbox, control, log)
  const pulse = new Pulse(config.home, outbox)
  const beat = async () => {
    const stores = await Promise.all(config.stores.map(lookAt))
    const approvers = config.approvers.map(fingerprint)
    const nats = config.nats ? placeOf(config.nats, node) : null
    const clock = new Date().toISOString()
    const { gm } = await control.beat({ version: VERSION, listen: advertised, nats, clock, stores, approvers, health: await pulse.take() }, signal)
    await showGmKeys(context, gm, signal)
    known.open()
    return undefined
  }
  const poll = async () => {
    const [running, asked] = [book.running(), performance.now()]
    const { stirred } = book
    const answer = await control.orders(running, book.patienceSeconds(HOLD_SECONDS), AbortSignal.any([signal, stirred])).catch((error: unknown) => {
      if (stirred.aborted) return undefined
      throw error
    })
    if (!answer) return 0
    const { orders, unknown } = answer
    if (unknown > 0) log.warn({ unknown }, 'the platform orders what this version does not know: bring the node up to date')
    book.take(orders, running)
    return orders.length === 0 && performance.now() - asked > POLL_MS ? 0 : POLL_MS
  }
  const sweep = async () => {
    await sweepCaptures(config.stores, log)
    return undefined
  }
  const letters = new AbortController()
  const desk = new GatewayDesk(config, keys)
  const tunnel = async () => {
    await serveTunnel(control, desk, log, signal)
    return undefined
  }
  const answers = config.approvers.length > 0 && config.stores.some(({ role }) => role === 'source') // else there is nothing to be asked
  const loops = [
    repeat(beat, BEAT_MS, new Patience(log, fingerprintOf(keys)), signal),
    known.opened(signal).then(() => repeat(poll, POLL_MS, new Patience(log, fingerprintOf(keys)), signal)),
    known.opened(signal).then(() => post.run(letters.signal)),
    known.opened(signal).then(async () => {
      if (answers) await repeat(tunnel, TUNNEL_AGAIN_MS, new Patience(log, fingerprintOf(keys)), signal)
    }),
    repeat(sweep, SWEEP_MS, new Patience(log), signal),
  ]
  await known.opened(signal)
  await aborted(signal)
  log.info('stops: the ranges under way are brought to their end')
  await book.drain(DRAIN_MS)
  await post.emptied(LAST_LETTERS_MS)
  letters.abort()
  await Promise.all(loops)
  await desk.close()
}

/** So that a node that joined before suite 2 was is known by its SM2 keys too. Nothing else waits for it. */
async function showGmKeys({ keys, control, log }: NodeContext, known: Beaten['gm'], signal: AbortSignal): Promise<void> {
  const [own, shown] = [keys.identity.gm, gmFingerprintOf(keys)]
  if (!own || known === undefined || known === shown) return
  if (known !== null)
    return log.warn(
      `the platform knows another SM2 key for this node than ${shown}: put keys.json back as it was, or revoke the node on the workbench and join anew`,
    )
  await control.showGmKeys(own, signal).catch((error: Error) => log.warn(`the platform does not take the SM2 keys of this node yet: ${error.message}`))
}

/** Again and again until the signal; after as many milliseconds as the task answers, where it answers some. */
async function repeat(task: () => Promise<number | undefined>, everyMs: number, patience: Patience, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let waitMs = everyMs
    try {
      waitMs = (await task()) ?? everyMs
      patience.restore()
    } catch (error) {
      if (signal.aborted) return
      waitMs = patience.failed(error)
    }
    await pause(waitMs, undefined, { signal }).catch(() => undefined)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })))
}

/** Opens once: when the platform has confirmed this node. */
class Gate {
  readonly #opened = Promise.withResolvers<void>()

  open(): void {
    this.#opened.resolve()
  }

  /** Or the signal came first. */
  opened(signal: AbortSignal): Promise<void> {
    return Promise.race([this.#opened.promise, aborted(signal)])
  }
}
