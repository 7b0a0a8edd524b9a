/** An HTTP API that keeps rows by key, as a department might have one: it takes rows, gives them back in pages, honours Idempotency-Key, and misbehaves as a test likes. */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

type Json = Record<string, unknown>
type Asked = { method: string; path: string; key: string; delivery: string; rows: number; headers: http.IncomingHttpHeaders }
/** Answers in place of the receiver, or lets it take the request (`true`: and answers only then). */
export type Misbehaving = (asked: Asked, answer: http.ServerResponse, take: () => void) => boolean

const PAGE = 500

export class Receiver {
  readonly url: string
  /** every request with rows, in its order */
  readonly asked: Asked[] = []
  /** how many requests changed something */
  taken = 0
  misbehave: Misbehaving | undefined
  readonly #tables = new Map<string, Map<string, string>>()
  readonly #sessions = new Map<string, Map<string, string>>()
  readonly #known = new Set<string>()
  readonly #server: http.Server

  private constructor(server: http.Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    server.on('request', (request: http.IncomingMessage, answer: http.ServerResponse) => {
      this.#serve(request, answer).catch(() => answer.destroy())
    })
  }

  static async make(): Promise<Receiver> {
    const server = http.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Receiver(server)
  }

  /** The rows of a table as JSON, by key. */
  rows(table: string): Map<string, string> {
    return this.#tables.get(table) ?? new Map()
  }

  get tables(): string[] {
    return [...this.#tables.keys()]
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #serve(request: http.IncomingMessage, answer: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '', this.url)
    const [, , table = '', act = ''] = url.pathname.split('/')
    if (request.method === 'HEAD') return void answer.writeHead(405).end()
    if (request.method === 'GET') return void answer.end(this.#page(table, Number(url.searchParams.get('skip') ?? 0)))
    const text = Buffer.concat(chunks).toString()
    const { headers, method = '' } = request
    const [key, delivery] = [String(headers['idempotency-key']), String(headers['zhenghe-delivery'])]
    const items = itemsOf(text)
    const asked = { method, path: url.pathname, key, delivery, rows: items.length, headers }
    this.asked.push(asked)
    const take = () => this.#take(table, act, asked, items)
    if (this.misbehave?.(asked, answer, take)) return
    take()
    answer.end('{"code": 0, "errors": []}')
  }

  #take(table: string, act: string, { key, delivery }: Asked, items: readonly string[]): void {
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.taken++
    const session = this.#sessions.get(delivery)
    const into = session ?? this.#tables.get(table) ?? new Map<string, string>()
    if (act === 'begin') this.#sessions.set(delivery, new Map())
    else if (act === 'abort') this.#sessions.delete(delivery)
    else if (act === 'commit') {
      this.#tables.set(table, session!)
      this.#sessions.delete(delivery)
    } else {
      for (const item of items) {
        const id = String((JSON.parse(item) as Json)['id'])
        if (act === 'gone') into.delete(id)
        else into.set(id, item)
      }
      if (!session) this.#tables.set(table, into)
    }
  }

  #page(table: string, skip: number): string {
    return `{"data": [${[...this.rows(table).values()].slice(skip, skip + PAGE).join(',')}]}`
  }
}

/** Objects of the array of rows, each as the text that came. */
function itemsOf(text: string): string[] {
  const body = JSON.parse(text, exact) as unknown
  const rows = Array.isArray(body) ? body : ((body as { data?: { rows?: unknown[] } }).data?.rows ?? [])
  return rows.map((row) => JSON.stringify(row))
}

function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(context.source) : value
}

/** A receiver for the tests of this file. */
export async function testReceiver(): Promise<Receiver> {
  const receiver = await Receiver.make()
  afterAll(() => receiver.stop())
  return receiver
}
