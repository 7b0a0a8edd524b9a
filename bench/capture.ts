/**
 * Change capture from one PostgreSQL to another against native logical replication, both in one run, interleaved. Throughput: the same changes wait for both, then each
 * catches up alone. Latency, of ours alone: a writer at a fixed rate, from the clock in the row to the commit at the target, by the target's own commit times (native
 * replication writes the source's commit times there, so they say nothing of it). One line of JSON a row.
 * `--quick`: fewer changes, 3 rounds.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { arrived, native, type Site, type Way, zhenghe } from './capture/ways.ts'
import { startCluster, stopCluster } from './exchange/clusters.ts'
import { DDL, fillRegister } from './exchange/register.ts'
import { median, round } from './measure/figures.ts'
import { type Line, report } from './measure/line.ts'

const TARGET_RATIO = 1.25
const STRETCH_RATIO = 1.6
const LATENCIES = [
  { rate: 1000, a: 1, p99: 60, stretch: 25 },
  { rate: 10_000, a: 10, p99: 200, stretch: 80 },
] as const
const TICKS_A_SECOND = 200
/** As many as a department's system has sessions; one alone waits for the disk at every commit. */
const WRITERS = 4
const MARK = 'the end of the changes'

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, rows: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' } },
  })
  const rows = Number(values.rows ?? (values.quick ? 100_000 : 300_000))
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5))
  const seconds = Number(values.seconds ?? (values.quick ? 5 : 10))
  const home = path.join(os.tmpdir(), 'zhenghe-bench-capture')
  fs.rmSync(home, { recursive: true, force: true })
  const site = { source: await startCluster(path.join(home, 'source')), target: await startCluster(path.join(home, 'target')) }
  try {
    await prepare(site, rows)
    const ways = [zhenghe(site), native(site)]
    for (const way of ways) await way.begin()
    const results = [...(await throughput(site, ways, rows, rounds)), ...(await latency(site, ways[0]!, ways[1]!, seconds, values.quick ? 2 : 3))]
    for (const way of ways) await way.drop()
    report(
      'capture',
      results.map((line) => ({ ...line, quick: values.quick ?? false })),
      { rows, rounds, seconds },
    )
  } finally {
    await stopCluster(site.source)
    await stopCluster(site.target)
    fs.rmSync(home, { recursive: true, force: true })
  }
}

async function prepare({ source, target }: Site, rows: number): Promise<void> {
  console.log(`filling the register with ${rows.toLocaleString('en')} rows …`)
  await source.client.query(DDL('entity', false))
  await fillRegister(source.client as never, 'entity', rows)
  await source.client.query('alter table entity add primary key (uscc)')
  await source.client.query('vacuum analyze entity')
  await target.client.query(DDL('entity', true))
}

/** Every row once, in transactions of a thousand; then a row that says it is all. */
async function change({ source }: Site, round: number): Promise<string> {
  await source.client.query('create temp table if not exists orders as select uscc, (row_number() over (order by md5(uscc)) - 1) / 1000 as part from entity')
  const { rows } = await source.client.query<{ parts: number }>('select max(part)::int + 1 as parts from orders')
  for (let part = 0; part < rows[0]!.parts; part++)
    await source.client.query(
      `update entity e set address = '街道' || ${round} || '-' || ${part}, updated_at = clock_timestamp() from orders o where o.uscc = e.uscc and o.part = ${part}`,
    )
  const mark = `${MARK} ${round}`
  await source.client.query('update entity set name = $1 where uscc = (select min(uscc) from entity)', [mark])
  return mark
}

async function throughput(site: Site, ways: readonly Way[], rows: number, rounds: number): Promise<Line[]> {
  const { rows: first } = await site.source.client.query<{ key: string }>('select min(uscc) as key from entity')
  const key = first[0]!.key
  const rates = new Map<Way, number[]>(ways.map((way) => [way, []]))
  for (let turn = 0; turn <= rounds; turn++) {
    for (const way of ways) await way.stop()
    const mark = await change(site, turn)
    for (const cluster of [site.source, site.target]) await cluster.client.query('checkpoint')
    for (const way of turn % 2 ? [...ways].reverse() : ways) {
      const began = performance.now()
      await way.resume()
      await arrived(site, way.table, key, mark)
      const took = (performance.now() - began) / 1000
      if (turn > 0) rates.get(way)!.push(rows / took)
      console.log(
        `${turn === 0 ? 'warm-up' : `round ${turn}`}  ${way.name.padEnd(28)} ${took.toFixed(2)} s  ${Math.round(rows / took)} changes/s  load ${os.loadavg()[0]!.toFixed(1)}`,
      )
      await way.stop()
    }
    await same(site)
    for (const way of ways) await way.resume()
  }
  const [ours, theirs] = ways.map((way) => rates.get(way)!) as [number[], number[]]
  const ratio = median(ours.map((rate, at) => rate / theirs[at]!))
  return [
    {
      ...{ row: 'change capture: apply', target: TARGET_RATIO, stretch: STRETCH_RATIO, ours: Math.round(median(ours)), unit: 'changes/s', peer: ways[1]!.name },
      ...{ ratio: round(ratio), pass: ratio >= TARGET_RATIO, rounds, quick: false, theirs: Math.round(median(theirs)) },
      runs: { ours: ours.map(Math.round), theirs: theirs.map(Math.round) },
    },
  ]
}

/** What both have made of the changes is what stands at the source, but for masks. */
async function same({ source, target }: Site): Promise<void> {
  const sum = (table: string) =>
    `select count(*)::int as rows, sum(hash_record_extended(row(uscc, name, address, reg_capital, status, updated_at), 0))::text as hash from ${table}`
  const [here, ...there] = await Promise.all([source.client.query(sum('entity')), target.client.query(sum('captured')), target.client.query(sum('entity'))])
  for (const { rows } of there)
    if (JSON.stringify(rows) !== JSON.stringify(here.rows)) throw new Error(`the target differs: ${JSON.stringify([here.rows, rows])}`)
}

/** The other way rests meanwhile. */
async function latency(site: Site, way: Way, other: Way, seconds: number, rounds: number): Promise<Line[]> {
  const results: Line[] = []
  await other.stop()
  for (const { rate, a, p99, stretch } of LATENCIES) {
    const runs: Measured[] = []
    for (let turn = 0; turn < rounds; turn++) runs.push(await write(site, way, { rate, a, seconds, mark: `${MARK} ${rate} ${turn}` }))
    const of = (pick: (run: Measured) => number) => median(runs.map(pick))
    const reached = of((run) => run.reached)
    const figure = of((run) => run.p99)
    results.push({
      ...{ row: `change capture: p99 at ${rate} rows/s`, target: p99, stretch, ours: figure, unit: 'ms', peer: null, ratio: null, rounds, quick: false },
      ...{ pass: figure <= p99 && reached >= 0.9 * rate, p50: of((run) => run.p50), reached: Math.round(reached), runs },
    })
  }
  await other.resume()
  return results
}

/** Milliseconds; `reached` is how many rows a second the writer came to. */
type Measured = { p50: number; p99: number; reached: number }
type Writing = { rate: number; a: number; seconds: number; mark: string }

/** Milliseconds from the clock in a row to its commit at the target: half of all, and all but a hundredth. */
async function write(site: Site, way: Way, { rate, a, seconds, mark }: Writing): Promise<Measured> {
  const writers = Array.from({ length: WRITERS }, () => new pg.Client(site.source.address))
  for (const writer of writers) await writer.connect()
  const [writer] = writers as [pg.Client]
  const { rows } = await writer.query<{ uscc: string }>('select uscc from entity order by md5(uscc)')
  const keys = rows.map(({ uscc }) => uscc)
  const { rows: began } = await writer.query<{ at: string }>('select clock_timestamp()::text as at')
  const from = performance.now()
  const share = keys.length / WRITERS
  const written = await Promise.all(
    writers.map((one, at) => paced(one, keys.slice(Math.round(at * share), Math.round((at + 1) * share)), { rate: rate / WRITERS, a, seconds })),
  )
  const reached = written.reduce((sum, rows) => sum + rows, 0) / ((performance.now() - from) / 1000)
  await writer.query('update entity set name = $1 where uscc = (select min(uscc) from entity)', [mark])
  await arrived(site, way.table, keys.toSorted()[0]!, mark)
  for (const one of writers) await one.end()
  const { rows: told } = await site.target.client.query<{ p50: number; p99: number; n: number }>(
    `select percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.99) within group (order by ms) as p99, count(*)::int as n
     from (select extract(epoch from pg_xact_commit_timestamp(xmin) - updated_at) * 1000 as ms from ${way.table} where updated_at > $1) rows`,
    [began[0]!.at],
  )
  const { p50, p99, n } = told[0]!
  console.log(
    `${way.name.padEnd(28)} ${Math.round(reached)} rows/s  p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms  ${n} rows  load ${os.loadavg()[0]!.toFixed(1)}`,
  )
  return { p50: Number(p50.toFixed(1)), p99: Number(p99.toFixed(1)), reached }
}

/** One of those who write: transactions of `a` rows, `rate` rows a second; answers how many rows. */
async function paced(writer: pg.Client, keys: readonly string[], { rate, a, seconds }: Omit<Writing, 'mark'>): Promise<number> {
  const from = performance.now()
  let written = 0
  for (let tick = 0; tick < seconds * TICKS_A_SECOND; tick++) {
    const due = Math.round(((tick + 1) * rate) / TICKS_A_SECOND / a)
    for (; written < due; written++) {
      const chosen = Array.from({ length: a }, (_, at) => keys[(written * a + at) % keys.length]!)
      await writer.query({
        name: 'w',
        text: 'update entity set status = (status + 1) % 100, updated_at = clock_timestamp() where uscc = any($1)',
        values: [chosen],
      })
    }
    const wait = from + ((tick + 1) * 1000) / TICKS_A_SECOND - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
  }
  return written * a
}
