/**
 * The size of both nodes while a table of fifty million short rows (about 80 bytes) is delivered once with everything on: resident memory, sampled
 * every second from /proc, kept as a CSV file. The databases are removed afterwards. `--quick`: 1 M rows; `--rows N`.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { orderNodes, type Site } from './exchange/cases.ts'
import { startCluster, stopCluster } from './exchange/clusters.ts'
import { downsample, round } from './measure/figures.ts'
import { report } from './measure/line.ts'
import { sizes } from './measure/site.ts'

const TARGET = 200
const STRETCH = 100
const EVERY_MS = 1000
const LINES = 1900

type Sample = { second: number; sender: number; receiver: number }

export async function run(args: string[]): Promise<void> {
  const { rows, quick } = sizes(args, 50_000_000, 1_000_000)
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-bench-memory-'))
  fs.chmodSync(home, 0o755)
  const source = await startCluster(path.join(home, 'source'))
  const target = await startCluster(path.join(home, 'target'))
  const workers: Site['workers'] = new Map()
  try {
    await fill(source.client, rows)
    const { samples, seconds } = await sampled({ source, target, rows, connections: 2, workers })
    await assertSame({ source, target })
    const peak = round(Math.max(...samples.flatMap(({ sender, receiver }) => [sender, receiver])), 1)
    const csv = ['second,sender_mib,receiver_mib', ...downsample(samples, LINES).map(({ second, sender, receiver }) => `${second},${sender},${receiver}`)]
    fs.mkdirSync(new URL('results/', import.meta.url), { recursive: true })
    fs.writeFileSync(new URL(`results/memory-${new Date().toISOString().slice(0, 10)}${quick ? '-quick' : ''}.csv`, import.meta.url), `${csv.join('\n')}\n`)
    const line = { row: 'node memory', target: TARGET, stretch: STRETCH, ours: peak, unit: 'MiB', peer: null, ratio: null, pass: peak <= TARGET, rounds: 1 }
    report('memory', [{ ...line, quick, rows, seconds: round(seconds, 1) }], { samples: samples.length, ends: [samples[0], samples.at(-1)] })
  } finally {
    for (const worker of workers.values()) worker.end()
    await stopCluster(source)
    await stopCluster(target)
    fs.rmSync(home, { recursive: true, force: true })
  }
}

async function fill(client: Site['source']['client'], rows: number): Promise<void> {
  console.log(`filling the table with ${rows.toLocaleString('en')} rows …`)
  await client.query('create table entity (id int8 not null, legal_rep text, region text, est_date date, updated_at timestamptz not null)')
  await client.query(
    `insert into entity select g, '王' || (g % 9973), substr(md5(g::text), 1, 24), date '2000-01-01' + (g % 9000)::int, timestamptz '2026-01-01Z' + g * interval '1 ms'
     from generate_series(1, ${rows}) g`,
  )
  await client.query('alter table entity add primary key (id)')
  await client.query('vacuum analyze entity')
}

async function sampled(site: Site): Promise<{ samples: Sample[]; seconds: number }> {
  const samples: Sample[] = []
  const started = performance.now()
  const look = setInterval(() => {
    const [sender, receiver] = ['node-sender', 'node-receiver'].map((script) => residentMiB(site.workers.get(script)?.pid)) as [number, number]
    if (sender > 0 && receiver > 0) samples.push({ second: Math.round((performance.now() - started) / 1000), sender, receiver })
  }, EVERY_MS)
  try {
    const { measured, receipt } = await orderNodes(site, { mode: 'snapshot' })
    if (receipt?.loaded !== site.rows) throw new Error(`${receipt?.loaded} of ${site.rows} rows arrived`)
    return { samples, seconds: measured.seconds }
  } finally {
    clearInterval(look)
  }
}

/** Rows and the sum of the hashes of their unmasked fields. */
async function assertSame({ source, target }: Pick<Site, 'source' | 'target'>): Promise<void> {
  const sum = 'select count(*)::text as rows, sum(hash_record_extended(row(id, region, est_date, updated_at), 0))::text as hashes from'
  const [there, here] = await Promise.all([source.client.query(`${sum} entity`), target.client.query(`${sum} received`)])
  if (JSON.stringify(there.rows) !== JSON.stringify(here.rows)) throw new Error('the rows at the target are not those of the source')
}

/** 0 where there is no such process. Linux only. */
function residentMiB(pid: number | undefined): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return round(Number(kib ?? 0) / 1024, 1)
  } catch {
    return 0
  }
}
