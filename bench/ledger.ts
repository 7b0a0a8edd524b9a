/**
 * Lines a second that the two ledgers take, and that a proof of the whole reads. The ledger of calls, which the gateway writes for every call, is the one that must be fast. The ledger of
 * acts is written by people's and nodes' acts, a line in the transaction of each: appended by some callers at once, one line a transaction and many. `--quick`: 20,000 lines.
 */
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { CallLedger } from '@zhenghe/server/data/gateway/endpoint/lines.ts'
import { verifyCalls } from '@zhenghe/server/data/gateway/usage.verify.ts'
import { type KernelTables, openKysely, openPool } from '@zhenghe/server/kernel/database.ts'
import { startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import { temporaryKeys } from '@zhenghe/server/kernel/keys.ts'
import { ledgerBody } from '@zhenghe/server/kernel/ledger/entry.ts'
import { sealLedger } from '@zhenghe/server/kernel/ledger/seal.ts'
import { verifyLedger } from '@zhenghe/server/kernel/ledger/verify.ts'
import { prepareDatabase } from '@zhenghe/server/kernel/prepare.ts'
import { modules } from '@zhenghe/server/modules.ts'
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
const CALLS_FOR_A_LINE = 10
const CALLS_A_TURN = 50
const DIGEST = 'a'.repeat(64)
const COUNTED = { api: randomUUID(), n: 1, operation: 'get', access: randomUUID(), consumer: randomUUID(), status: 200, ms: 4, in: 0, out: 775, cached: false }
const callLine = (n: number) =>
  `{"id":"0123456789ab-${n}","at":1764000000000,"key":"zk_0123456789abcdef","access":"${COUNTED.access}","api":"bench","n":1,"operation":"get","status":200,"code":"","ms":4.00,"in":0,"out":775,"asked":"${DIGEST}","answered":"${DIGEST}","how":"live"}`
const APPEND = 'select kernel.append_ledger($1::timestamptz, $2::uuid, $3, $4, $5::text[], $6)'

export async function run(args: string[]): Promise<void> {
  const { rows: lines, rounds, quick } = sizes(args, 100_000, 20_000)
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-bench-ledger-'))
  fs.chmodSync(home, 0o711)
  const server = await startPostgres({ dir: path.join(home, 'db') })
  const { host, port, user, password } = server
  const pool = openPool({ host, port, user, password, database: 'postgres' }, CALLERS)
  try {
    const log = pino({ level: 'silent' })
    await prepareDatabase(pool, Object.values(modules), log, new Date().toISOString().slice(0, 10))
    const rates = { calls: [] as number[], provenCalls: [] as number[], single: [] as number[], batched: [] as number[], verify: [] as number[] }
    const keys = temporaryKeys()
    const db = openKysely<KernelTables>(pool)
    let there = 0
    for (let turn = 0; turn < rounds; turn++) {
      const ledger = new CallLedger(pool, log, () => new Date(), randomUUID())
      rates.calls.push(await rate(CALLS_FOR_A_LINE * lines, () => callAll(ledger, CALLS_FOR_A_LINE * lines)))
      const called = CALLS_FOR_A_LINE * lines * (turn + 1)
      rates.provenCalls.push(await rate(called, () => proveCalls(db as never, called)))
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
    const line = (name: string, target: number, stretch: number, all: readonly number[]) => {
      const ours = round(median(all), 0)
      return { row: name, target, stretch, ours, pass: ours >= target, ...common }
    }
    const batched = { callers: CALLERS, [`perSecondBy${A_TRANSACTION}ATransaction`]: round(median(rates.batched), 0) }
    report(
      'ledger',
      [
        line('ledger of calls: append', APPEND_TARGET, APPEND_STRETCH, rates.calls),
        line('ledger of calls: verify', VERIFY_TARGET, VERIFY_STRETCH, rates.provenCalls),
        { ...line('ledger of acts: append', APPEND_TARGET, APPEND_STRETCH, rates.single), ...batched },
        line('ledger of acts: verify', VERIFY_TARGET, VERIFY_STRETCH, rates.verify),
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

/** As the gateway adds them: many in each turn of the event loop, all committed at the end. */
async function callAll(ledger: CallLedger, calls: number): Promise<void> {
  for (let n = 0; n < calls; n++) {
    ledger.add(callLine(n), COUNTED)
    if (n % CALLS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
    if (!ledger.open) await ledger.flushed()
  }
  await ledger.flushed()
}

async function proveCalls(db: Parameters<typeof verifyCalls>[0], calls: number): Promise<void> {
  const found = await verifyCalls(db)
  if (found.calls !== calls || found.broken.length > 0) throw new Error(`the ledger of calls is not whole: ${JSON.stringify(found)}`)
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
