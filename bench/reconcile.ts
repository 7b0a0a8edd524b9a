/**
 * Finding and mending ten rows of a register that differ, by hashes of whole rows, between two nodes over TCP; beside it what md5(t::text) on
 * both sides costs and a full copy takes, and the hashing of tuples where stores have no hash in common. `--quick`: 300,000 rows, 2 rounds.
 */
import { once } from 'node:events'
import { type Case, childrenSeconds, type Done, type Measured, measure, orderNodes, pipe, psql, type Site } from './exchange/cases.ts'
import { median, round, speedRatio } from './measure/figures.ts'
import { type Line, report } from './measure/line.ts'
import { interleaved, secondsOf, sizes, withSite } from './measure/site.ts'

const DIFFERING = 10
const CPU_TARGET = 2.5
const CPU_STRETCH = 1.5
const SECONDS_TARGET = 10
const SECONDS_STRETCH = 6
const BYTES_TARGET = 400_000

/** Makes ten rows of the target differ; each round others. */
async function spoil({ target }: Site): Promise<void> {
  const { rowCount } = await target.client.query(
    `update received set name = name || '错' where uscc in (select uscc from received order by hashtext(uscc || random()::text) limit ${DIFFERING})`,
  )
  if (rowCount !== DIFFERING) throw new Error('the rows to differ are not there')
  await target.client.query('checkpoint')
}

function comparing(name: string, tuples: boolean, done: Done[]): Case {
  return {
    name,
    run: async (site) => {
      await spoil(site)
      const one = await orderNodes(site, { mode: 'snapshot', reconcile: { mend: true, tuples } })
      if (one.result?.changed !== DIFFERING || one.result.mended !== DIFFERING) throw new Error(`mended ${JSON.stringify(one.result)}`)
      done.push(one)
      return one.measured
    },
  }
}

const digests: Case = {
  name: 'md5(t::text) on both sides, not mended',
  run: (site) =>
    measure(site, site.rows, async () => {
      const sides = [psql(site.source, md5Of('entity'), ['ignore', 'ignore', 'inherit']), psql(site.target, md5Of('received'), ['ignore', 'ignore', 'inherit'])]
      const codes = await Promise.all(sides.map((side) => once(side, 'exit')))
      if (codes.some(([code]) => code !== 0)) throw new Error('psql failed')
      return { client: childrenSeconds() }
    }),
}

const md5Of = (table: string) => `select hashtext(uscc) & 1023, bit_xor(('x' || left(md5(t::text), 16))::bit(64)) from ${table} t group by 1`

/** CPU-seconds a million rows of each side: its database and its node. */
function cpuOfSides({ cpu, rows }: Measured): { source: number; target: number } {
  const million = rows / 1e6
  return { source: (cpu.source + (cpu.sides?.source ?? 0)) / million, target: (cpu.target + (cpu.sides?.target ?? 0)) / million }
}

export async function run(args: string[]): Promise<void> {
  const { rows, rounds, quick } = sizes(args, 2_000_000, 300_000)
  const [found, tupled]: [Done[], Done[]] = [[], []]
  const cases = [comparing('zhenghe, record hashes', false, found), comparing('zhenghe, tuple hashes', true, tupled), digests, pipe]
  const results = await withSite(rows, async (site) => {
    await site.target.client.query('drop table if exists received')
    await orderNodes(site, { mode: 'snapshot' })
    return interleaved(cases, rounds, site)
  })
  report('reconcile', lines(results, { rounds, quick, rows }, [found.slice(1), tupled.slice(1)]), Object.fromEntries(results))
}

type Common = { rounds: number; quick: boolean; rows: number }

function lines(results: Map<string, Measured[]>, common: Common, [found, tupled]: [Done[], Done[]]): Line[] {
  const cpu = (runs: readonly Measured[], side: 'source' | 'target') => round(median(runs.map((one) => cpuOfSides(one)[side])), 2)
  const both = (runs: readonly Measured[]) => ({ source: cpu(runs, 'source'), target: cpu(runs, 'target') })
  const [records, tuples, md5, copy] = [...results.values()] as [Measured[], Measured[], Measured[], Measured[]]
  const worst = Math.max(...Object.values(both(records)))
  const seconds = round(median(secondsOf(records)), 2)
  const wireBytes = median(found.map((one) => one.wireBytes))
  const measuredAt = { md5: both(md5), tupleHashes: both(tuples) }
  return [
    {
      row: 'reconcile: CPU-s a million rows a side',
      target: CPU_TARGET,
      stretch: CPU_STRETCH,
      ours: worst,
      peer: digests.name,
      ratio: null,
      pass: worst <= CPU_TARGET,
      sides: both(records),
      ...measuredAt,
      ...common,
    },
    {
      row: `reconcile: find and mend ${DIFFERING}`,
      target: SECONDS_TARGET,
      stretch: SECONDS_STRETCH,
      ours: seconds,
      unit: 's',
      peer: 'full copy, psql | psql',
      ratio: speedRatio(secondsOf(records), secondsOf(copy)),
      pass: seconds <= SECONDS_TARGET && wireBytes < BYTES_TARGET,
      wireBytes,
      wireBytesTarget: BYTES_TARGET,
      tupleHashSeconds: round(median(secondsOf(tuples)), 2),
      tupleHashWireBytes: median(tupled.map((one) => one.wireBytes)),
      md5Seconds: round(median(secondsOf(md5)), 2),
      ...common,
    },
  ]
}
