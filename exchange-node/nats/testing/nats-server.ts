/** Real NATS servers for a test: on free ports, in folders of their own, stopped, killed and started again as the test wants. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { until } from '../../testing/wait.ts'

/** Ended with this process, whatever ends it. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

const UP_MS = 15_000
const LOOK_MS = 25

export type NatsServerOptions = {
  name?: string
  /** of JetStream */
  domain?: string
  /** lines of the configuration beside listen, name and jetstream */
  more?: string
  jetstream?: boolean
}

export class NatsServer {
  readonly name: string
  readonly port: number
  readonly folder: string
  readonly #config: string
  #process: ChildProcess | undefined

  private constructor(name: string, port: number, folder: string, config: string) {
    this.name = name
    this.port = port
    this.folder = folder
    this.#config = config
  }

  static async start({ name = 'single', domain, more = '', jetstream = true }: NatsServerOptions = {}): Promise<NatsServer> {
    const port = await freePort()
    const store = (folder: string) =>
      `jetstream: { store_dir: "${folder}/store", max_file_store: 1G, max_memory_store: 64M${domain ? `, domain: ${domain}` : ''} }`
    return NatsServer.run(name, port, (folder) => `listen: 127.0.0.1:${port}\nserver_name: ${name}\n${jetstream ? store(folder) : ''}\n${more}\n`)
  }

  /** @param config the text of its configuration, which listens at the port. @param beside files that it includes */
  static async run(name: string, port: number, config: (folder: string) => string, beside: Readonly<Record<string, string>> = {}): Promise<NatsServer> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-nats-'))
    const file = path.join(folder, 'nats.conf')
    for (const [included, text] of Object.entries(beside)) fs.writeFileSync(path.join(folder, included), text)
    fs.writeFileSync(file, config(folder))
    const server = new NatsServer(name, port, folder, file)
    await server.again()
    return server
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  get pid(): number {
    return this.#process!.pid!
  }

  /** With the same store. Resolves when clients are accepted. */
  async again(): Promise<void> {
    const child = spawn('nats-server', ['-c', this.#config], { stdio: ['ignore', 'ignore', fs.openSync(path.join(this.folder, 'log'), 'a')] })
    this.#process = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    const failed = once(child, 'error').then(([error]) => {
      throw new Error('nats-server cannot be started: apt-get install nats-server', { cause: error })
    })
    await Promise.race([failed, this.#up(child)])
  }

  /** As a machine that loses its power. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  async stop(): Promise<void> {
    await this.kill()
    fs.rmSync(this.folder, { recursive: true, force: true })
  }

  log(): string {
    return fs.readFileSync(path.join(this.folder, 'log'), 'utf8')
  }

  async #up(child: ChildProcess): Promise<void> {
    for (const end = performance.now() + UP_MS; performance.now() < end; ) {
      if (child.exitCode !== null) break
      if (await answers(this.port)) return
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
    throw new Error(`nats-server did not start: ${this.log().slice(-2000)}`)
  }
}

/** Three servers, one cluster, one JetStream, ready when it has a leader. */
export async function startCluster(options: NatsServerOptions = {}): Promise<NatsServer[]> {
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(', ')
  const servers = await Promise.all(
    ports.map((port, at) =>
      NatsServer.start({
        ...options,
        name: `${options.name ?? 'n'}${at}`,
        more: `cluster: { name: ${options.name ?? 'city'}, listen: 127.0.0.1:${port}, routes: [${routes}] }\n${options.more ?? ''}`,
      }),
    ),
  )
  const nc = await connect({ servers: servers[0]!.url })
  await until(() => jetstreamManager(nc).catch(() => undefined), UP_MS) // answers when there is a leader
  await nc.close()
  return servers
}

/** Of this machine, free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Whether a server greets there. */
async function answers(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1')
  try {
    await once(socket, 'data', { signal: AbortSignal.timeout(1000) })
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
