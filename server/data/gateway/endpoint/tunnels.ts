/** The nodes' tunnels at this process: many questions at once over each, with deadlines; what the tunnel cannot take yet waits here. */
import type { Duplex } from 'node:stream'
import type { Signed } from '@zhenghe/wire/documents.ts'
import { BEAT_MS, FrameKind, FrameReader, frame, Hello, type TunnelFrame, TunnelRefusal } from '@zhenghe/wire/tunnel.ts'
import type { Logger } from 'pino'
import type { Id } from '../../../kernel/contract.ts'
import type { Ending } from './ending.ts'

export type TunnelQuestion = { grant: Signed; digest: string; operation: string; input: Record<string, unknown>; timeoutMs: number }
export type TunnelTrouble = 'not_connected' | 'lost' | 'timeout' | 'busy' | 'ended'
/** The node answered no, in its own words. */
export class NodeRefusal extends Error {
  override name = 'NodeRefusal'
  readonly refusal: TunnelRefusal
  constructor(refusal: TunnelRefusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}
export class TunnelError extends Error {
  override name = 'TunnelError'
  readonly trouble: TunnelTrouble
  constructor(trouble: TunnelTrouble) {
    super(trouble)
    this.trouble = trouble
  }
}

type Job = {
  id: number
  question: TunnelQuestion
  until: number
  resolve: (body: Buffer) => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
  /** takes back that the grant's end ends it */
  forget: (() => void) | undefined
}
const MOST_WAITING = 1000
const WRITE_HIGH = 1 << 20

export class Tunnels {
  readonly #byNode = new Map<Id, Tunnel>()
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  connected(node: Id): boolean {
    return this.#byNode.has(node)
  }

  /** Takes a node's stream in; a newer dial takes the place of the older. */
  enter(node: Id, socket: Duplex, head: Buffer): void {
    this.#byNode.get(node)?.close()
    const tunnel = new Tunnel(socket)
    this.#byNode.set(node, tunnel)
    socket.once('close', () => {
      if (this.#byNode.get(node) === tunnel) this.#byNode.delete(node)
      tunnel.lost()
      this.#log.info({ node, part: 'gateway' }, 'tunnel ended')
    })
    this.#log.info({ node, part: 'gateway' }, 'tunnel stands')
    if (head.length > 0) tunnel.take(head)
  }

  /** The JSON body of the answer. Rejects with a `NodeRefusal` or a `TunnelError`. */
  ask(node: Id, question: TunnelQuestion, ending: Ending): Promise<Buffer> {
    const tunnel = this.#byNode.get(node)
    return tunnel ? tunnel.ask(question, ending) : Promise.reject(new TunnelError('not_connected'))
  }

  /** Ends a node's tunnel. */
  drop(node: Id): void {
    this.#byNode.get(node)?.close()
  }

  close(): void {
    for (const tunnel of this.#byNode.values()) tunnel.close()
  }
}

class Tunnel {
  readonly #socket: Duplex
  readonly #reader = new FrameReader((one) => this.#heard(one))
  readonly #running = new Map<number, Job>()
  readonly #waiting: Job[] = []
  readonly #shown = new Set<string>()
  readonly #beat: NodeJS.Timeout
  #most = 0
  #last = 0
  #heardAt = performance.now()

  constructor(socket: Duplex) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('drain', () => this.#next())
    socket.on('end', () => socket.destroy()) // a server's sockets stay half open otherwise
    socket.on('error', () => socket.destroy())
    this.#beat = setInterval(() => {
      if (performance.now() - this.#heardAt > 3 * BEAT_MS) socket.destroy()
      else socket.write(frame(FrameKind.beat, 0))
    }, BEAT_MS)
  }

  take(chunk: Buffer): void {
    this.#heardAt = performance.now()
    try {
      this.#reader.feed(chunk)
    } catch {
      this.#socket.destroy()
    }
  }

  ask(question: TunnelQuestion, ending: Ending): Promise<Buffer> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(new TunnelError('busy'))
    this.#last = (this.#last + 1) >>> 0
    const id = this.#last
    return new Promise<Buffer>((resolve, reject) => {
      const timer = setTimeout(() => this.#drop(id, new TunnelError('timeout')), question.timeoutMs)
      this.#waiting.push({ id, question, until: performance.now() + question.timeoutMs, resolve, reject, timer, forget: undefined })
      const job = this.#waiting.at(-1)!
      job.forget = ending.during(() => this.#drop(id, new TunnelError('ended')))
      this.#next()
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  lost(): void {
    clearInterval(this.#beat)
    for (const job of [...this.#running.values(), ...this.#waiting.splice(0)]) this.#settle(job, () => job.reject(new TunnelError('lost')))
    this.#running.clear()
  }

  #next(): void {
    while (this.#running.size < this.#most && this.#waiting.length > 0 && this.#socket.writableLength < WRITE_HIGH) this.#send(this.#waiting.shift()!)
  }

  #send(job: Job): void {
    const { grant, digest, operation, input } = job.question
    this.#running.set(job.id, job)
    if (!this.#shown.has(digest)) {
      this.#shown.add(digest)
      this.#socket.write(frame(FrameKind.grant, 0, JSON.stringify(grant)))
    }
    const deadlineMs = Math.max(1, Math.round(job.until - performance.now()))
    this.#socket.write(frame(FrameKind.call, job.id, JSON.stringify({ grant: digest, operation, input, deadlineMs })))
  }

  #heard({ kind, id, payload }: TunnelFrame): void {
    if (kind === FrameKind.hello) {
      const hello = Hello.safeParse(parsed(payload))
      if (!hello.success) return void this.#socket.destroy()
      this.#most = hello.data.most
    } else if (kind === FrameKind.answer || kind === FrameKind.refusal) {
      const job = this.#running.get(id)
      this.#running.delete(id)
      if (job) this.#answered(job, kind, payload)
    }
    this.#next()
  }

  #answered(job: Job, kind: number, payload: Buffer): void {
    if (kind === FrameKind.answer) return void this.#settle(job, () => job.resolve(Buffer.from(payload)))
    const refusal = TunnelRefusal.safeParse(parsed(payload)).data ?? { code: 'garbage', message: 'the node answered what cannot be read', status: 502 }
    this.#settle(job, () => job.reject(new NodeRefusal(refusal)))
  }

  /** Ends one question from this side; the node is told so that it stops working at it. */
  #drop(id: number, error: TunnelError): void {
    const running = this.#running.get(id)
    if (running) {
      this.#running.delete(id)
      this.#socket.write(frame(FrameKind.cancel, id))
      this.#settle(running, () => running.reject(error))
      return void this.#next()
    }
    const at = this.#waiting.findIndex((job) => job.id === id)
    const [waiting] = at < 0 ? [] : this.#waiting.splice(at, 1)
    if (waiting) this.#settle(waiting, () => waiting.reject(error))
  }

  #settle(job: Job, settle: () => void): void {
    clearTimeout(job.timer)
    job.forget?.()
    settle()
  }
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString())
  } catch {
    return undefined
  }
}
