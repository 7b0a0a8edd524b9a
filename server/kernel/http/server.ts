/** Serves the modules' endpoints, the documents about them, health and metrics, and the built front end. */
import fs from 'node:fs'
import http, { type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Endpoint } from '../contract.ts'
import type { Actor, Caller, Hold, Module } from '../module.ts'
import type { Metrics } from '../observe.ts'
import { openapi } from '../openapi.ts'
import { NOBODY, type RunningPlatform, referenceNumber } from '../platform.ts'
import { Refusal } from '../refusal.ts'
import { languageOf } from '../texts.ts'
import { problemOf, refusalTable } from './problem.ts'
import { queryDecoder } from './query.ts'

export type ServeOptions = {
  platform: RunningPlatform
  metrics: Metrics
  /** The folder of a built front end, served at `/` with its index for every page address. */
  web?: string
  /** The address people open; undefined while it is not known, then any origin equal to the host is ours. */
  origin?: string | undefined
  /** Whether the platform can serve: answers a reason where it cannot. */
  readiness: () => Promise<string | undefined>
}
const BODY_LIMIT = 4 * 1024 * 1024

export async function serve(options: ServeOptions): Promise<FastifyInstance> {
  const { platform, metrics } = options
  const table = refusalTable(platform.modules)
  const app = fastify({
    ...{ bodyLimit: BODY_LIMIT, logger: false, trustProxy: false, routerOptions: { maxParamLength: 200 }, forceCloseConnections: true },
    serverFactory: (handler) => serverWithFronts(platform, handler),
  })
  app.addHook('onRequest', securityHeaders)
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, keepRawBody)
  app.setErrorHandler((error, request, reply) => {
    const reference = referenceNumber()
    const problem = problemOf(table, error, languageOf(request.headers['accept-language']), reference)
    if (problem.status >= 500) platform.log.error({ err: error, reference, method: request.method, url: request.routeOptions.url }, 'fault')
    return reply.status(problem.status).type('application/problem+json').send(problem)
  })
  const ending = new AbortController()
  app.addHook('preClose', async () => ending.abort())
  for (const { contract, holds = {} } of platform.modules as readonly Module[])
    for (const [name, endpoint] of Object.entries(contract)) mount(app, options, endpoint, holds[name] && held(holds[name], ending.signal))
  app.get('/api/openapi.json', async () => openapi(platform.modules))
  app.get('/healthz', async () => ({ status: 'up' }))
  app.get('/readyz', async (_, reply) => {
    const reason = await options.readiness()
    return reply.status(reason ? 503 : 200).send(reason ? { status: 'not ready', reason } : { status: 'ready' })
  })
  app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()))
  await serveWeb(app, options.web)
  acceptUpgrades(app, platform)
  return app
}

const KEEP_ALIVE_MS = 72_000

/** Requests below a module's front go to it, all others to `handler`; a front that reads connections itself sees each first. */
function serverWithFronts(platform: RunningPlatform, handler: http.RequestListener): http.Server {
  const fronts = platform.modules.flatMap(({ front }) => front ?? [])
  const server = http.createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const front = fronts.find(({ prefix }) => request.url?.startsWith(prefix))
    if (front) front.request(platform, request, response)
    else handler(request, response)
  })
  const lean = fronts.find(({ socket }) => socket)?.socket
  const [accept] = server.listeners('connection') as ((socket: Socket) => void)[]
  if (!lean || !accept) return server
  const sockets = new Set<Socket>()
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    lean(platform, socket, (handed) => accept.call(server, handed))
  })
  const closeAll = server.closeAllConnections.bind(server)
  server.closeAllConnections = () => {
    for (const socket of sockets) socket.destroy()
    closeAll()
  }
  return server
}

type Asking = { platform: RunningPlatform; caller: Caller; input: unknown; request: FastifyRequest; ask: () => Promise<unknown> }
type Held = (asking: Asking) => Promise<unknown>

/** Asks until there is something to answer, nobody waits any more, or the time is over. */
function held(hold: Hold, ending: AbortSignal): Held {
  return async ({ platform, caller, input, request, ask }) => {
    const left = new AbortController()
    const leave = () => left.abort()
    request.raw.socket.once('close', leave)
    const { again, end } = hold(platform, caller, input, AbortSignal.any([left.signal, ending]))
    try {
      let out = await ask()
      while (await again(out)) out = await ask()
      return out
    } finally {
      end()
      request.raw.socket.removeListener('close', leave)
    }
  }
}

function mount(app: FastifyInstance, { platform, metrics, origin }: ServeOptions, endpoint: Endpoint, holding?: Held): void {
  const [method = 'GET', at = ''] = endpoint.at.split(' ')
  const decode = queryDecoder(endpoint.in)
  app.route({
    method: method as 'GET' | 'POST',
    url: `/api${at.replace(/\{(\w+)\}/g, ':$1')}`,
    bodyLimit: endpoint.largest ?? BODY_LIMIT,
    handler: async (request, reply) => {
      const started = performance.now()
      if (method === 'POST') refuseForeignOrigin(request, origin)
      const caller: Caller = {
        actor: await whoIs(platform, request.raw),
        now: platform.now(),
        from: { address: request.ip, agent: String(request.headers['user-agent'] ?? '').slice(0, 200), origin: request.headers.origin ?? null },
      }
      const input =
        method === 'GET'
          ? { ...decode(request.query as Record<string, unknown>), ...(request.params as object) }
          : { ...((request.body as object | undefined) ?? {}), ...(request.params as object) }
      const ask = () => platform.run(endpoint, { ...caller, now: platform.now() }, input, { cookies: (cookies) => setCookies(reply, cookies, request) })
      const out = await (holding ? holding({ platform, caller, input, request, ask }) : ask())
      if (!holding) metrics.served(endpoint.at, performance.now() - started)
      return reply.header('cache-control', 'no-store').send(out)
    },
  })
}

/** The first way of signing in that knows the request decides; a request none knows comes from nobody. */
export async function whoIs(platform: RunningPlatform, request: IncomingMessage): Promise<Actor> {
  for (const { identify } of platform.modules) {
    const actor = await identify?.(platform, request)
    if (actor) return actor
  }
  return NOBODY
}

function refuseForeignOrigin(request: FastifyRequest, ours: string | undefined): void {
  const { origin, host } = request.headers
  if (!origin || origin === ours) return
  if (new URL(origin).host !== host) throw new Refusal('kernel.bad_origin')
}

function setCookies(reply: FastifyReply, cookies: readonly (readonly [string, string | null, number | undefined])[], request: FastifyRequest): void {
  const secure = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https'
  for (const [name, value, maxAge] of cookies) {
    const age = value === null ? 0 : maxAge
    void reply.header(
      'set-cookie',
      `${name}=${value ?? ''}; Path=/; HttpOnly; SameSite=Strict${age === undefined ? '' : `; Max-Age=${age}`}${secure ? '; Secure' : ''}`,
    )
  }
}

/** A node signs the digest of the body as it was sent: the bytes stay at hand for whoever checks who is calling. */
export type RequestWithBody = IncomingMessage & { rawBody?: Buffer }

function keepRawBody(request: FastifyRequest, body: string | Buffer, done: (error: Error | null, body?: unknown) => void): void {
  ;(request.raw as RequestWithBody).rawBody = body as Buffer
  try {
    done(null, body.length === 0 ? {} : JSON.parse(body.toString()))
  } catch {
    done(new Refusal('kernel.bad_input', { problems: [{ path: '', message: 'the body is not JSON' }] }))
  }
}

const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"

async function securityHeaders(_: FastifyRequest, reply: FastifyReply): Promise<void> {
  void reply.headers({
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  })
}

async function serveWeb(app: FastifyInstance, folder: string | undefined): Promise<void> {
  if (folder && fs.existsSync(path.join(folder, 'index.html'))) {
    await app.register(fastifyStatic, { root: folder, wildcard: false, index: false, preCompressed: true, immutable: true, maxAge: '1y' })
    app.get('/', (_, reply) => index(reply, folder))
  }
  app.setNotFoundHandler((request, reply) => {
    const page = request.method === 'GET' && !request.url.startsWith('/api/') && !/\.\w+$/.test(request.url.split('?')[0] ?? '')
    if (page && folder && fs.existsSync(path.join(folder, 'index.html'))) return index(reply, folder)
    throw new Refusal('kernel.no_such_endpoint')
  })
}

function index(reply: FastifyReply, folder: string): FastifyReply {
  return reply
    .header('cache-control', 'no-cache')
    .type('text/html; charset=utf-8')
    .send(fs.readFileSync(path.join(folder, 'index.html')))
}

/** Hands a request that wants a raw stream to the module that serves its path; what streams still stand are ended before the server closes. */
function acceptUpgrades(app: FastifyInstance, platform: RunningPlatform): void {
  const streams = new Set<Duplex>()
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.destroy()
  })
  app.server.on('upgrade', (request, socket, head) => {
    streams.add(socket)
    socket.once('close', () => streams.delete(socket))
    const at = (request.url ?? '').split('?')[0]?.replace(/^\/api/, '') ?? ''
    const upgrade = platform.modules.map((module) => module.upgrades?.[at]).find(Boolean)
    socket.on('error', () => socket.destroy())
    if (!upgrade) return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
    upgrade(platform, request, socket, head).catch((error: unknown) => {
      const code = error instanceof Refusal ? error.code : 'kernel.fault'
      if (code === 'kernel.fault') platform.log.error({ err: error, url: at }, 'fault in an upgrade')
      socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-type: application/problem+json\r\nconnection: close\r\n\r\n${JSON.stringify({ code })}`)
    })
  })
}
