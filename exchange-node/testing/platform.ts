/** The platform's side of a node's protocol, in memory: joins, checks signatures, orders deliveries, takes letters, joins streams. For tests of the node alone. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { GmIdentity } from '@zhenghe/wire/documents.ts'
import type { WireError } from '@zhenghe/wire/error.ts'
import { requestNode, verifyRequest } from '@zhenghe/wire/http-auth.ts'
import { fingerprint } from '@zhenghe/wire/keys.ts'
import { sm2Text } from '@zhenghe/wire/signed.ts'
import type { Beat, JoinRequest, Order, RouteKind, Side } from '../control.ts'

export type Letter = { node: string; path: string; body: Record<string, unknown> }
export type KnownNode = { id: string; name: string; sign: string; seal: string; gm?: GmIdentity | undefined; confirmed: boolean; beat: Beat | undefined }
type Answer = { status: number; body: unknown }
type Open = { id: string; orders: Readonly<Record<string, Order>>; cancelled: boolean }

const UNIT = { uscc: '11370100MB2859123X', name: '示范单位' }
const ok = (body: unknown = {}): Answer => ({ status: 200, body })
const no = (status: number, code: string, params = {}): Answer => ({ status, body: { code, status, detail: code, params } })

export class FakePlatform {
  readonly nodes = new Map<string, KnownNode>()
  readonly letters: Letter[] = []
  readonly progress: { id: string; side: Side; route: RouteKind }[] = []
  /** Answers in place of ours where it gives one: absent, overloaded, hostile. */
  interfere: (path: string) => Answer | undefined = () => undefined
  relayed = 0
  readonly #tokens = new Map<string, string>()
  readonly #open = new Map<string, Open>()
  readonly #nonces = new Set<string>()
  readonly #waiting = new Map<string, { node: string; socket: Duplex }>()
  readonly #upgraded = new Set<Duplex>()
  readonly #server = http.createServer((request, response) => void this.#serve(request, response))
  #skewMs = 0

  static async start(port = 0): Promise<FakePlatform> {
    const platform = new FakePlatform()
    platform.#server.on('upgrade', (request, socket) => void platform.#relay(request, socket))
    platform.#server.listen(port, '127.0.0.1')
    await once(platform.#server, 'listening')
    return platform
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** How far this platform's clock is ahead. */
  set skewMs(ms: number) {
    this.#skewMs = ms
  }

  token(name: string): string {
    const token = randomUUID()
    this.#tokens.set(token, name)
    return token
  }

  /** @param orders by node. Ordered until both sides have handed in their documents, one has stopped for good, or it is cancelled. */
  order(id: string, orders: Readonly<Record<string, Order>>): void {
    this.#open.set(id, { id, orders, cancelled: false })
  }

  cancel(id: string): void {
    this.#open.get(id)!.cancelled = true
  }

  /** The letters about one subject, by the last part of their path. */
  about(id: string, what: string): Letter[] {
    return this.letters.filter(({ path }) => path.endsWith(`${id}/${what}`) || (what === '' && path.endsWith(id)))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    for (const socket of this.#upgraded) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { status, body } = await this.#answer(request, Buffer.concat(chunks))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  async #answer(request: http.IncomingMessage, raw: Buffer): Promise<Answer> {
    const url = new URL(request.url ?? '/', this.address)
    const body = raw.length > 0 ? (JSON.parse(raw.toString()) as Record<string, unknown>) : {}
    if (url.pathname === '/api/nodes/join') return this.#join(body as never)
    const node = await this.#caller(request, raw)
    if (!('id' in node)) return node
    const answer = this.interfere(url.pathname)
    if (answer) return answer
    if (url.pathname === '/api/nodes/beat') {
      node.beat = body as Beat
      return ok({ serverTime: new Date().toISOString(), gm: node.gm ? fingerprint(sm2Text(node.gm.sign)) : null })
    }
    if (url.pathname === '/api/nodes/gm-keys') {
      node.gm = (body as { gm: GmIdentity }).gm
      return ok()
    }
    if (url.pathname === '/api/exchange/orders') return ok({ orders: this.#ordersFor(node, url.searchParams.getAll('running')) })
    const [, progressed] = /deliveries\/([^/]+)\/progress$/.exec(url.pathname) ?? []
    if (progressed) {
      this.progress.push({ id: progressed, ...(body as { side: Side; route: RouteKind }) })
      return ok({ cancelled: this.#open.get(progressed)?.cancelled ?? true })
    }
    this.letters.push({ node: node.id, path: url.pathname, body })
    return ok()
  }

  #join({ token, sign, seal, gm }: Pick<JoinRequest, 'token' | 'sign' | 'seal' | 'gm'>): Answer {
    const name = this.#tokens.get(token)
    if (!name) return no(401, 'nodes.bad_token')
    const known = [...this.nodes.values()].find((node) => node.sign === sign)
    const node: KnownNode = known ?? { id: randomUUID(), name, sign, seal, gm, confirmed: false, beat: undefined }
    this.nodes.set(node.id, node)
    return ok({ node: node.id, name, unit: UNIT, serverTime: new Date().toISOString() })
  }

  async #caller(request: http.IncomingMessage, body?: Buffer): Promise<KnownNode | Answer> {
    const { headers, method = '', url: path = '' } = request
    const node = this.nodes.get(requestNode(headers))
    if (!node) return no(401, 'nodes.not_a_node')
    const remember = (nonce: string) => this.#nonces.size < this.#nonces.add(nonce).size
    try {
      await verifyRequest({ method, path, body }, { headers, publicKey: node.sign, now: Date.now() + this.#skewMs, remember })
    } catch (error) {
      const { code, params } = error as WireError
      return no(401, `nodes.${code}`, code === 'clock_skew' ? { skewSeconds: Number(params['skewMs']) / 1000, serverTime: 'now' } : {})
    }
    return node.confirmed ? node : no(409, 'nodes.wrong_state', { state: 'awaiting_confirmation' })
  }

  #ordersFor({ id: node }: KnownNode, running: readonly string[]): Order[] {
    return [...this.#open.values()].flatMap((open): Order[] => {
      const order = open.orders[node]
      if (!order) return []
      if (open.cancelled) return running.includes(open.id) ? [{ kind: 'cancel', delivery: open.id, reason: 'no longer needed' }] : []
      return running.includes(open.id) || this.#over(open) ? [] : [order]
    })
  }

  #over({ id }: Open): boolean {
    const both = this.about(id, 'manifest').length > 0 && this.about(id, 'receipt').length > 0
    return both || this.about(id, '').length > 0 || this.about(id, 'trouble').some(({ body }) => body['resumable'] === false)
  }

  async #relay(request: http.IncomingMessage, socket: Duplex): Promise<void> {
    socket.on('error', () => socket.destroy())
    this.#upgraded.add(socket)
    socket.once('close', () => this.#upgraded.delete(socket))
    const node = await this.#caller(request)
    const delivery = new URL(request.url ?? '/', this.address).searchParams.get('delivery') ?? ''
    if (!('id' in node) || this.interfere('/api/exchange/relay')) return void socket.end('HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n')
    const first = this.#waiting.get(delivery)
    if (!first || first.node === node.id || first.socket.destroyed) {
      first?.socket.destroy()
      this.#waiting.set(delivery, { node: node.id, socket })
      return
    }
    this.#waiting.delete(delivery)
    this.relayed += 1
    for (const one of [first.socket, socket]) one.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: zhenghe-wire/1\r\n\r\n')
    first.socket.pipe(socket).pipe(first.socket)
    first.socket.on('close', () => socket.destroy())
    socket.on('close', () => first.socket.destroy())
  }
}
