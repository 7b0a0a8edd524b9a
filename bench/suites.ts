/**
 * What a link by 国密 (suite 2) costs against the same link by the international algorithms (suite 1): the whole load of a register between two
 * PostgreSQL, everything on, the two suites turn about in the same run, each by nodes of its own. `--quick`: 300,000 rows.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { SuiteName } from '@zhenghe/wire/documents.ts'
import { type Measured, runNodes, type Site } from './exchange/cases.ts'
import { startCluster, stopCluster } from './exchange/clusters.ts'
import { prepare } from './exchange/prepare.ts'
import { machine, median } from './exchange.ts'

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
    report(await measured(site, workers, rounds), rows)
  } finally {
    for (const suite of SUITES) for (const worker of workers[suite].values()) worker.end()
    await stopCluster(source)
    await stopCluster(target)
  }
}

/** Turn about, the first of a pair changing each time; one pair before that is not counted. */
async function measured(site: Omit<Site, 'workers'>, workers: Record<SuiteName, Site['workers']>, rounds: number): Promise<Runs> {
  const runs: Runs = { international: [], gm: [] }
  for (let round = 0; round <= rounds; round++) {
    for (const suite of round % 2 ? SUITES : SUITES.toReversed()) {
      const one = await runNodes({ ...site, workers: workers[suite] }, { suite })
      if (round > 0) runs[suite].push(one)
      console.log(`${round === 0 ? 'warm-up' : `pair ${round}`}  ${suite.padEnd(14)} ${one.seconds.toFixed(2)} s  load ${os.loadavg()[0]!.toFixed(1)}`)
    }
  }
  return runs
}

function report(runs: Runs, rows: number): void {
  const lines = SUITES.map((suite) => lineOf(suite, runs[suite], rows))
  const paired = (pick: (run: Measured) => number) => round(median(runs.gm.map((one, at) => pick(one) / pick(runs.international[at]!))))
  const cost = {
    bench: 'suites',
    cost: 'gm against international',
    time: paired(({ seconds }) => seconds),
    nodeCpu: paired(({ cpu }) => cpu.client),
    pairs: runs.gm.length,
  }
  const file = new URL(`results/suites-${new Date().toISOString().slice(0, 10)}.json`, import.meta.url)
  fs.writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine: machine(), rows, lines, cost, runs }, null, 1)}\n`)
  for (const line of [...lines, cost]) console.log(JSON.stringify(line))
}

/** Medians; CPU in seconds for a million rows, of both nodes together and of each database. */
function lineOf(suite: SuiteName, runs: readonly Measured[], rows: number) {
  const perMillion = (pick: (run: Measured) => number) => round(median(runs.map((run) => (pick(run) * 1e6) / run.rows)))
  const seconds = runs.map((run) => run.seconds)
  return {
    bench: 'suites',
    suite,
    rows,
    seconds: round(median(seconds)),
    fastest: round(Math.min(...seconds)),
    slowest: round(Math.max(...seconds)),
    rowsPerSecond: Math.round(rows / median(seconds)),
    cpuSecondsPerMillionRows: {
      nodes: perMillion(({ cpu }) => cpu.client),
      source: perMillion(({ cpu }) => cpu.source),
      target: perMillion(({ cpu }) => cpu.target),
    },
    peakMiBOfANode: Math.round(Math.max(...runs.map(({ peakMiB }) => peakMiB ?? 0))),
  }
}

function round(value: number): number {
  return Number(value.toFixed(2))
}
