/**
 * The ledger of calls: one line a call, many lines a row, each row's digest over the one before. A row is written as soon as the one before
 * is committed, so a call waits for nobody and nobody for it; a process that is killed loses at most the lines of its last row.
 */
import { hash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Id } from '../../../kernel/contract.ts'
import { DURATION_STEPS, stepOf } from '../rules.ts'

/** What a call counts for. */
export type Counted = { api: Id; n: number; operation: string; access: Id; consumer: Id; status: number; ms: number; in: number; out: number; cached: boolean }
type Sum = Counted & { calls: number; errors: number; refused: number; cachedCalls: number; durations: number[] }

const GATHER_MS = 20
const RETRY_MS = 1000
/** While the database is away; beyond it calls are refused rather than forgotten. */
const MOST_LINES = 200_000
export const GENESIS = '0'.repeat(64)

export const digestOf = (previous: string, lines: string): string => hash('sha256', `${previous}\n${lines}`, 'hex')

export class CallLedger {
  readonly #pool: Pool
  readonly #log: Logger
  readonly #now: () => Date
  readonly #chain: Id
  #lines: string[] = []
  #sums = new Map<string, Sum>()
  #previous = GENESIS
  #seq = 0
  #running: Promise<void> | undefined

  constructor(pool: Pool, log: Logger, now: () => Date, chain: Id) {
    this.#pool = pool
    this.#log = log
    this.#now = now
    this.#chain = chain
  }

  /** Whether lines can be taken: the database has not been away for too long. */
  get open(): boolean {
    return this.#lines.length < MOST_LINES
  }

  /** @param line JSON, without a line feed. @param counted where the call was by a grant */
  add(line: string, counted?: Counted): void {
    this.#lines.push(line)
    if (counted) this.#count(counted)
    this.#running ??= this.#run()
  }

  /** Resolves when every line added so far is committed. */
  async flushed(): Promise<void> {
    while (this.#running) await this.#running
  }

  #count(call: Counted): void {
    const key = `${call.access} ${call.operation}`
    let sum = this.#sums.get(key)
    if (!sum) {
      sum = { ...call, in: 0, out: 0, calls: 0, errors: 0, refused: 0, cachedCalls: 0, durations: new Array<number>(DURATION_STEPS).fill(0) }
      this.#sums.set(key, sum)
    }
    sum.calls++
    if (call.status >= 500) sum.errors++
    else if (call.status >= 400) sum.refused++
    if (call.cached) sum.cachedCalls++
    sum.in += call.in
    sum.out += call.out
    sum.durations[stepOf(call.ms)]!++
  }

  async #run(): Promise<void> {
    await pause(GATHER_MS)
    while (this.#lines.length > 0) {
      const [lines, sums] = [this.#lines, this.#sums]
      this.#lines = []
      this.#sums = new Map()
      await this.#write(lines.join('\n'), lines.length, [...sums.values()])
      if (this.#lines.length > 0) await pause(GATHER_MS)
    }
    this.#running = undefined
  }

  /** Until it is written: the same row again finds itself there already. */
  async #write(lines: string, calls: number, sums: readonly Sum[]): Promise<void> {
    const [seq, at] = [this.#seq++, this.#now().toISOString()]
    const digest = digestOf(this.#previous, lines)
    for (;;) {
      try {
        await this.#pool.query(WRITE, [at, this.#chain, seq, calls, this.#previous, digest, lines, JSON.stringify(sums.map(rowOf))])
        this.#previous = digest
        return
      } catch (error) {
        this.#log.error({ err: error, part: 'gateway' }, 'calls cannot be written to their ledger; trying again')
        await pause(RETRY_MS)
      }
    }
  }
}

function rowOf({ api, n, operation, access, consumer, calls, errors, refused, cachedCalls, durations, ...sum }: Sum): object {
  return { api, n, operation, access, consumer, calls, errors, refused, cached: cachedCalls, bytes_in: sum.in, bytes_out: sum.out, durations }
}

/** Row and counts in one statement: both or neither, and once however often it is tried. */
const WRITE = `
  with batch as (
    insert into gateway.call_batch (at, chain, seq, calls, previous, digest, lines) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict do nothing returning at
  )
  insert into gateway.usage as u (hour, api, n, operation, access, consumer, calls, errors, refused, cached, bytes_in, bytes_out, durations, last_at)
  select date_trunc('hour', batch.at), s.api, s.n, s.operation, s.access, s.consumer, s.calls, s.errors, s.refused, s.cached, s.bytes_in, s.bytes_out, s.durations, batch.at
  from batch, jsonb_to_recordset($8::jsonb) as s (api uuid, n int, operation text, access uuid, consumer uuid, calls bigint, errors bigint, refused bigint,
    cached bigint, bytes_in bigint, bytes_out bigint, durations bigint[])
  on conflict (hour, access, operation) do update set calls = u.calls + excluded.calls, errors = u.errors + excluded.errors,
    refused = u.refused + excluded.refused, cached = u.cached + excluded.cached, bytes_in = u.bytes_in + excluded.bytes_in,
    bytes_out = u.bytes_out + excluded.bytes_out, last_at = greatest(u.last_at, excluded.last_at),
    durations = (select array_agg(a + b order by at) from unnest(u.durations, excluded.durations) with ordinality as both_sides (a, b, at))`
