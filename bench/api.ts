/**
 * Requests a second and p99 of a typical query and a typical command over HTTP, session, rights, validation, transaction and ledger line
 * included, against the same statement alone run by pgbench on the same database with as many clients.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import pg from 'pg'

const CLIENTS = 8
const SECONDS = 6
const ROUNDS = 3
const root = path.resolve(import.meta.dirname, '..')

type Run = { perSecond: number; p99: number }
type Case = { name: string; request: (agent: http.Agent) => Promise<void>; statement: string }

/** `--quick` for one short round. */
export async function run(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick')
  const home = mkdtempSync(path.join(os.tmpdir(), 'zh-bench-api-'))
  execFileSync('chmod', ['711', home])
  const database = await startPostgres({ dir: path.join(home, 'db') })
  try {
    await ensureDatabase(database)
    const platform = await startServer(home, database)
    try {
      const results = await measure(casesOf(platform), database, home, quick)
      report(results)
    } finally {
      await platform.stop()
    }
  } finally {
    await database.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

const OWNER = 'zhenghe_platform'

async function ensureDatabase(server: Postgres): Promise<void> {
  const admin = new pg.Client({ host: server.host, port: server.port, user: server.user, password: server.password, database: 'postgres' })
  await admin.connect()
  await admin.query(`create role ${OWNER} login password ${admin.escapeLiteral(server.password)}`)
  await admin.query(`create database zhenghe owner ${OWNER}`)
  await admin.end()
}

type Server = { address: string; cookie: string; unit: string; stop: () => Promise<void> }

/** The platform in a process of its own, with one signed-in administrator. */
async function startServer(home: string, database: Postgres): Promise<Server> {
  const child = spawn(process.execPath, [path.join(root, 'run.mjs'), path.join(root, 'bench', 'api.server.ts')], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ZHENGHE_DATA: home,
      ZHENGHE_PORT: '0',
      ZHENGHE_LOG: 'error',
      DATABASE_URL: `postgres://${OWNER}:${encodeURIComponent(database.password)}@127.0.0.1:${database.port}/zhenghe`,
    },
  })
  const told = await new Promise<{ address: string; cookie: string; unit: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { address: string; cookie: string; unit: string }))
    child.once('exit', (code) => reject(new Error(`the platform ended: ${code}`)))
  })
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.kill('SIGTERM')
    })
  return { ...told, stop }
}

function casesOf({ address, cookie, unit }: Server): Case[] {
  let n = 0
  return [
    {
      name: 'query: a unit by its id',
      request: (agent) => call(agent, `${address}/api/organizations/units/batch?ids=${unit}`, { cookie }),
      statement: `select id, uscc, name, short_name, kind, division, parent, closed_on from organizations.unit where id = '${unit}';`,
    },
    {
      name: 'command: give a unit a duty',
      request: (agent) =>
        call(agent, `${address}/api/organizations/duties`, { cookie }, { code: `D${process.pid}-${n++}`, name: '职责', basis: '三定规定', unit }),
      statement: `begin; insert into organizations.duty (code, name, basis) values (gen_random_uuid()::text, '职责', '三定规定'); end;`,
    },
  ]
}

function call(agent: http.Agent, address: string, headers: Record<string, string>, body?: object): Promise<void> {
  const text = body ? JSON.stringify(body) : undefined
  return new Promise((resolve, reject) => {
    const request = http.request(
      address,
      {
        agent,
        method: text ? 'POST' : 'GET',
        headers: { ...headers, ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}) },
      },
      (response) => {
        response.resume()
        response.once('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`${address} answered ${response.statusCode}`))))
      },
    )
    request.once('error', reject)
    request.end(text)
  })
}

async function measure(cases: readonly Case[], database: Postgres, home: string, quick: boolean) {
  const seconds = quick ? 2 : SECONDS
  const rounds = Array.from({ length: quick ? 1 : ROUNDS })
  const results: { name: string; ours: Run[]; peer: Run[] }[] = cases.map(({ name }) => ({ name, ours: [], peer: [] }))
  for (const _ of rounds) {
    for (const [index, one] of cases.entries()) {
      results[index]?.ours.push(await load(one, seconds))
      results[index]?.peer.push(pgbench(one.statement, database, home, seconds))
    }
  }
  return results
}

async function load({ request }: Case, seconds: number): Promise<Run> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS })
  const times: number[] = []
  const until = performance.now() + seconds * 1000
  const worker = async () => {
    while (performance.now() < until) {
      const began = performance.now()
      await request(agent)
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, worker))
  agent.destroy()
  times.sort((a, b) => a - b)
  return { perSecond: times.length / seconds, p99: times[Math.floor(times.length * 0.99)] ?? 0 }
}

/** The statement alone: no session, no rights, no validation, no ledger line. */
function pgbench(statement: string, server: Postgres, home: string, seconds: number): Run {
  const script = path.join(home, 'statement.sql')
  const logs = path.join(home, 'pgbench')
  writeFileSync(script, statement)
  const words = [
    '-h',
    server.host,
    '-p',
    String(server.port),
    '-U',
    OWNER,
    '-n',
    '-M',
    'prepared',
    '-c',
    String(CLIENTS),
    '-j',
    '1',
    '-T',
    String(seconds),
    '-f',
    script,
    '-l',
    '--log-prefix',
    logs,
    'zhenghe',
  ]
  const out = execFileSync('pgbench', words, { encoding: 'utf8', env: { ...process.env, PGPASSWORD: server.password }, stdio: ['ignore', 'pipe', 'ignore'] })
  const perSecond = Number(/tps = ([\d.]+)/.exec(out)?.[1])
  const log = execFileSync('sh', ['-c', `cat ${logs}.*; rm -f ${logs}.*`], { encoding: 'utf8', maxBuffer: 1 << 28 })
  const times = log
    .split('\n')
    .filter(Boolean)
    .map((line) => Number(line.split(' ')[2]) / 1000)
    .sort((a, b) => a - b)
  return { perSecond, p99: times[Math.floor(times.length * 0.99)] ?? 0 }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

function report(results: readonly { name: string; ours: Run[]; peer: Run[] }[]): void {
  const rows = results.map(({ name, ours, peer }) => ({
    name,
    'ours/s': Math.round(median(ours.map((one) => one.perSecond))),
    'ours p99 ms': Number(median(ours.map((one) => one.p99)).toFixed(1)),
    'pgbench/s': Math.round(median(peer.map((one) => one.perSecond))),
    'pgbench p99 ms': Number(median(peer.map((one) => one.p99)).toFixed(1)),
    ratio: Number((median(ours.map((one) => one.perSecond)) / median(peer.map((one) => one.perSecond))).toFixed(3)),
  }))
  console.table(rows)
  console.log(JSON.stringify({ bench: 'api', clients: CLIENTS, cases: rows, load: os.loadavg()[0], ok: rows.every((row) => row['ours p99 ms'] < 250) }))
}
