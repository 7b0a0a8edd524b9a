/** The SQL of what was called. */
import { sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { Reach } from '../../kernel/rights.ts'
import { visible } from './sight.ts'
import type { Db } from './tables.ts'

export type UsageSum = {
  api: Id
  apiCode: string
  apiName: string
  n: number
  consumer: Id
  consumerName: string
  calls: number
  errors: number
  refused: number
  cached: number
  bytesIn: number
  bytesOut: number
  durations: number[]
  lastAt: Moment
}

/** By interface, version and consumer; the busiest first. */
export async function usageSince(db: Db, sight: Reach, since: Moment, api: Id | undefined): Promise<UsageSum[]> {
  const { rows } = await sql<UsageSum>`
    with seen as (
      select u.*, a.consumer_name, i.code, i.name from gateway.usage u join gateway.access a on a.id = u.access join gateway.api i on i.id = u.api
      where u.hour >= date_trunc('hour', ${since}::timestamptz) and ${visible(sight)} ${api ? sql`and u.api = ${api}` : sql``}
    ), sums as (
      select api, min(code) as api_code, min(name) as api_name, n, consumer, max(consumer_name) as consumer_name, sum(calls)::bigint as calls,
        sum(errors)::bigint as errors, sum(refused)::bigint as refused, sum(cached)::bigint as cached, sum(bytes_in)::bigint as bytes_in,
        sum(bytes_out)::bigint as bytes_out, max(last_at) as last_at
      from seen group by api, n, consumer
    )
    select sums.*, (select array_agg(s.total order by s.at) from (
        select d.at, sum(d.count)::int as total from seen, unnest(seen.durations) with ordinality as d (count, at)
        where seen.api = sums.api and seen.n = sums.n and seen.consumer = sums.consumer group by d.at) s) as durations
    from sums order by calls desc, last_at desc limit 500`.execute(db)
  return rows
}

/** Rows of lines that may hold calls by a grant, newest first. */
export async function linesWith(db: Db, access: Id, since: Moment, limit: number): Promise<string[]> {
  const { rows } = await sql<{ lines: string }>`
    select lines from gateway.call_batch where at >= ${since} and strpos(lines, ${access}) > 0 order by at desc limit ${limit}`.execute(db)
  return rows.map(({ lines }) => lines)
}

export type Batch = { chain: Id; seq: number; calls: number; previous: string; digest: string; lines: string }
/** Some rows of the chains, in their order, after a place. */
export async function batchesAfter(db: Db, chain: Id, seq: number, limit: number): Promise<Batch[]> {
  const { rows } = await sql<Batch>`
    select chain, seq, calls, previous, digest, lines from gateway.call_batch where (chain, seq) > (${chain}::uuid, ${seq}::bigint) order by chain, seq limit ${limit}`.execute(
    db,
  )
  return rows
}

/** The head of every chain that grew since a moment. */
export async function headsSince(db: Db, since: Moment): Promise<{ chain: Id; seq: number; digest: string }[]> {
  const { rows } = await sql<{ chain: Id; seq: number; digest: string }>`
    select distinct on (chain) chain, seq, digest from gateway.call_batch where at >= ${since} order by chain, seq desc`.execute(db)
  return rows
}
