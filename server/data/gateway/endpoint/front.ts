/** Two fronts of the same server: a lean reader for the usual call, and node:http for every other way HTTP lets one say the same. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Front, Platform } from '../../../kernel/module.ts'
import { languageOf } from '../../../kernel/texts.ts'
import { gatewayOf } from './gateway.ts'
import { CallRefusal, problemBody } from './problem.ts'
import type { Call, CallServer, Reply } from './serve.ts'

const MOST_BODY = 1 << 20
const MOST_HEAD = 16 << 10
/** Between two calls on one connection, and for a call to be written whole. */
const IDLE_MS = 60_000
const CRLF2 = Buffer.from('\r\n\r\n')
const REASONS: Readonly<Record<number, string>> = {
  ...{ 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' },
  ...{ 405: 'Method Not Allowed', 409: 'Conflict', 413: 'Content Too Large', 422: 'Unprocessable Content', 429: 'Too Many Requests' },
  ...{ 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout' },
}

export const gatewayFront: Front = {
  prefix: '/gateway/',
  request: (platform, request, response) => void overHttp(platform, request, response),
  socket: (platform, socket, handOver) => new LeanConnection(platform.local(gatewayOf).server, socket, handOver),
}

const ALWAYS = 'cache-control: no-store\r\nx-content-type-options: nosniff\r\n'

/** The headers that few answers have. */
function seldom({ mark, deprecated, retryAfter }: Reply): [string, string][] {
  const headers: [string, string][] = []
  if (mark) headers.push(mark === 'mock' ? ['zhenghe-mock', '1'] : ['zhenghe-cache', 'hit'])
  if (deprecated) headers.push(['deprecation', 'true'])
  if (retryAfter !== undefined) headers.push(['retry-after', String(retryAfter)])
  return headers
}

async function overHttp(platform: Platform, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const language = languageOf(request.headers['accept-language'])
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length
      if (bytes > MOST_BODY) return tooLarge(response, language)
      chunks.push(chunk as Buffer)
    }
  } catch {
    return void response.destroy()
  }
  const headers = request.headers as Record<string, string | undefined>
  const call: Call = { method: request.method ?? '', target: request.url ?? '', headers, body: Buffer.concat(chunks), language }
  const reply = await platform.local(gatewayOf).server.serve(call)
  const always = { 'content-type': reply.type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'zhenghe-call': reply.call }
  response.writeHead(reply.status, { ...always, ...Object.fromEntries(seldom(reply)), 'content-length': reply.body.length })
  response.end(reply.body)
}

function tooLarge(response: ServerResponse, language: Call['language']): void {
  const body = problemBody(new CallRefusal('gateway.call.too_large', { most: MOST_BODY }), '', language)
  response.writeHead(413, { 'content-type': 'application/problem+json', 'content-length': body.length, connection: 'close' })
  response.end(body)
}

type Head = { method: string; target: string; headers: Record<string, string>; length: number; close: boolean }

/** Reads calls off one connection, one after another. At the first thing it does not know for certain it hands the connection over, unread. */
class LeanConnection {
  readonly #server: CallServer
  readonly #socket: Socket
  readonly #handOver: (socket: Socket) => void
  #bytes: Buffer | undefined
  #head: Head | undefined
  #headBytes = 0
  #busy = false
  #last = false

  constructor(server: CallServer, socket: Socket, handOver: (socket: Socket) => void) {
    this.#server = server
    this.#socket = socket
    this.#handOver = handOver
    socket.setNoDelay(true)
    socket.setTimeout(IDLE_MS)
    socket.on('data', this.#data)
    socket.on('end', this.#ended)
    socket.on('timeout', this.#gone)
    socket.on('error', this.#gone)
  }

  /** The caller says no more: it still hears the answer to what it asked. */
  #ended = (): void => {
    this.#last = true
    if (!this.#busy) this.#socket.end()
  }

  #gone = (): void => void this.#socket.destroy()

  #data = (chunk: Buffer): void => {
    this.#bytes = this.#bytes ? Buffer.concat([this.#bytes, chunk]) : chunk
    if (!this.#busy) this.#next()
    else if (this.#bytes.length > MOST_BODY + MOST_HEAD) this.#socket.pause()
  }

  #next(): void {
    const bytes = this.#bytes
    if (!bytes) return
    if (!this.#head) {
      if (!isOurs(bytes)) return void this.#giveUp()
      const end = bytes.indexOf(CRLF2)
      if (end < 0) return void (bytes.length > MOST_HEAD && this.#giveUp())
      const head = end > MOST_HEAD ? undefined : readHead(bytes.toString('latin1', 0, end))
      if (!head) return void this.#giveUp()
      this.#head = head
      this.#headBytes = end + 4
    }
    const { length, method, target, headers, close } = this.#head
    const whole = this.#headBytes + length
    if (bytes.length < whole) return
    const body = length > 0 ? bytes.subarray(this.#headBytes, whole) : EMPTY
    this.#bytes = bytes.length > whole ? bytes.subarray(whole) : undefined
    this.#head = undefined
    this.#busy = true
    this.#server
      .serve({ method, target, headers, body, language: languageOf(headers['accept-language']) })
      .then((reply) => this.#reply(reply, close), this.#gone)
  }

  #reply(reply: Reply, close: boolean): void {
    const socket = this.#socket
    if (socket.destroyed) return
    const { status, body, type, call, mark, deprecated, retryAfter } = reply
    let head = `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\ncontent-type: ${type}\r\n${ALWAYS}zhenghe-call: ${call}\r\n`
    if (mark || deprecated || retryAfter !== undefined) for (const [name, value] of seldom(reply)) head += `${name}: ${value}\r\n`
    head += `content-length: ${body.length}\r\nconnection: ${close ? 'close' : 'keep-alive'}\r\n\r\n`
    const out = Buffer.allocUnsafe(head.length + body.length)
    out.write(head, 0, 'latin1')
    body.copy(out, head.length)
    socket.write(out)
    this.#busy = false
    if (close || (this.#last && !this.#bytes)) return void socket.end()
    if (socket.isPaused()) socket.resume()
    if (this.#bytes) this.#next()
  }

  #giveUp(): void {
    const socket = this.#socket
    socket.off('data', this.#data)
    socket.off('end', this.#ended)
    socket.off('timeout', this.#gone)
    socket.off('error', this.#gone)
    socket.setTimeout(0)
    socket.pause()
    if (this.#bytes) socket.unshift(this.#bytes)
    this.#handOver(socket)
    process.nextTick(() => socket.resume())
  }
}

const EMPTY = Buffer.alloc(0)
const OURS = ['GET /gateway/', 'POST /gateway/', 'PUT /gateway/', 'DELETE /gateway/'].map((text) => Buffer.from(text))

/** Whether the bytes may still be, or are, the beginning of a call. */
function isOurs(bytes: Buffer): boolean {
  return OURS.some((one) => {
    const length = Math.min(one.length, bytes.length)
    return bytes.compare(one, 0, length, 0, length) === 0
  })
}

const REQUEST = /^(GET|POST|PUT|DELETE) (\/[\x21-\x7e]*) HTTP\/1\.1$/
const NAME = /^[a-zA-Z0-9-]+$/
const VALUE = /^[\t\x20-\x7e]*$/
/** Whoever sends one of these wants what the lean reader does not do. */
const UNUSUAL = new Set(['transfer-encoding', 'expect', 'upgrade', 'te', 'trailer'])

/** The head of a call, or undefined where it is anything but plain. */
function readHead(text: string): Head | undefined {
  const lines = text.split('\r\n')
  const line = REQUEST.exec(lines[0]!)
  if (!line) return undefined
  const headers: Record<string, string> = {}
  for (let at = 1; at < lines.length; at++) {
    const one = lines[at]!
    const colon = one.indexOf(':')
    if (colon <= 0) return undefined
    const name = one.slice(0, colon)
    const value = one.slice(colon + 1).trim()
    if (!NAME.test(name) || !VALUE.test(value)) return undefined
    const lower = name.toLowerCase()
    if (UNUSUAL.has(lower) || headers[lower] !== undefined) return undefined
    headers[lower] = value
  }
  const { 'content-length': given, connection = 'keep-alive', host } = headers
  if (host === undefined || (given !== undefined && !/^\d{1,7}$/.test(given)) || !/^(keep-alive|close)$/i.test(connection)) return undefined
  const length = Number(given ?? 0)
  return length > MOST_BODY ? undefined : { method: line[1]!, target: line[2]!, headers, length, close: connection.toLowerCase() === 'close' }
}
