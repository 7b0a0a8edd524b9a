/**
 * What a link by 国密 (suite 2) costs against the same link by the international algorithms (suite 1): the whole load of a register between two
 * PostgreSQL, everything on, the two suites turn about in the same run, each by nodes of its own. `--quick`: 300,000 rows.
 */
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { SuiteName } from '@zhenghe/wire/documents.ts'
import { type Measured, runNodes, type Site } from './exchange/cases.ts'
import { startCluster, stopCluster } from './exchange/clusters.ts'
import { prepare } from './exchange/prepare.ts'
import { median, round } from './measure/figures.ts'
import { report } from './measure/line.ts'

const SUITES: readonly SuiteName[] = ['international', 'gm']
type Runs = Record<SuiteName, Measured[]>

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, rows: { type: 'string' }, rounds: { type: 'string' }, connections: { type: 'string' } },
  })
  const rows = Number(values.rows ?? (values.quick ? 300_000 : 1_000_000))
  const rounds = Number(values.rounds ?? 5)
  const home = path.join(os.tmpdir(), 'zhenghe-bench-suites')
  const [source, target] = [await startCluster(path.join(home, 'source')), await startCluster(path.join(home, 'target'))]
  const site = { source, target, rows, connections: Number(values.connections ?? 2) }
  const workers: Record<SuiteName, Site['workers']> = { international: new Map(), gm: new Map() }
  try {
    await prepare(site)
    tell(await measured(site, workers, rounds), rows, values.quick ?? false)
  } finally {
    for (const suite of SUITES) for (const worker of workers[suite].values()) worker.end()
    await stopCluster(source)
    await stopCluster(target)
  }
}

/** Turn about, the first of a pair changing each time; one pair before that is not counted. */
async function measured(site: Omit<Site, 'workers'>, workers: Record<SuiteName, Site['workers']>, rounds: number): Promise<Runs> {
  const runs: Runs = { international: [], gm: [] }
  for (let turn = 0; turn <= rounds; turn++) {
    for (const suite of turn % 2 ? SUITES : SUITES.toReversed()) {
      const one = await runNodes({ ...site, workers: workers[suite] }, { suite })
      if (turn > 0) runs[suite].push(one)
      console.log(`${turn === 0 ? 'warm-up' : `pair ${turn}`}  ${suite.padEnd(14)} ${one.seconds.toFixed(2)} s  load ${os.loadavg()[0]!.toFixed(1)}`)
    }
  }
  return runs
}

const MEMORY_MIB = 200

function tell(runs: Runs, rows: number, quick: boolean): void {
  const [international, gm] = SUITES.map((suite) => lineOf(runs[suite], rows)) as [Figures, Figures]
  const paired = (pick: (run: Measured) => number) => round(median(runs.gm.map((one, at) => pick(one) / pick(runs.international[at]!))), 2)
  const common = { rounds: runs.gm.length, quick, rows, sides: { international, gm } }
  const cost = { target: 0, stretch: null, ours: paired(({ seconds }) => seconds), unit: 'times', peer: 'suite 1', ratio: null, pass: true }
  const peak = { target: MEMORY_MIB, stretch: null, ours: gm.peakMiBOfANode, unit: 'MiB', peer: null, ratio: null, pass: gm.peakMiBOfANode <= MEMORY_MIB }
  report(
    'suites',
    [
      { row: '国密: time (no target: the cost is shown)', ...cost, nodeCpuTimes: paired(({ cpu }) => cpu.client), ...common },
      { row: '国密: node memory', ...peak, ...common },
    ],
    runs,
  )
}

type Figures = ReturnType<typeof lineOf>

/** Medians; CPU in seconds for a million rows, of both nodes together and of each database. */
function lineOf(runs: readonly Measured[], rows: number) {
  const perMillion = (pick: (run: Measured) => number) => round(median(runs.map((run) => (pick(run) * 1e6) / run.rows)), 2)
  const seconds = runs.map((run) => run.seconds)
  return {
    seconds: round(median(seconds), 2),
    fastest: round(Math.min(...seconds), 2),
    slowest: round(Math.max(...seconds), 2),
    rowsPerSecond: Math.round(rows / median(seconds)),
    cpuSecondsPerMillionRows: {
      nodes: perMillion(({ cpu }) => cpu.client),
      source: perMillion(({ cpu }) => cpu.source),
      target: perMillion(({ cpu }) => cpu.target),
    },
    peakMiBOfANode: Math.round(Math.max(...runs.map(({ peakMiB }) => peakMiB ?? 0))),
  }
}
