/** Two databases with the register at the source, for the benches that need both. */
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Case, Measured, Site } from '../exchange/cases.ts'
import { startCluster, stopCluster } from '../exchange/clusters.ts'
import { prepare } from '../exchange/prepare.ts'

export type Sizes = { rows: number; rounds: number; quick: boolean }

/** `--quick`, `--rows N`, `--rounds N`. */
export function sizes(args: readonly string[], full: number, quickRows: number): Sizes {
  const { values } = parseArgs({ args: [...args], options: { quick: { type: 'boolean' }, rows: { type: 'string' }, rounds: { type: 'string' } } })
  const quick = values.quick ?? false
  return { quick, rows: Number(values.rows ?? (quick ? quickRows : full)), rounds: Number(values.rounds ?? (quick ? 2 : 5)) }
}

/** Runs `work` between two clusters with the register filled, and stops them whatever happens. */
export async function withSite<T>(rows: number, work: (site: Site) => Promise<T>): Promise<T> {
  const home = path.join(os.tmpdir(), 'zhenghe-bench')
  const workers: Site['workers'] = new Map()
  const source = await startCluster(path.join(home, 'source'))
  const target = await startCluster(path.join(home, 'target'))
  try {
    const site: Site = { source, target, rows, connections: 2, workers }
    await prepare(site)
    return await work(site)
  } finally {
    for (const worker of workers.values()) worker.end()
    await stopCluster(source)
    await stopCluster(target)
  }
}

/** Interleaved, A B, B A, …; one round before that is not counted. */
export async function interleaved(cases: readonly Case[], rounds: number, site: Site): Promise<Map<string, Measured[]>> {
  const results = new Map<string, Measured[]>(cases.map(({ name }) => [name, []]))
  for (let turn = 0; turn <= rounds; turn++) {
    for (const one of turn % 2 ? cases : cases.toReversed()) {
      const measured = await one.run(site)
      if (turn > 0) results.get(one.name)!.push(measured)
      console.log(`${turn === 0 ? 'warm-up' : `round ${turn}`}  ${one.name.padEnd(44)} ${measured.seconds.toFixed(2)} s  load ${os.loadavg()[0]!.toFixed(1)}`)
    }
  }
  return results
}

export const secondsOf = (runs: readonly Measured[] | undefined): number[] => (runs ?? []).map(({ seconds }) => seconds)
