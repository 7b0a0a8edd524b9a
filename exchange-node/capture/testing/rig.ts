/** What a test of captures needs beside two databases: captures that are stopped and dropped after each test, and how to know that one has caught up. */
import type { Signed } from '@zhenghe/wire/documents.ts'
import { afterEach } from 'vitest'
import type { Address } from '../../pg/connect.ts'
import { draftGrant, type GrantDraft, signGrant } from '../../testing/delivery.ts'
import { until } from '../../testing/wait.ts'
import { lsnOf } from '../postgres/replication.ts'
import { type CaptureEnds, type RunningCapture, runCapture } from './run.ts'

type Query = <Row = Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<Row[]>
type Database = { address: Address; query: Query }
/** Where the log of a source stands: a mark behind all that was written, and whether a position has reached it. */
export type LogPlace = { mark(): Promise<string>; reached(position: string, mark: string): boolean }
export type Rig = {
  /** of a table of PostgreSQL */
  grant(draft: GrantDraft): Promise<Signed>
  /** Runs until the end of the test. */
  begin(grant: Signed, more?: Partial<CaptureEnds>): Promise<RunningCapture>
  /** The target stands where the source stands now; throws where the capture ends before. */
  caughtUp(capture: RunningCapture, patienceMs?: number): Promise<void>
  /** Count and hash of rows: `sum('k, name', 'register')`. */
  sum(columns: string, table: string, where?: string): string
}

export function captureRig(source: Database, target: Database, place: LogPlace = postgresPlace(source)): Rig {
  const running = new Map<RunningCapture, boolean>()
  afterEach(async () => {
    for (const capture of running.keys()) {
      await capture.stop()
      await capture.drop().catch(() => undefined)
    }
    running.clear()
    await target.query('drop table if exists public.received')
  })
  return {
    grant: async (draft) => signGrant(await draftGrant(source.address, draft)),
    begin: async (grant, more = {}) => {
      const capture = await runCapture({ source: source.address, target: target.address, grant, ...more })
      running.set(capture, true)
      return capture
    },
    caughtUp: async (capture, patienceMs) => {
      const mark = await place.mark()
      const ended = capture.ended.then(([sent, received]) => {
        throw new Error(`the capture ended: ${sent.code} ${sent.message} / ${received.code} ${received.message}`, { cause: sent })
      })
      await Promise.race([
        until(() => {
          const position = capture.sender()?.position
          return position !== undefined && place.reached(position, mark)
        }, patienceMs),
        ended,
      ])
    },
    sum: (columns, table, where = 'true') =>
      `select count(*)::int as rows, sum(hash_record_extended(row(${columns}), 0))::text as hashes from public.${table} where ${where}`,
  }
}

function postgresPlace(source: Database): LogPlace {
  return {
    mark: async () => (await source.query<{ at: string }>(`select pg_logical_emit_message(true, 'test', '')::text as at`))[0]!.at,
    reached: (position, mark) => lsnOf(position) >= lsnOf(mark),
  }
}
