/**
 * Reading the register with a row filter, masks and check digits on the bytes of COPY, as a node does it, against plain COPY of the table, and
 * against doing all of it in SQL. All three end in this process, which counts what comes. `--quick`: 200,000 rows, 2 rounds.
 */

import os from 'node:os'
import { RowKernel } from '@zhenghe/exchange-node/kernels/kernel.ts'
import { connect } from '@zhenghe/exchange-node/pg/connect.ts'
import { copyOut } from '@zhenghe/exchange-node/pg/copy-out.ts'
import type { GrantField } from '@zhenghe/wire/documents.ts'
import type { Site } from './exchange/cases.ts'
import { cpuSeconds } from './exchange/clusters.ts'
import { COLUMNS } from './exchange/register.ts'
import { median, round, speedRatio } from './measure/figures.ts'
import { report } from './measure/line.ts'
import { sizes, withSite } from './measure/site.ts'

const TARGET = 1.15
const STRETCH = 1.4
const SQL_TARGET = 3.5
const GRANTED = ['uscc', 'name', 'legal_rep', 'rep_id', 'address', 'reg_capital', 'status', 'updated_at']
/** 57 of a hundred rows: the status is 1. */
const FILTER = 'status = 1'
const NAMES = GRANTED.join(', ')

type Run = { seconds: number; rows: number; cpu: number }
type Way = { name: string; sql: string; kernel: boolean }

const RULES: Readonly<Record<string, Partial<GrantField>>> = {
  uscc: { key: true, rules: [{ kind: 'uscc' }] },
  legal_rep: { mask: { kind: 'name' } },
  rep_id: { mask: { kind: 'middle', head: 6, tail: 4 }, rules: [{ kind: 'residentId' }] },
}
const fields = GRANTED.map((name) => ({
  name,
  type: COLUMNS.find(([column]) => column === name)![1],
  key: false,
  rules: [],
  ...RULES[name],
})) as unknown as GrantField[]

const weighted = (column: string, alphabet: string, weights: readonly number[]) =>
  weights.map((weight, at) => `(strpos('${alphabet}', substr(${column}, ${at + 1}, 1)) - 1) * ${weight}`).join(' + ')
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const usccHolds = `substr('${ALPHABET}', (31 - (${weighted('uscc', ALPHABET, [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])}) % 31) % 31 + 1, 1) = substr(uscc, 18, 1)`
const idHolds = `substr('10X98765432', (${weighted('rep_id', '0123456789', [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])}) % 11 + 1, 1) = substr(rep_id, 18, 1)`
const masked = NAMES.replace('legal_rep', `left(legal_rep, 1) || '**'`).replace('rep_id', `left(rep_id, 6) || '********' || right(rep_id, 4)`)

const plain: Way = { name: 'plain COPY of the table', sql: 'copy entity to stdout (format binary)', kernel: false }
const ours: Way = {
  name: 'filter in SQL, masks and check digits on the bytes',
  sql: `copy (select ${NAMES} from entity where ${FILTER}) to stdout (format binary)`,
  kernel: true,
}
const inSql: Way = {
  name: 'everything in SQL',
  sql: `copy (select ${masked} from entity where ${FILTER} and ${usccHolds} and ${idHolds}) to stdout (format binary)`,
  kernel: false,
}
const WAYS = [plain, ours, inSql]

export async function run(args: string[]): Promise<void> {
  const { rows, rounds, quick } = sizes(args, 1_000_000, 200_000)
  const runs = new Map<Way, Run[]>(WAYS.map((way) => [way, []]))
  await withSite(rows, async (site) => {
    for (let turn = 0; turn <= rounds; turn++) {
      for (const way of turn % 2 ? WAYS : WAYS.toReversed()) {
        const measured = await read(site, way)
        if (turn > 0) runs.get(way)!.push(measured)
        console.log(`${turn === 0 ? 'warm-up' : `round ${turn}`}  ${way.name.padEnd(52)} ${measured.seconds.toFixed(2)} s  load ${os.loadavg()[0]!.toFixed(1)}`)
      }
    }
  })
  const [a, b, c] = WAYS.map((way) => runs.get(way)!.map(({ seconds }) => seconds)) as [number[], number[], number[]]
  if (new Set([...runs.get(ours)!, ...runs.get(inSql)!].map((one) => one.rows)).size !== 1) throw new Error('the two ways let other rows pass')
  const [toPlain, toSql] = [speedRatio(b, a), speedRatio(b, c)]
  const figures = { ours: round(median(b), 2), unit: 's', rounds, quick, rows, cpu: round(median(runs.get(ours)!.map(({ cpu }) => cpu)), 2) }
  report(
    'transform',
    [
      { row: 'filter, masks, check digits', target: TARGET, stretch: STRETCH, peer: plain.name, ratio: toPlain, pass: toPlain >= TARGET, ...figures },
      { row: 'filter, masks, check digits', target: SQL_TARGET, stretch: null, peer: inSql.name, ratio: toSql, pass: toSql >= SQL_TARGET, ...figures },
    ],
    Object.fromEntries([...runs].map(([{ name }, all]) => [name, all])),
  )
}

/** Seconds until the last byte is here; CPU of the database and of this process. */
async function read({ source }: Site, way: Way): Promise<Run> {
  const client = await connect(source.address, 'bench')
  await client.query('set search_path = public')
  const kernel = way.kernel ? new RowKernel(fields, 100) : undefined
  kernel?.begin()
  const before = cpuSeconds(source.server.pid)
  const own = process.cpuUsage()
  const started = performance.now()
  let rows = 0
  for await (const frame of copyOut(client, way.sql)) rows += kernel ? kernel.run(frame).rows : frame.rows
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(own)
  const cpu = cpuSeconds(source.server.pid) - before + (user + system) / 1e6
  await client.end()
  return { seconds, rows, cpu }
}
