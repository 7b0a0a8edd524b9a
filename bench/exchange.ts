/**
 * The whole load of a register from one PostgreSQL to another, against the plainest pipe there is (L). The two nodes run through all rounds, as
 * they do beside a database; L is two new processes each time. `--quick`: 300,000 rows, 3 rounds.
 */
import { spawnSync } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Case, type Measured, naive, ours, pipe, type Site, sortedPipe } from './exchange/cases.ts'
import { startCluster, stopCluster } from './exchange/clusters.ts'
import { pgloader } from './exchange/pgloader.ts'
import { prepare } from './exchange/prepare.ts'
import { initialCopy } from './exchange/replication.ts'
import { median, round } from './measure/figures.ts'
import { type Line, report } from './measure/line.ts'

/** pgloader only where it is installed. */
const ALL = [pipe, sortedPipe, initialCopy, ours, naive, pgloader]
const TARGET = 1.3
const STRETCH = 1.45
const TARGETS: Readonly<Record<string, number>> = {
  [pipe.name]: TARGET,
  [sortedPipe.name]: 0.9,
  [initialCopy.name]: 1.35,
  [naive.name]: 10,
  [pgloader.name]: 2.8,
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, rows: { type: 'string' }, rounds: { type: 'string' }, connections: { type: 'string' }, only: { type: 'string' } },
  })
  const rows = Number(values.rows ?? (values.quick ? 300_000 : 1_000_000))
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5))
  if (spawnSync('psql', ['--version']).status !== 0) throw new Error('L is measured with psql, which is not installed: apt-get install postgresql-client')
  const installed = spawnSync('pgloader', ['--version']).status === 0
  if (!installed) console.log('pgloader is not installed (apt-get install pgloader): left out')
  const cases = ALL.filter((one) => (one !== pgloader || installed) && (!values.only || one.name.includes(values.only) || one === pipe))
  const home = path.join(os.tmpdir(), 'zhenghe-bench')
  const workers: Site['workers'] = new Map()
  const source = await startCluster(path.join(home, 'source'))
  const target = await startCluster(path.join(home, 'target'))
  try {
    const site: Site = { source, target, rows, connections: Number(values.connections ?? 2), workers }
    await prepare(site)
    const results = await rounded(cases, rounds, site)
    tell(results, { rows, rounds, quick: values.quick ?? false })
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
  for (let turn = 0; turn <= rounds; turn++) {
    for (const one of cases) {
      const measured = await one.run(site)
      if (turn > 0) results.get(one)!.push(measured)
      console.log(`${turn === 0 ? 'warm-up' : `round ${turn}`}  ${one.name.padEnd(38)} ${measured.seconds.toFixed(2)} s  load ${os.loadavg()[0]!.toFixed(1)}`)
    }
  }
  return results
}

type Settings = { rows: number; rounds: number; quick: boolean }

function tell(results: Results, { rows, rounds, quick }: Settings): void {
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
  const lines = [...results].flatMap(([peer, runs]) => (peer === ours ? [] : [lineOf(peer, results.get(ours)!, runs, { rows, rounds, quick })]))
  report('exchange', lines, { table, runs: Object.fromEntries([...results].map(([{ name }, measured]) => [name, measured])) })
}

function lineOf({ name }: Case, runs: readonly Measured[], peers: readonly Measured[], sizes: { rows: number; rounds: number; quick: boolean }): Line {
  const ratio = round(ratioTo(runs, peers))
  const target = TARGETS[name] ?? 0
  const rate = (all: readonly Measured[]) => Math.round(median(all.map((run) => run.rows / run.seconds)))
  const stretch = name === pipe.name ? STRETCH : null
  return { row: 'first full load', target, stretch, ours: rate(runs), unit: 'rows/s', peer: name, ratio, pass: ratio >= target, theirs: rate(peers), ...sizes }
}

/** Median over the rounds of the pairwise ratios of rows a second. */
function ratioTo(runs: readonly Measured[], peers: readonly Measured[]): number {
  return median(runs.map((run, at) => run.rows / run.seconds / (peers[at]!.rows / peers[at]!.seconds)))
}
