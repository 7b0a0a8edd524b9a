/**
 * Calls a second through the gateway — signature, grant, quota, rate and ledger on — against nginx's bare proxy_pass to the same upstream, in
 * the same run, interleaved, by wrk with the same requests. Needs nginx and wrk on the machine; everything stays on 127.0.0.1.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { signingText } from '@zhenghe/server/data/gateway/call.rules.ts'
import { freePort, type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import pg from 'pg'
import { median, round } from './measure/figures.ts'
import { report } from './measure/line.ts'

const TARGET = 0.3
const STRETCH = 0.45
const CONNECTIONS = 32
const BODY_BYTES = 775
/** More than either can serve in a second, so that no request comes twice. */
const MOST_A_SECOND = 30_000
const OWNER = 'zhenghe_platform'
const root = path.resolve(import.meta.dirname, '..')

type Platform = { address: string; key: string; secret: string; target: string; stop: () => Promise<void>; pid: number }
type Run = { perSecond: number; p99Ms: number; others: number; cpuMicroseconds: number }
type Side = 'ours' | 'nginx'

/** `--quick`: five short pairs. */
export async function run(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick')
  const [pairs, seconds] = quick ? [5, 2] : [7, 4]
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-bench-gateway-'))
  fs.chmodSync(home, 0o711)
  const ends: (() => unknown)[] = []
  try {
    const [upstreamPort, proxyPort] = [await freePort(), await freePort()]
    const nginx = startNginx(home, upstreamPort, proxyPort)
    ends.push(() => nginx.kill('SIGTERM'))
    const database = await startPostgres({ dir: path.join(home, 'db') })
    ends.push(() => database.stop())
    const platform = await startPlatform(home, database, `http://127.0.0.1:${upstreamPort}`)
    ends.push(() => platform.stop())
    const runs: Record<Side, Run[]> = { ours: [], nginx: [] }
    for (let pair = 0; pair <= pairs; pair++) {
      for (const side of ['ours', 'nginx'] as const) {
        const measured = await load(
          home,
          platform,
          side === 'ours' ? platform.address : `http://127.0.0.1:${proxyPort}`,
          seconds,
          side === 'ours' ? platform.pid : 0,
        )
        if (pair > 0) runs[side].push(measured)
        console.log(
          `${pair === 0 ? 'warm-up' : `pair ${pair}`}  ${side.padEnd(5)} ${Math.round(measured.perSecond)} req/s  p99 ${measured.p99Ms} ms  not 200: ${measured.others}`,
        )
      }
    }
    tell(runs, await ledgerOf(database), { pairs, seconds, quick })
  } finally {
    for (const end of ends.reverse()) await end()
    fs.rmSync(home, { recursive: true, force: true })
  }
}

/** One nginx, two servers: the upstream that answers a constant, and the proxy before it, one worker each way as it comes. */
function startNginx(home: string, upstream: number, proxy: number) {
  const file = path.join(home, 'nginx.conf')
  fs.writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${home}/nginx.pid; error_log ${home}/nginx.log; events { worker_connections 1024; }
http { access_log off; keepalive_requests 100000000; client_body_temp_path ${home}/b; proxy_temp_path ${home}/p; fastcgi_temp_path ${home}/f; uwsgi_temp_path ${home}/u; scgi_temp_path ${home}/s;
  upstream up { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 100000000; }
  server { listen 127.0.0.1:${upstream}; location / { default_type application/json; return 200 '{"filler":"${'x'.repeat(BODY_BYTES - 13)}"}'; } }
  server { listen 127.0.0.1:${proxy}; location / { proxy_http_version 1.1; proxy_set_header Connection ''; proxy_pass http://up; } } }`,
  )
  return spawn('nginx', ['-c', file, '-p', home], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } })
}

async function startPlatform(home: string, database: Postgres, upstream: string): Promise<Platform> {
  const admin = new pg.Client({ host: database.host, port: database.port, user: database.user, password: database.password, database: 'postgres' })
  await admin.connect()
  await admin.query(`create role ${OWNER} login password ${admin.escapeLiteral(database.password)}`)
  await admin.query(`create database zhenghe owner ${OWNER}`)
  await admin.end()
  const child = spawn(process.execPath, [path.join(root, 'run.mjs'), path.join(root, 'bench', 'gateway', 'server.ts'), upstream], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...{ ZHENGHE_DATA: home, ZHENGHE_PORT: '0', ZHENGHE_LOG: 'error' },
      DATABASE_URL: `postgres://${OWNER}:${encodeURIComponent(database.password)}@127.0.0.1:${database.port}/zhenghe`,
    },
  })
  const told = await new Promise<Omit<Platform, 'stop' | 'pid'>>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Omit<Platform, 'stop' | 'pid'>))
    child.once('exit', (code) => reject(new Error(`the platform ended: ${code}`)))
  })
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.kill('SIGTERM')
    })
  return { ...told, stop, pid: child.pid ?? 0 }
}

/** wrk for some seconds with requests signed beforehand, each once. */
async function load(home: string, platform: Platform, address: string, seconds: number, pid: number): Promise<Run> {
  const file = path.join(home, 'requests')
  fs.writeFileSync(file, signed(platform, seconds * MOST_A_SECOND))
  const script = path.join(home, 'wrk.lua')
  fs.writeFileSync(script, lua(file, platform))
  await pause(200)
  const before = cpuOf(pid)
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', '--timeout', '5s', '-s', script, address]
  const out = execFileSync('wrk', args, { encoding: 'utf8', timeout: (seconds + 20) * 1000 })
  const requests = Number(/(\d+) requests in/.exec(out)?.[1])
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1]),
    p99Ms: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(out)),
    others: Number(/Non-2xx or 3xx responses: (\d+)/.exec(out)?.[1] ?? 0),
    cpuMicroseconds: pid ? Math.round(((cpuOf(pid) - before) * 1e6) / requests) : 0,
  }
}

function milliseconds(found: RegExpExecArray | null): number {
  const unit = { us: 0.001, ms: 1, s: 1000 }[found?.[2] ?? 'ms'] ?? 1
  return Number((Number(found?.[1]) * unit).toFixed(2))
}

function signed({ key, secret, target }: Platform, count: number): string {
  const bodyDigest = createHash('sha256').digest('hex')
  const lines: string[] = []
  const time = String(Date.now())
  for (let n = 0; n < count; n++) {
    const nonce = randomBytes(12).toString('hex')
    const signature = createHmac('sha256', secret)
      .update(signingText({ method: 'GET', target, key, time, nonce, bodyDigest }))
      .digest('base64url')
    lines.push(`${time} ${nonce} ${signature}`)
  }
  return lines.join('\n')
}

const lua = (file: string, { key, target }: Platform): string => `
local all, at = {}, 0
function init()
  for line in io.lines("${file}") do
    local time, nonce, signature = line:match("(%S+) (%S+) (%S+)")
    all[#all + 1] = "GET ${target} HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nzhenghe-key: ${key}\\r\\nzhenghe-time: " .. time .. "\\r\\nzhenghe-nonce: " .. nonce .. "\\r\\nzhenghe-signature: " .. signature .. "\\r\\n\\r\\n"
  end
end
function request()
  at = at + 1
  return all[at] or all[#all]
end
`

/** Processor seconds a process has used, of Linux's clock ticks of 10 ms. */
function cpuOf(pid: number): number {
  if (!pid || !fs.existsSync(`/proc/${pid}/stat`)) return 0
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** What the ledger of calls holds afterwards. */
async function ledgerOf({ host, port, user, password }: Postgres): Promise<number> {
  await pause(500)
  const client = new pg.Client({ host, port, user, password, database: 'zhenghe' })
  await client.connect()
  const { rows } = await client.query<{ n: string }>('select coalesce(sum(calls), 0) as n from gateway.call_batch')
  await client.end()
  return Number(rows[0]?.n)
}

type Settings = { pairs: number; seconds: number; quick: boolean }

function tell(runs: Record<Side, Run[]>, lines: number, { pairs, seconds, quick }: Settings): void {
  const ratios = runs.ours.map((ours, at) => ours.perSecond / runs.nginx[at]!.perSecond)
  const row = (side: Side) => ({
    side,
    'req/s': Math.round(median(runs[side].map(({ perSecond }) => perSecond))),
    'p99 ms': median(runs[side].map(({ p99Ms }) => p99Ms)),
    'not 200': runs[side].reduce((sum, { others }) => sum + others, 0),
    'CPU µs a request': median(runs[side].map(({ cpuMicroseconds }) => cpuMicroseconds)) || '',
  })
  console.table([row('ours'), row('nginx')])
  const ratio = round(median(ratios))
  const clean = runs.ours.every(({ others }) => others === 0)
  report(
    'gateway',
    [
      {
        ...{ row: 'gateway: key, quota and ledger on', target: TARGET, stretch: STRETCH, ours: row('ours')['req/s'], unit: 'req/s', peer: 'nginx proxy_pass' },
        ...{
          ratio,
          pass: ratio >= TARGET && clean,
          rounds: pairs,
          quick,
          seconds,
          connections: CONNECTIONS,
          lines,
          sides: { ours: row('ours'), nginx: row('nginx') },
        },
      },
    ],
    { ratios, runs },
  )
}
