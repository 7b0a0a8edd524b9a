/** The gateway's tunnel: this node dials out to the platform, keeps the stream alive and answers what is asked through it. docs/protocols/gateway.md §5 */
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import type { Signed } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { BEAT_MS, FrameKind, FrameReader, frame, TUNNEL_PROTOCOL, TunnelCall, type TunnelFrame, type TunnelRefusal } from '@zhenghe/wire/tunnel.ts'
import type { Logger } from 'pino'
import type { Control } from '../control.ts'
import { PlatformError, problemOf, UNREACHABLE } from '../http.ts'
import { explain, Refusal } from '../refusal.ts'
import type { GatewayDesk } from './desk.ts'

const PATH = '/api/gateway/tunnel'
/** Questions answered at once; the platform keeps the others waiting. */
export const MOST_AT_ONCE = 32
const DIAL_MS = 15_000
/** While more than this waits to be written, nothing more is read. */
const WRITE_HIGH = 4 << 20

/** Dials and serves until the stream ends. Rejects with a `PlatformError` where the platform does not let us in. */
export async function serveTunnel(control: Control, desk: GatewayDesk, log: Logger, signal: AbortSignal): Promise<void> {
  const socket = await dial(control, signal)
  log.info('gateway tunnel stands')
  await new Tunnel(socket, desk, log).served(signal)
  log.info('gateway tunnel ended')
}

async function dial(control: Control, signal: AbortSignal): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  const patience = AbortSignal.any([signal, AbortSignal.timeout(DIAL_MS)])
  const request = (control.platform.startsWith('https:') ? https : http).request(control.platform + PATH, {
    headers: { ...control.headers('GET', PATH), connection: 'Upgrade', upgrade: TUNNEL_PROTOCOL },
    agent: false,
    signal: patience,
  })
  request.once('upgrade', (_, socket, head) => {
    if (head.length > 0) socket.unshift(head)
    if (socket instanceof net.Socket) socket.setNoDelay(true).setKeepAlive(true)
    resolve(socket)
  })
  request.once('response', (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () => reject(problemOf(readJson(Buffer.concat(chunks).toString()), response.statusCode ?? 0)))
  })
  request.on('error', (error) => reject(new PlatformError(UNREACHABLE, `the platform's gateway cannot be reached (${error.message})`, true)))
  request.end()
  return promise
}

class Tunnel {
  readonly #socket: Duplex
  readonly #desk: GatewayDesk
  readonly #log: Logger
  readonly #running = new Map<number, AbortController>()
  #heardAt = performance.now()

  constructor(socket: Duplex, desk: GatewayDesk, log: Logger) {
    this.#socket = socket
    this.#desk = desk
    this.#log = log
  }

  /** Resolves when the stream has ended, whoever ended it. */
  served(signal: AbortSignal): Promise<void> {
    const socket = this.#socket
    const reader = new FrameReader((one) => this.#take(one))
    socket.on('data', (chunk: Buffer) => {
      this.#heardAt = performance.now()
      try {
        reader.feed(chunk)
      } catch {
        socket.destroy()
      }
      if (socket.writableLength > WRITE_HIGH) socket.pause()
    })
    socket.on('drain', () => socket.resume())
    socket.on('error', () => socket.destroy())
    this.#say(FrameKind.hello, 0, JSON.stringify({ v: 1, most: MOST_AT_ONCE }))
    const beat = setInterval(() => {
      if (performance.now() - this.#heardAt > 3 * BEAT_MS) socket.destroy()
      else this.#say(FrameKind.beat, 0)
    }, BEAT_MS)
    const end = () => socket.destroy()
    signal.addEventListener('abort', end, { once: true })
    return new Promise((resolve) =>
      socket.once('close', () => {
        clearInterval(beat)
        signal.removeEventListener('abort', end)
        for (const running of this.#running.values()) running.abort()
        resolve()
      }),
    )
  }

  #say(kind: FrameKind, id: number, payload: string = ''): void {
    if (!this.#socket.destroyed) this.#socket.write(frame(kind, id, payload))
  }

  #take({ kind, id, payload }: TunnelFrame): void {
    if (kind === FrameKind.call) void this.#answer(id, readJson(payload.toString()))
    else if (kind === FrameKind.cancel) this.#running.get(id)?.abort()
    else if (kind === FrameKind.grant) this.#keep(payload)
  }

  /** A grant this node does not trust is not kept; the questions by it are refused one by one. */
  #keep(payload: Buffer): void {
    try {
      this.#desk.keep(readJson(payload.toString()) as Signed)
    } catch (error) {
      this.#log.warn({ code: (error as WireError).code }, `the platform shows an API grant that this node does not accept: ${(error as Error).message}`)
    }
  }

  async #answer(id: number, given: unknown): Promise<void> {
    const { data: call } = TunnelCall.safeParse(given)
    if (!call) return this.#refuse(id, new WireError('bad_message', 'the question is not in the form of this version'))
    if (this.#running.size >= MOST_AT_ONCE) return this.#refuse(id, new Refusal('busy', 'this node answers as much as it can', true))
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), call.deadlineMs)
    this.#running.set(id, stop)
    try {
      const body = await this.#desk.answer(call, stop.signal)
      if (!stop.signal.aborted) this.#say(FrameKind.answer, id, body)
    } catch (error) {
      if (!stop.signal.aborted) this.#refuse(id, error)
    } finally {
      clearTimeout(timer)
      this.#running.delete(id)
    }
  }

  #refuse(id: number, error: unknown): void {
    const { code, message } = explain(error, 'source')
    if (code === 'fault') this.#log.error({ err: error }, 'a question failed')
    this.#say(FrameKind.refusal, id, JSON.stringify({ code, message: message.slice(0, 2000), status: STATUS[code] ?? 502 } satisfies TunnelRefusal))
  }
}

/** What a caller over HTTP is answered; what is wrong at the source is its provider's affair (502). */
const STATUS: Readonly<Record<string, number>> = {
  bad_question: 400,
  bad_filter: 400,
  source_value: 400,
  no_row: 404,
  answer_too_large: 413,
  busy: 503,
  database_busy: 503,
  statement_timeout: 504,
  unknown_approver: 403,
  not_for_node: 403,
  bad_signature: 403,
  not_exact: 403,
  bad_document: 403,
  bad_operation: 403,
  expired: 403,
  not_yet_valid: 403,
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
