/**
 * Lines a second that the platform's ledger takes, each by the function that every act calls, and that a proof of the whole ledger reads. Appending
 * is measured one line a transaction, by some callers at once, as acts append; and many lines a transaction. `--quick`: 20,000 lines.
 */
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type KernelTables, openKysely, openPool } from '@zhenghe/server/kernel/database.ts'
import { startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import { temporaryKeys } from '@zhenghe/server/kernel/keys.ts'
import { ledgerBody } from '@zhenghe/server/kernel/ledger/entry.ts'
import { sealLedger } from '@zhenghe/server/kernel/ledger/seal.ts'
import { verifyLedger } from '@zhenghe/server/kernel/ledger/verify.ts'
import { prepareDatabase } from '@zhenghe/server/kernel/prepare.ts'
import { canonical } from '@zhenghe/wire/canonical.ts'
import type pg from 'pg'
import { pino } from 'pino'
import { median, round } from './measure/figures.ts'
import { report } from './measure/line.ts'
import { sizes } from './measure/site.ts'

const APPEND_TARGET = 30_000
const APPEND_STRETCH = 60_000
const VERIFY_TARGET = 50_000
const VERIFY_STRETCH = 100_000
const CALLERS = 16
const A_TRANSACTION = 500
const APPEND = 'select kernel.append_ledger($1::timestamptz, $2::uuid, $3, $4, $5::text[], $6)'

export async function run(args: string[]): Promise<void> {
  const { rows: lines, rounds, quick } = sizes(args, 100_000, 20_000)
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-bench-ledger-'))
  fs.chmodSync(home, 0o711)
  const server = await startPostgres({ dir: path.join(home, 'db') })
  const { host, port, user, password } = server
  const pool = openPool({ host, port, user, password, database: 'postgres' }, CALLERS)
  try {
    await prepareDatabase(pool, [], pino({ level: 'silent' }), new Date().toISOString().slice(0, 10))
    const rates = { single: [] as number[], batched: [] as number[], verify: [] as number[] }
    const keys = temporaryKeys()
    const db = openKysely<KernelTables>(pool)
    let there = 0
    for (let turn = 0; turn < rounds; turn++) {
      rates.single.push(await rate(lines, () => appendAll(pool, lines, 1)))
      rates.batched.push(await rate(lines, () => appendAll(pool, lines, A_TRANSACTION)))
      there += 2 * lines
      await db.transaction().execute((tx) => sealLedger(tx, keys.seal, new Date().toISOString()))
      rates.verify.push(await rate(there, () => prove(db, keys.seal.publicKey, there)))
      console.log(
        `round ${turn + 1}  ${Object.entries(rates)
          .map(([name, all]) => `${name} ${Math.round(all.at(-1)!)}/s`)
          .join('  ')}  load ${os.loadavg()[0]!.toFixed(1)}`,
      )
    }
    const common = { peer: null, ratio: null, rounds, quick, unit: 'lines/s', lines }
    const [single, batched, verify] = [rates.single, rates.batched, rates.verify].map((all) => round(median(all), 0)) as [number, number, number]
    const append = { row: 'ledger: append', target: APPEND_TARGET, stretch: APPEND_STRETCH, ours: single, pass: single >= APPEND_TARGET }
    const proof = { row: 'ledger: verify', target: VERIFY_TARGET, stretch: VERIFY_STRETCH, ours: verify, pass: verify >= VERIFY_TARGET }
    report(
      'ledger',
      [
        { ...append, callers: CALLERS, [`perSecondBy${A_TRANSACTION}ATransaction`]: batched, ...common },
        { ...proof, ...common },
      ],
      rates,
    )
  } finally {
    await pool.end()
    await server.stop()
    fs.rmSync(home, { recursive: true, force: true })
  }
}

async function rate(lines: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return lines / ((performance.now() - started) / 1000)
}

async function prove(db: ReturnType<typeof openKysely<KernelTables>>, key: Parameters<typeof verifyLedger>[1], lines: number): Promise<void> {
  const found = await verifyLedger(db, key)
  if (found.lines !== lines || found.findings.length > 0) throw new Error(`the ledger is not whole: ${JSON.stringify(found)}`)
}

/** The callers share the lines evenly. */
async function appendAll(pool: pg.Pool, lines: number, aTransaction: number): Promise<void> {
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => appendSome(pool, share(lines, caller), aTransaction)))
}

const share = (lines: number, caller: number): number => Math.floor(lines / CALLERS) + (caller < lines % CALLERS ? 1 : 0)

async function appendSome(pool: pg.Pool, lines: number, aTransaction: number): Promise<void> {
  const client = await pool.connect()
  try {
    for (let done = 0; done < lines; ) {
      const until = Math.min(lines, done + aTransaction)
      await client.query('begin')
      for (; done < until; done++) await client.query({ name: 'append', text: APPEND, values: line() })
      await client.query('commit')
    }
  } finally {
    client.release()
  }
}

function line(): unknown[] {
  const at = new Date().toISOString()
  const actor = { kind: 'staff' as const, id: randomUUID(), name: 'bench', unit: null }
  const entry = {
    at,
    actor,
    endpoint: 'POST /exchange/deliveries',
    right: 'exchange.deliver',
    outcome: 'done',
    input: { grant: randomUUID() },
    facts: { rows: 1 },
    subjects: [`delivery:${randomUUID()}`],
  }
  return [at, actor.id, entry.endpoint, entry.outcome, entry.subjects, canonical(ledgerBody(entry))]
}
