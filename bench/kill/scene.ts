/** What is killed: two databases, the platform, NATS, and the nodes between them, each a process of its own that is started again at the same place. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { NatsServer } from '@zhenghe/exchange-node/nats/testing/nats-server.ts'
import { withClient } from '@zhenghe/exchange-node/pg/connect.ts'
import { urlOf } from '@zhenghe/exchange-node/testing/nodes.ts'
import { freePort, type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const UP_MS = 60_000
/** As `run.mjs` starts programs: what was compiled once is kept. */
const ENVIRONMENT = { ...process.env, NODE_COMPILE_CACHE: path.join(ROOT, 'node_modules/.cache/compile') }
const LOOK_MS = 30
const SETTINGS = { shared_buffers: '64MB', wal_sender_timeout: '5s' }
type Side = 'source' | 'target' | 'platform'
export type Victim = Process | 'source database' | 'target database' | 'NATS'
/** `near` listens, `far` meets over NATS, `plain` by the platform's relay. */
export const RECEIVERS = ['near', 'far', 'plain'] as const
export type Receiver = (typeof RECEIVERS)[number]
export type NodeName = 'sender' | Receiver
export type Process = NodeName | 'platform'

export class Scene {
  readonly home: string
  readonly log = new Map<Process, string[]>()
  readonly #databases = new Map<Side, Postgres>()
  readonly #ports = new Map<Side | 'near', number>()
  readonly #children = new Map<Process, ChildProcess>()
  readonly #begin = new Map<Process, () => ChildProcess>()
  #nats!: NatsServer
  /** the port of the platform */
  #web = 0

  private constructor(home: string) {
    this.home = home
  }

  static async open(home: string): Promise<Scene> {
    const scene = new Scene(home)
    scene.#nats = await NatsServer.start()
    for (const name of ['source', 'target', 'platform', 'near'] as const) scene.#ports.set(name, await freePort())
    for (const side of ['source', 'target', 'platform'] as const) await scene.#startDatabase(side)
    scene.#web = await freePort()
    return scene
  }

  address(side: Side) {
    const { host, port, user, password } = this.#databases.get(side)!
    return { host, port, user, password, database: 'postgres' }
  }

  /** The rows of the last statement. */
  query<Row = Record<string, unknown>>(side: Side, sql: string): Promise<Row[]> {
    return withClient(this.address(side), 'bench', async (client) => {
      const answers = (await client.query(`set search_path = public; ${sql}`)) as unknown as { rows: Row[] }[]
      return answers.at(-1)!.rows
    })
  }

  get platformAddress(): string {
    return `http://127.0.0.1:${this.#web}`
  }

  /** The whole platform, as an operator starts it, on a database of its own. */
  async platform(databaseUrl: string, dataDir: string): Promise<void> {
    const env = { ...ENVIRONMENT, DATABASE_URL: databaseUrl, ZHENGHE_DATA: dataDir, ZHENGHE_PORT: String(this.#web), ZHENGHE_LOG: 'warn' }
    this.#begin.set('platform', () => spawn(process.execPath, [path.join(ROOT, 'server/main.ts')], { env, stdio: ['ignore', 'pipe', 'pipe'] }))
    await this.start('platform')
  }

  /** @param own its token and whom it trusts */
  async node(name: NodeName, own: Record<string, unknown>): Promise<void> {
    const nats = { servers: [this.#nats.url] }
    const listen = { host: '127.0.0.1', port: this.#ports.get('near')! }
    const places: Record<NodeName, object> = { sender: { nats }, near: { listen }, far: { nats }, plain: {} }
    const side = name === 'sender' ? 'source' : 'target'
    const store = { id: side, role: side, url: urlOf(this.address(side)), ...(name === 'sender' ? { pagesPerRange: 16, rowsPerSecond: 20_000 } : {}) }
    const file = path.join(this.home, `${name}.json`)
    const settings = { platform: this.platformAddress, home: path.join(this.home, name), stores: [store], logLevel: 'info', ...places[name], ...own }
    fs.writeFileSync(file, JSON.stringify(settings), { mode: 0o600 })
    this.#begin.set(name, () =>
      spawn(process.execPath, [path.join(ROOT, 'exchange-node/main.ts'), '--config', file], { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }),
    )
    await this.start(name)
  }

  async start(name: Process): Promise<void> {
    const child = this.#begin.get(name)!()
    const said: string[] = []
    this.log.set(name, said)
    this.#children.set(name, child)
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => said.push(String(chunk)))
    if (name === 'platform') await this.#ready()
  }

  async kill(victim: Victim): Promise<void> {
    if (victim === 'NATS') return this.#nats.kill()
    if (victim === 'source database' || victim === 'target database') {
      process.kill(this.#databases.get(victim === 'source database' ? 'source' : 'target')!.pid, 'SIGKILL')
      return
    }
    const child = this.#children.get(victim)!
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  async revive(victim: Victim): Promise<void> {
    if (victim === 'NATS') return this.#nats.again()
    if (victim === 'source database') return this.#startDatabase('source')
    if (victim === 'target database') return this.#startDatabase('target')
    return this.start(victim)
  }

  async end(): Promise<void> {
    for (const child of this.#children.values()) child.kill('SIGKILL')
    await this.#nats?.stop()
    for (const server of this.#databases.values()) await server.stop()
  }

  /** As often as the ends of a killed server's children demand. */
  async #startDatabase(side: Side): Promise<void> {
    for (const end = performance.now() + UP_MS; ; ) {
      try {
        this.#databases.set(side, await startPostgres({ dir: path.join(this.home, side), port: this.#ports.get(side)!, settings: SETTINGS }))
        return
      } catch (error) {
        if (performance.now() > end) throw error
        await pause(100)
      }
    }
  }

  async #ready(): Promise<void> {
    for (const end = performance.now() + UP_MS; performance.now() < end; await pause(LOOK_MS)) {
      const up = await fetch(`${this.platformAddress}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (up) return
    }
    throw new Error(`the platform does not serve:\n${this.log.get('platform')?.join('')}`)
  }
}
