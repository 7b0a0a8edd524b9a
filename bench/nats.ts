/**
 * The whole load of a register through NATS JetStream (one server, file storage), against the same two nodes over a direct stream. Pairs, interleaved;
 * CPU of nodes, databases and broker. `--quick`: 300,000 rows, 3 pairs.
 */
import { spawnSync } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { NatsServer } from '@zhenghe/exchange-node/nats/testing/nats-server.ts'
import { type Case, type Measured, ours, oursOver, type Site } from './exchange/cases.ts'
import { startCluster, stopCluster } from './exchange/clusters.ts'
import { prepare } from './exchange/prepare.ts'
import { median, round } from './measure/figures.ts'
import { report } from './measure/line.ts'

const TARGET = 0.8
const STRETCH = 0.9

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
    tell(await paired([ours, oursOver(broker)], rounds, site), { rows, rounds, quick: values.quick ?? false })
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
  for (let turn = 0; turn <= rounds; turn++) {
    const pair: Measured[] = []
    for (const at of turn % 2 ? [1, 0] : [0, 1]) {
      const one = cases[at]!
      pair[at] = await one.run(site)
      console.log(`${turn === 0 ? 'warm-up' : `round ${turn}`}  ${one.name.padEnd(30)} ${pair[at].seconds.toFixed(2)} s  load ${os.loadavg()[0]!.toFixed(1)}`)
    }
    if (turn > 0) pairs.push(pair as Pair)
  }
  return pairs
}

type Settings = { rows: number; rounds: number; quick: boolean }

function tell(pairs: readonly Pair[], { rows, rounds, quick }: Settings): void {
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
  const ratio = round(median(ratios))
  const server = spawnSync('nats-server', ['--version']).stdout.toString().trim()
  const seconds = (at: 0 | 1) => round(median(pairs.map((pair) => pair[at].seconds)), 2)
  report(
    'nats',
    [
      {
        ...{ row: 'through NATS JetStream', target: TARGET, stretch: STRETCH, ours: seconds(1), unit: 's', peer: 'the same nodes over a direct stream', ratio },
        ...{ pass: ratio >= TARGET, rounds, quick, rows, theirs: seconds(0), server, sides: table },
      },
    ],
    { ratios, pairs },
  )
}
