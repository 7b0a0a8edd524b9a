/** The platform's process as an operator meets it: started, killed, started again, stopped. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { freePort, startPostgres } from './kernel/embedded.ts'

const root = path.resolve(import.meta.dirname, '..')
const home = mkdtempSync(path.join(os.tmpdir(), 'zh-main-'))
chmodSync(home, 0o711)
const children: ChildProcess[] = []
afterAll(async () => {
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(children.map(ended))
  rmSync(home, { recursive: true, force: true })
})

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()))

type Platform = { child: ChildProcess; address: string; out: () => string }

async function begin(environment: Record<string, string> = {}): Promise<Platform> {
  const port = await freePort()
  const child = spawn(process.execPath, [path.join(root, 'run.mjs'), path.join(root, 'server', 'main.ts')], {
    cwd: root,
    env: { ...process.env, ZHENGHE_DATA: home, ZHENGHE_PORT: String(port), ZHENGHE_LOG: 'info', ...environment },
  })
  children.push(child)
  let text = ''
  child.stdout?.on('data', (chunk) => (text += chunk))
  child.stderr?.on('data', (chunk) => (text += chunk))
  return { child, address: `http://127.0.0.1:${port}`, out: () => text }
}

async function ready({ child, address, out }: Platform): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${address}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await pause(20)
  }
  throw new Error(`the platform ended with ${child.exitCode}:\n${out()}`)
}

const databasePid = (): number => Number(readFileSync(path.join(home, 'platform-db', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) // one that has ended and waits to be counted is gone
  } catch {
    return false
  }
}

test('an empty installation starts, and leaves its first-run secret to its user alone', async () => {
  const platform = await begin()
  await ready(platform)
  const secret = path.join(home, 'first-run-secret.txt')
  expect(statSync(secret).mode & 0o077).toBe(0)
  expect(statSync(path.join(home, 'platform-keys.json')).mode & 0o077).toBe(0)
  expect(platform.out()).not.toContain(readFileSync(secret, 'utf8').trim())
  platform.child.kill('SIGKILL')
  await ended(platform.child)
})

test('after kill -9 of platform and database the next start serves again, and a signal stops everything', async () => {
  const left = databasePid()
  process.kill(left, 'SIGKILL')
  while (alive(left)) await pause(10)
  const platform = await begin()
  await ready(platform)
  const database = databasePid()
  expect(alive(database)).toBe(true)
  platform.child.kill('SIGTERM')
  await ended(platform.child)
  expect(platform.child.exitCode).toBe(0)
  expect(alive(database)).toBe(false)
})

test('verify-ledger proves the ledger of a stopped platform, and names a line that somebody changed', async () => {
  const verify = () =>
    spawnSync(process.execPath, [path.join(root, 'run.mjs'), path.join(root, 'server', 'cli.ts'), 'verify-ledger'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ZHENGHE_DATA: home },
    })
  const whole = verify()
  expect(whole.stdout).toContain('The ledger is whole.')
  expect(whole.status).toBe(0)
  const { stop, host, port, user, password } = await startPostgres({ dir: path.join(home, 'platform-db') })
  const intruder = new pg.Client({ host, port, user, password, database: 'zhenghe' })
  await intruder.connect()
  await intruder.query(`set session_replication_role = replica`)
  await intruder.query(
    `select kernel.append_ledger(now(), gen_random_uuid(), 'x', 'done', '{}', '{"actor":{"id":"x"},"at":"x","endpoint":"x","outcome":"done"}')`,
  )
  await intruder.query(`update kernel.ledger set body = '{"changed":1}' where endpoint = 'x'`)
  await intruder.end()
  await stop()
  const changed = verify()
  expect(changed.stdout).toMatch(/changed: line \d+ of chain \d+/)
  expect(changed.status).toBe(1)
})

test('a database that goes away while the platform serves is started again; meanwhile people are told to try again', async () => {
  const platform = await begin()
  await ready(platform)
  process.kill(databasePid(), 'SIGKILL')
  const answers = new Set<number>()
  for (let served = false; !served; ) {
    const answer = await fetch(`${platform.address}/api/identity/first-run`)
    answers.add(answer.status)
    served = answer.status === 200 && answers.size > 1
    if (answer.status === 200 && existsSync(path.join(home, 'platform-db', 'data', 'postmaster.pid')) && answers.size === 1) await pause(5)
  }
  expect([...answers].sort(), platform.out()).toEqual([200, 503])
  platform.child.kill('SIGTERM')
  await ended(platform.child)
})

test('a configuration that is not usable stops the start with a sentence; so do keys that others can read', async () => {
  const wrong = await begin({ DATABASE_URL: 'mysql://somewhere' })
  await ended(wrong.child)
  expect(wrong.child.exitCode).toBe(1)
  expect(wrong.out()).toContain('DATABASE_URL')
  const keys = path.join(home, 'platform-keys.json')
  chmodSync(keys, 0o644)
  const open = await begin()
  await ended(open.child)
  expect(open.out()).toContain('can be read by others')
  chmodSync(keys, 0o600)
  const stored = JSON.parse(readFileSync(keys, 'utf8')) as { secret: string; seal: string }
  writeFileSync(keys, JSON.stringify({ ...stored, secret: Buffer.alloc(32, 1).toString('base64url') }), { mode: 0o600 })
  const weak = await begin()
  await ended(weak.child)
  expect(weak.out()).toContain('too weak')
})
