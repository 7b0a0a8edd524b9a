/**
 * kill -9 at random moments, while a load runs and two captures follow a table that is written to: of the sending node, the receiving node, either database, the platform, the
 * platform while it relays the load, or NATS. Loads go straight, over NATS or by the relay, the captures straight and over NATS. The victim is started again at once; the round ends
 * when the load is done and balanced and both captures have caught up, and is exact if all tables then hold the source's rows, masked. `--quick`: 14 kills. `--kills`, `--seed`.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { lsnOf } from '@zhenghe/exchange-node/capture/postgres/replication.ts'
import { type Office, openOffice } from './kill/office.ts'
import { type Receiver, Scene, type Victim } from './kill/scene.ts'
import { machine, report } from './measure/line.ts'

const KILLS = 100
const QUICK_KILLS = 14
const ROWS = 20_000
/** Within which the victim dies: a load takes about as long. */
const MOMENTS_MS = 1500
const LONGEST_MS = 60_000
const LOOK_MS = 40
/** Transactions that are written during a round. */
const STEPS = 30
const VICTIMS = ['sending node', 'receiving node', 'source database', 'target database', 'platform', 'relay', 'NATS'] as const
type Name = (typeof VICTIMS)[number]
type Round = {
  round: number
  victim: Name
  route: Receiver
  afterMs: number
  seconds: number
  /** seconds from the order of the load, to when all is there again */
  revived: number
  loaded: number
  caughtUp: number
  interrupted: boolean
  exact: boolean
  wrong?: string[]
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { quick: { type: 'boolean' }, kills: { type: 'string' }, seed: { type: 'string' } } })
  const kills = Number(values.kills ?? (values.quick ? QUICK_KILLS : KILLS))
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-bench-kill-'))
  fs.chmodSync(home, 0o755)
  const done: Round[] = []
  const scene = await Scene.open(home)
  const interrupt = () => void scene.end().finally(() => process.exit(1))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)
  try {
    await scene.query('source', SOURCE)
    const office = await openOffice(scene)
    const draw = drawn(seed)
    for (let round = 1; round <= kills; round++) {
      done.push(await killOnce(scene, office, round, draw))
      const { exact: pass, ...told } = done.at(-1)!
      console.log(JSON.stringify({ row: 'kill -9, one round', pass, ...told, seed, machine: machine() }))
    }
    await office.close()
  } finally {
    await scene.end()
    fs.rmSync(home, { recursive: true, force: true })
  }
  const exact = done.filter((one) => one.exact).length
  const line = {
    row: 'kill -9',
    target: kills,
    stretch: null,
    ours: exact,
    peer: null,
    ratio: null,
    pass: exact === kills,
    rounds: kills,
    quick: kills < KILLS,
  }
  const of = Object.fromEntries(VICTIMS.map((name) => [name, done.filter(({ victim }) => victim === name).length]))
  report('kill', [{ ...line, kills, exact, interrupted: done.filter((one) => one.interrupted).length, victims: of, seed }], done)
}

const SOURCE = `create table register (k text primary key, name text, long text, n int8);
  insert into register select md5(g::text), '企业' || g, null, g from generate_series(1, ${ROWS}) g;
  create table followed (k text primary key, name text, long text, n int8); alter table followed alter column long set storage external;
  insert into followed select 'k' || g, '企业' || g, case when g % 50 = 0 then repeat('长' || g, 900) end, g from generate_series(1, 5000) g; analyze; select 1`

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function drawn(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

async function killOnce(scene: Scene, office: Office, round: number, draw: () => number): Promise<Round> {
  const began = performance.now()
  const victim = VICTIMS[Math.floor(draw() * VICTIMS.length)]!
  const route = routeOf(victim, draw)
  const afterMs = Math.round(draw() * MOMENTS_MS)
  await scene.query('source', `update register set n = n + 1 where n % 37 = ${round % 37}; select 1`)
  const writer = writing(scene, round)
  const load = await office.deliver(route)
  await pause(afterMs)
  const interrupted = (await office.ended(load)) === undefined
  await scene.kill(processOf(victim, route))
  await scene.revive(processOf(victim, route))
  const revivedAt = performance.now()
  await writer.stop()
  const deadline = performance.now() + LONGEST_MS
  while (!(await office.ended(load))) await lookAgain(deadline, scene, `${victim}: the load does not end`)
  const loadedAt = performance.now()
  const mark = await marked(scene)
  const caughtUpBy = performance.now() + LONGEST_MS
  for (const delivery of office.captures.values())
    while (lsnOf(await positionOf(scene, delivery)) < lsnOf(mark)) await lookAgain(caughtUpBy, scene, `${victim}: a capture does not catch up`)
  const caughtAt = performance.now()
  const wrong = await differing(scene, route, [...office.captures.keys()])
  const seconds = secondsFrom(began, performance.now())
  return {
    round,
    victim,
    route,
    afterMs,
    seconds,
    revived: secondsFrom(began, revivedAt),
    loaded: secondsFrom(began, loadedAt),
    caughtUp: secondsFrom(began, caughtAt),
    interrupted,
    exact: wrong.length === 0,
    ...(wrong.length > 0 ? { wrong } : {}),
  }
}

const secondsFrom = (began: number, at: number): number => Number(((at - began) / 1000).toFixed(1))

/** A relay that is killed carries the load, and so does NATS. */
function routeOf(victim: Name, draw: () => number): Receiver {
  if (victim === 'relay') return 'plain'
  if (victim === 'NATS') return 'far'
  return draw() < 0.5 ? 'near' : 'far'
}

function processOf(victim: Name, route: Receiver): Victim {
  if (victim === 'sending node') return 'sender'
  if (victim === 'receiving node') return route
  return victim === 'relay' ? 'platform' : victim
}

async function lookAgain(deadline: number, scene: Scene, what: string): Promise<void> {
  if (performance.now() > deadline) {
    const said = [...scene.log].map(([name, lines]) => `--- ${name}\n${lines.join('').split('\n').slice(-15).join('\n')}`)
    throw new Error(`${what}\n${said.join('\n')}`)
  }
  await pause(LOOK_MS)
}

/** Transactions of all kinds, some with a value that does not stand in the log when another changes, through the end of the source, until it is told to stop. */
function writing(scene: Scene, round: number): { stop(): Promise<void> } {
  let busy = true
  const work = (async () => {
    for (let step = 0; busy && step < STEPS; step++, await pause(LOOK_MS))
      await scene
        .query(
          'source',
          `begin; update followed set n = n + 1 where n % 17 = ${step % 17}; delete from followed where n % 101 = ${(round * 7 + step) % 101};
           insert into followed select 'r${round}/${step}/' || g, 'new', repeat('x' || g, 900), g from generate_series(1, 60) g; commit;
           update followed set name = 'r${round}' where n % 211 = ${step % 211}; update followed set k = k || '.' where n % 307 = ${(round + step) % 307} and length(k) < 30; select 1`,
        )
        .catch(() => pause(LOOK_MS))
  })()
  return {
    stop: () => {
      busy = false
      return work
    },
  }
}

async function marked(scene: Scene): Promise<string> {
  return (await scene.query<{ at: string }>('source', `select pg_logical_emit_message(true, 'bench', '')::text as at`))[0]!.at
}

async function positionOf(scene: Scene, delivery: string): Promise<string> {
  const [row] = await scene
    .query<{ position: string }>(
      'target',
      `select c.position from zhenghe_exchange.capture c join zhenghe_exchange.delivery d on d.id = c.delivery where c.delivery = '${delivery}' and d.receipt is not null`,
    )
    .catch(() => [])
  return row?.position ?? '0/0'
}

/** The names of the tables that are not what they should be: count and sum of hashes of all rows. */
async function differing(scene: Scene, route: Receiver, followers: readonly Receiver[]): Promise<string[]> {
  const sum = (row: string, table: string) =>
    `select count(*)::text as rows, count(distinct k)::text as keys, sum(hash_record_extended(row(${row}), 0))::text as hashes from ${table}`
  const wrong: string[] = []
  const compare = async (there: string, here: string) => {
    const [source, target] = await Promise.all([
      scene.query('source', sum(`k, left(name, 1) || '**', long, n`, there)),
      scene.query('target', sum('k, name, long, n::int8', here)),
    ])
    if (JSON.stringify(source) !== JSON.stringify(target)) wrong.push(`${here}: ${JSON.stringify(target)} instead of ${JSON.stringify(source)}`)
  }
  await compare('register', `load_${route}`)
  for (const receiver of followers) await compare('followed', `followed_${receiver}`)
  return wrong
}
