/** Asks registered interfaces over connections that are kept and used again, one question at a time on each. */
import net from 'node:net'
import tls from 'node:tls'
import type { Ending } from './ending.ts'
import { type Answer, ResponseReader, type Trouble } from './response.ts'

export type Question = { method: string; path: string; headers: string; body: Buffer; timeoutMs: number; mostBytes: number; idempotent: boolean }
export type UpstreamTrouble = Trouble | 'unreachable' | 'timeout' | 'ended' | 'busy'
export class UpstreamError extends Error {
  override name = 'UpstreamError'
  readonly trouble: UpstreamTrouble
  constructor(trouble: UpstreamTrouble) {
    super(trouble)
    this.trouble = trouble
  }
}

type Job = {
  question: Question
  resolve: (answer: Answer) => void
  reject: (error: UpstreamError) => void
  timer: NodeJS.Timeout | undefined
  /** takes back that the grant's end ends it */
  forget: (() => void) | undefined
  fresh: boolean
  line: Line | undefined
  over: boolean
}
type Line = { socket: net.Socket; reader: ResponseReader | undefined; job: Job | undefined; used: boolean; idleSince: number }

const MOST_CONNECTIONS = 64
const MOST_WAITING = 2000
/** Shorter than what servers usually keep. */
const IDLE_MS = 4000

/** One origin's connections. */
export class Upstream {
  readonly #url: URL
  readonly #idle: Line[] = []
  readonly #lines = new Set<Line>()
  readonly #waiting: Job[] = []
  readonly #sweep: NodeJS.Timeout

  constructor(url: URL) {
    this.#url = url
    this.#sweep = setInterval(() => this.#sweepIdle(), IDLE_MS / 2).unref()
  }

  /** The whole answer, whatever its status. Rejects with an `UpstreamError`. */
  ask(question: Question, ending: Ending): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const job: Job = { question, resolve, reject, fresh: false, line: undefined, over: false, timer: undefined, forget: undefined }
      job.timer = setTimeout(() => this.#fail(job, 'timeout'), question.timeoutMs)
      job.forget = ending.during(() => this.#fail(job, 'ended'))
      if (!job.over) this.#start(job)
    })
  }

  close(): void {
    clearInterval(this.#sweep)
    for (const { socket } of this.#lines) socket.destroy()
    for (const job of this.#waiting.splice(0)) this.#fail(job, 'ended')
  }

  #start(job: Job): void {
    const line = this.#idle.pop()
    if (line) this.#send(line, job)
    else if (this.#lines.size < MOST_CONNECTIONS) this.#send(this.#connect(), job)
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(job)
    else this.#fail(job, 'busy')
  }

  #connect(): Line {
    const { hostname, port, protocol } = this.#url
    const host = hostname.replace(/^\[|\]$/g, '')
    const secure = protocol === 'https:'
    const to = { host, port: Number(port) || (secure ? 443 : 80), noDelay: true }
    const socket = secure ? tls.connect({ ...to, ...(net.isIP(host) ? {} : { servername: host }), ALPNProtocols: ['http/1.1'] }) : net.connect(to)
    const line: Line = { socket, reader: undefined, job: undefined, used: false, idleSince: 0 }
    this.#lines.add(line)
    socket.on('data', (chunk: Buffer) => this.#read(line, chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#closed(line))
    socket.setNoDelay(true)
    return line
  }

  #send(line: Line, job: Job): void {
    const { question } = job
    job.fresh = !line.used
    job.line = line
    line.job = job
    line.reader = new ResponseReader(question.mostBytes)
    const { pathname, host } = this.#url
    const base = pathname === '/' ? '' : pathname.replace(/\/$/, '')
    const length = question.body.length > 0 || question.method === 'POST' || question.method === 'PUT' ? `content-length: ${question.body.length}\r\n` : ''
    const head = `${question.method} ${base}${question.path} HTTP/1.1\r\nhost: ${host}\r\n${question.headers}${length}\r\n`
    if (question.body.length === 0) line.socket.write(head, 'latin1')
    else line.socket.write(Buffer.concat([Buffer.from(head, 'latin1'), question.body]))
  }

  #read(line: Line, chunk: Buffer): void {
    const { reader, job } = line
    if (!reader || !job) return void line.socket.destroy() // it speaks without being asked
    reader.feed(chunk)
    if (reader.done) this.#finish(line, job, reader)
  }

  #finish(line: Line, job: Job, reader: ResponseReader): void {
    line.job = undefined
    line.reader = undefined
    line.used = true
    if (reader.keepAlive) this.#free(line)
    else line.socket.destroy()
    if (reader.trouble) this.#fail(job, reader.trouble)
    else this.#settle(job, reader.answer())
  }

  #free(line: Line): void {
    let next = this.#waiting.shift()
    while (next?.over) next = this.#waiting.shift()
    if (next) return void this.#send(line, next)
    line.idleSince = performance.now()
    this.#idle.push(line)
  }

  #closed(line: Line): void {
    this.#lines.delete(line)
    const at = this.#idle.indexOf(line)
    if (at >= 0) this.#idle.splice(at, 1)
    const { job, reader } = line
    if (job && reader) {
      const begun = reader.touched
      reader.close()
      line.job = undefined
      if (!reader.trouble) this.#settle(job, reader.answer())
      else if (!job.fresh && !begun && job.question.idempotent && !job.over)
        this.#start(job) // a kept connection had been closed meanwhile
      else this.#fail(job, begun ? 'cut_off' : 'unreachable')
    }
    const next = this.#waiting.shift()
    if (next && !next.over) this.#start(next)
  }

  #settle(job: Job, answer: Answer): void {
    if (job.over) return
    job.over = true
    job.forget?.()
    clearTimeout(job.timer)
    job.resolve(answer)
  }

  #fail(job: Job, trouble: UpstreamTrouble): void {
    if (job.over) return
    job.over = true
    job.forget?.()
    clearTimeout(job.timer)
    if (job.line?.job === job) {
      job.line.job = undefined
      job.line.reader = undefined
      job.line.socket.destroy()
    }
    job.reject(new UpstreamError(trouble))
  }

  #sweepIdle(): void {
    const old = performance.now() - IDLE_MS
    for (const { socket, idleSince } of this.#idle) if (idleSince < old) socket.destroy()
  }
}
