/**
 * The whole load of a register from one PostgreSQL to another, against the plainest pipe there is (L). The two nodes run through all rounds, as
 * they do beside a database; L is two new processes each time. `--quick`: 300,000 rows, 3 rounds.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Case, type Measured, naive, ours, pipe, type Site, sortedPipe } from './exchange/cases.ts'
import { startCluster, stopCluster } from './exchange/clusters.ts'
import { prepare } from './exchange/prepare.ts'
import { initialCopy } from './exchange/replication.ts'

const ALL = [pipe, sortedPipe, initialCopy, ours, naive]
const TARGET = 1.3
const TARGETS: Readonly<Record<string, number>> = { [pipe.name]: TARGET, [sortedPipe.name]: 0.9, [initialCopy.name]: 1.35, [naive.name]: 10 }

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, rows: { type: 'string' }, rounds: { type: 'string' }, connections: { type: 'string' }, only: { type: 'string' } },
  })
  const rows = Number(values.rows ?? (values.quick ? 300_000 : 1_000_000))
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5))
  if (spawnSync('psql', ['--version']).status !== 0) throw new Error('L is measured with psql, which is not installed: apt-get install postgresql-client')
  const cases = ALL.filter(({ name }) => !values.only || name.includes(values.only) || name === pipe.name)
  const home = path.join(os.tmpdir(), 'zhenghe-bench')
  const workers: Site['workers'] = new Map()
  const source = await startCluster(path.join(home, 'source'))
  const target = await startCluster(path.join(home, 'target'))
  try {
    const site: Site = { source, target, rows, connections: Number(values.connections ?? 2), workers }
    await prepare(site)
    const results = await rounded(cases, rounds, site)
    report(results, rows, rounds)
  } finally {
    for (const worker of workers.values()) worker.end()
    await stopCluster(source)
    await stopCluster(target)
  }
}

type Results = Map<Case, Measured[]>

/** Interleaved: A B C, A B C, …; one round before that is not counted. */
async function rounded(cases: readonly Case[], rounds: number, site: Site): Promise<Results> {
  const results: Results = new Map(cases.map((one) => [one, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const one of cases) {
      const measured = await one.run(site)
      if (round > 0) results.get(one)!.push(measured)
      console.log(`${round === 0 ? 'warm-up' : `round ${round}`}  ${one.name.padEnd(38)} ${measured.seconds.toFixed(2)} s  load ${os.loadavg()[0]!.toFixed(1)}`)
    }
  }
  return results
}

function report(results: Results, rows: number, rounds: number): void {
  const pipes = results.get(pipe)!
  const rate = ({ rows: moved, seconds }: Measured) => moved / seconds
  const table = [...results].map(([{ name }, runs]) => {
    const per = (pick: (run: Measured) => number) => median(runs.map((run) => (pick(run) * 1e6) / run.rows)).toFixed(2)
    return {
      way: name,
      's median (min-max)': `${median(runs.map(({ seconds }) => seconds)).toFixed(2)} (${Math.min(...runs.map(({ seconds }) => seconds)).toFixed(2)}-${Math.max(...runs.map(({ seconds }) => seconds)).toFixed(2)})`,
      'rows/s': Math.round(median(runs.map(rate))),
      'CPU s per 1 M rows, source/target/between': `${per(({ cpu }) => cpu.source)} / ${per(({ cpu }) => cpu.target)} / ${per(({ cpu }) => cpu.client)}`,
      'ratio to L': Number(median(runs.map((run, at) => rate(run) / rate(pipes[at]!))).toFixed(2)),
      'peak MiB of a node': Math.round(Math.max(0, ...runs.map(({ peakMiB }) => peakMiB ?? 0))) || '',
    }
  })
  console.table(table)
  const against = Object.fromEntries([...results].flatMap(([peer, runs]) => (peer === ours ? [] : [[peer.name, ratioTo(results.get(ours)!, runs)]])))
  for (const [peer, ratio] of Object.entries(against)) console.log(`ours against ${peer}: ${ratio.toFixed(2)} (target ${TARGETS[peer]})`)
  if (results.size === ALL.length) save(results, rows, rounds, against)
  const ratio = Number(against[pipe.name]!.toFixed(3))
  console.log(JSON.stringify({ bench: 'exchange', ratio, target: TARGET, ok: ratio >= TARGET, rows, rounds, against }))
}

/** Median over the rounds of the pairwise ratios of rows a second. */
function ratioTo(runs: readonly Measured[], peers: readonly Measured[]): number {
  return median(runs.map((run, at) => run.rows / run.seconds / (peers[at]!.rows / peers[at]!.seconds)))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function machine() {
  const { length: cores, 0: first } = os.cpus()
  return { cpu: first?.model, cores, memoryGiB: Math.round(os.totalmem() / 2 ** 30), load: os.loadavg(), node: process.version }
}

function save(results: Results, rows: number, rounds: number, against: Record<string, number>): void {
  const file = new URL(`results/exchange-${new Date().toISOString().slice(0, 10)}.json`, import.meta.url)
  fs.mkdirSync(new URL('results/', import.meta.url), { recursive: true })
  const runs = Object.fromEntries([...results].map(([{ name }, measured]) => [name, measured]))
  fs.writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine: machine(), rows, rounds, against, runs }, null, 1)}\n`)
}
