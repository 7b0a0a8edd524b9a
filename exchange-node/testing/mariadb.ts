/** A MariaDB server of a test file's own: in a folder that is removed afterwards, on a free port, killed and started again as a test likes. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll } from 'vitest'
import { until } from './wait.ts'

const run = promisify(execFile)
const START_MS = 60_000
/** Debian's package brings the user; a server does not run as root. */
const AS_USER = process.getuid?.() === 0 ? ['--user=mysql'] : []

export class MariaServer {
  readonly port: number
  readonly #folder: string
  readonly #settings: readonly string[]
  #process: ChildProcess | undefined

  private constructor(folder: string, port: number, settings: readonly string[]) {
    this.#folder = folder
    this.port = port
    this.#settings = settings
  }

  static async make(settings: readonly string[] = []): Promise<MariaServer> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zhenghe-mariadb-'))
    fs.chmodSync(folder, 0o755)
    const data = path.join(folder, 'data')
    fs.mkdirSync(data)
    const temporary = path.join(folder, 'tmp') // a server that starts removes what others have in a folder they share
    fs.mkdirSync(temporary)
    if (AS_USER.length > 0) await run('chown', ['mysql', folder, data, temporary])
    const installing = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...AS_USER]
    await run('mariadb-install-db', installing, { env: { ...process.env, TMPDIR: temporary } })
    const server = new MariaServer(folder, await freePort(), settings)
    await server.start()
    return server
  }

  /** What it writes stays with the operating system: a test ends the process, never the machine. */
  async start(): Promise<void> {
    const at = (name: string) => path.join(this.#folder, name)
    const settings = [
      ...[
        '--no-defaults',
        `--datadir=${at('data')}`,
        `--socket=${at('socket')}`,
        `--pid-file=${at('pid')}`,
        `--log-error=${at('log')}`,
        `--tmpdir=${at('tmp')}`,
      ],
      ...[`--port=${this.port}`, '--bind-address=127.0.0.1', '--skip-name-resolve', '--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M'],
      ...[
        '--log-bin=binlog',
        '--server-id=1',
        '--binlog-format=ROW',
        '--innodb-flush-log-at-trx-commit=2',
        '--innodb-flush-method=nosync',
        ...AS_USER,
        ...this.#settings,
      ],
    ]
    this.#process = spawn('mariadbd', settings, { stdio: 'ignore' })
    await until(
      () =>
        this.query('select 1').then(
          () => true,
          () => false,
        ),
      START_MS,
    )
  }

  /** As root. */
  async query<Row = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = await mysql.createConnection({
      host: '127.0.0.1',
      port: this.port,
      user: 'root',
      charset: 'utf8mb4',
      multipleStatements: true,
      timezone: 'Z',
    })
    try {
      return (await client.query(sql, values))[0] as Row[]
    } finally {
      client.destroy()
    }
  }

  url(database: string, user = 'root', password = ''): string {
    return `mariadb://${user}:${password}@127.0.0.1:${this.port}/${database}`
  }

  /** As a power failure would. */
  async kill(): Promise<void> {
    const ended = once(this.#process!, 'exit')
    this.#process!.kill('SIGKILL')
    await ended
  }

  /** Throws where the server had ended by itself: that is never meant. */
  async stop(): Promise<void> {
    const crashed = this.#process!.exitCode !== null || this.#process!.signalCode !== null
    const log = crashed ? fs.readFileSync(path.join(this.#folder, 'log'), 'utf8').slice(-4000) : ''
    if (!crashed) await this.kill()
    fs.rmSync(this.#folder, { recursive: true, force: true })
    if (crashed) throw new Error(`MariaDB ended by itself:\n${log}`)
  }
}

export type TestMaria = {
  readonly server: MariaServer
  readonly database: string
  url(user?: string, password?: string): string
  query<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>
}

/** A server with an empty database before the tests of this file, gone after them. */
export function testMaria(settings: readonly string[] = []): TestMaria {
  const database = `t_${randomBytes(6).toString('hex')}`
  let server: MariaServer | undefined
  beforeAll(async () => {
    server = await MariaServer.make(settings)
    await server.query(`create database ${database} character set utf8mb4`)
  }, START_MS)
  afterAll(() => server?.stop())
  return {
    get server() {
      return server!
    },
    database,
    url: (user, password) => server!.url(database, user, password),
    query: <Row>(sql: string, values: unknown[] = []) => server!.query<Row>(`use ${database}; ${sql}`, values).then((results) => lastOf<Row>(results)),
  }
}

/** With several statements the driver answers a list for each. */
function lastOf<Row>(results: unknown[]): Row[] {
  return results.at(-1) as Row[]
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
