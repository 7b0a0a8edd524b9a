/**
 * The whole load of a register through NATS JetStream (one server, file storage), against the same two nodes over a direct stream. Pairs, interleaved;
 * CPU of nodes, databases and broker. `--quick`: 300,000 rows, 3 pairs.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { NatsServer } from '@zhenghe/exchange-node/nats/testing/nats-server.ts'
import { type Case, type Measured, ours, oursOver, type Site } from './exchange/cases.ts'
import { startCluster, stopCluster } from './exchange/clusters.ts'
import { prepare } from './exchange/prepare.ts'

const TARGET = 0.8

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, rows: { type: 'string' }, rounds: { type: 'string' }, connections: { type: 'string' } },
  })
  const rows = Number(values.rows ?? (values.quick ? 300_000 : 1_000_000))
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5))
  if (spawnSync('nats-server', ['--version']).status !== 0) throw new Error('nats-server is not installed: apt-get install nats-server')
  const home = path.join(os.tmpdir(), 'zhenghe-bench')
  const workers: Site['workers'] = new Map()
  const [source, target, broker] = [await startCluster(path.join(home, 'source')), await startCluster(path.join(home, 'target')), await NatsServer.start()]
  try {
    const site: Site = { source, target, rows, connections: Number(values.connections ?? 2), workers }
    await prepare(site)
    report(await paired([ours, oursOver(broker)], rounds, site), rows, rounds)
  } finally {
    for (const worker of workers.values()) worker.end()
    await broker.stop()
    await stopCluster(source)
    await stopCluster(target)
  }
}

type Pair = [direct: Measured, nats: Measured]

/** A B, B A, A B, …: neither has the warmer place. One pair before that is not counted. */
async function paired(cases: [Case, Case], rounds: number, site: Site): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let round = 0; round <= rounds; round++) {
    const pair: Measured[] = []
    for (const at of round % 2 ? [1, 0] : [0, 1]) {
      const one = cases[at]!
      pair[at] = await one.run(site)
      console.log(`${round === 0 ? 'warm-up' : `round ${round}`}  ${one.name.padEnd(30)} ${pair[at].seconds.toFixed(2)} s  load ${os.loadavg()[0]!.toFixed(1)}`)
    }
    if (round > 0) pairs.push(pair as Pair)
  }
  return pairs
}

function report(pairs: readonly Pair[], rows: number, rounds: number): void {
  const row = (at: 0 | 1) => {
    const runs = pairs.map((pair) => pair[at])
    const seconds = runs.map((run) => run.seconds)
    const cpu = (pick: (used: Measured['cpu']) => number) => Number(median(runs.map((run) => (pick(run.cpu) * 1e6) / run.rows)).toFixed(2))
    return {
      's median (min-max)': `${median(seconds).toFixed(2)} (${Math.min(...seconds).toFixed(2)}-${Math.max(...seconds).toFixed(2)})`,
      'CPU s per 1 M rows: both nodes': cpu(({ client }) => client),
      'nats-server': cpu(({ broker }) => broker ?? 0),
      'both databases': cpu(({ source, target }) => source + target),
      'peak MiB of a node': Math.round(Math.max(...runs.map(({ peakMiB }) => peakMiB ?? 0))),
    }
  }
  const table = { direct: row(0), nats: row(1) }
  console.table(table)
  const ratios = pairs.map(([direct, nats]) => direct.seconds / nats.seconds)
  const ratio = Number(median(ratios).toFixed(3))
  const machine = {
    cpu: os.cpus()[0]?.model,
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    load: os.loadavg(),
    node: process.version,
  }
  const server = spawnSync('nats-server', ['--version']).stdout.toString().trim()
  const file = new URL(`results/nats-${new Date().toISOString().slice(0, 10)}.json`, import.meta.url)
  fs.writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, server, rows, rounds, ratio, ratios, table, pairs }, null, 1)}\n`)
  console.log(JSON.stringify({ bench: 'nats', ratio, target: TARGET, ok: ratio >= TARGET, rows, rounds, load: os.loadavg()[0], ...table }))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
