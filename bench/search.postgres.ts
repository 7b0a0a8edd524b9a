/** The peer: a narrow table with a GIN index of character pairs, asked in one statement for hits, exact total and four facets. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import { fold } from '@zhenghe/server/kernel/search/fold.ts'
import pg from 'pg'
import type { Entry } from './search.corpus.ts'

type Query = { text?: string; filters?: { region?: string[]; format?: string[] } }
export type Peer = { search: (query: Query) => Promise<number>; buildSeconds: number; indexMB: number; stop: () => Promise<void> }

const BATCH = 5000
const FIELD_BREAK = '\n'
const FACETS = ['unit', 'region', 'format', 'sharing']

/** Brings up a throwaway server, fills it, indexes it and reads it once. */
export async function postgresPeer(entries: Iterable<Entry>): Promise<Peer> {
  const dir = mkdtempSync(path.join(tmpdir(), 'zhenghe-bench-search-'))
  const server = await startPostgres({ dir, throwaway: true, settings: { shared_buffers: '1GB', maintenance_work_mem: '1GB', work_mem: '256MB', jit: 'off' } })
  const { host, port, user, password } = server
  const client = new pg.Client({ host, port, user, password, database: 'postgres' })
  const stop = async () => {
    await client.end()
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  await client.connect()
  await client.query(
    `create unlogged table entry (id text, title text, body text, changed bigint, ${FACETS.map((facet) => `${facet} text`).join(', ')}, pairs tsvector)`,
  )
  const begin = performance.now()
  let batch: Entry[] = []
  for (const entry of entries) {
    batch.push(entry)
    if (batch.length === BATCH) {
      await insert(client, batch)
      batch = []
    }
  }
  if (batch.length > 0) await insert(client, batch)
  await client.query('create index entry_pairs on entry using gin (pairs) with (fastupdate = off)')
  await client.query('create index on entry (region, format)')
  await client.query('vacuum analyze entry')
  const buildSeconds = Math.round((performance.now() - begin) / 1000)
  const size = await client.query<{ mb: number }>(`select round(pg_relation_size('entry_pairs') / 1e6)::int as mb`)
  return { search: (query) => search(client, query), buildSeconds, indexMB: size.rows[0]!.mb, stop }
}

async function insert(client: pg.Client, batch: readonly Entry[]): Promise<void> {
  const bodies = batch.map(({ id, title, tags, items, abstract }) => fold([title, ...tags, id, ...items, abstract].join('\u0001')).replaceAll(' ', FIELD_BREAK))
  const columns = [
    batch.map(({ id }) => id),
    batch.map(({ title }) => title),
    bodies,
    batch.map(({ changed }) => changed),
    ...(['unit', 'region', 'format', 'sharing'] as const).map((facet) => batch.map((entry) => entry[facet])),
    bodies.map((body) => pairsOf(body).join(' ')),
  ]
  const types = ['text', 'text', 'text', 'bigint', 'text', 'text', 'text', 'text', 'text']
  const arrays = types.map((type, at) => `$${at + 1}::${type}[]`)
  await client.query(`insert into entry select a, b, c, d, e, f, g, h, i::tsvector from unnest(${arrays.join(', ')}) as t (a, b, c, d, e, f, g, h, i)`, columns)
}

/** The different pairs of neighbouring Chinese characters, quoted as a tsvector or tsquery wants them. */
function pairsOf(text: string): string[] {
  const pairs = new Set<string>()
  for (const [run] of text.matchAll(/\p{Script=Han}{2,}/gu)) for (let at = 0; at + 1 < run.length; at += 1) pairs.add(`'${run.slice(at, at + 2)}'`)
  return [...pairs]
}

async function search(client: pg.Client, { text = '', filters = {} }: Query): Promise<number> {
  const values: unknown[] = [pairsOf(text).join(' & ')]
  const conditions = ['pairs @@ $1::tsquery']
  const bind = (value: unknown) => `$${values.push(value)}`
  if (text.length > 2) conditions.push(`body like ${bind(`%${text}%`)}`)
  if (filters.region) conditions.push(`region = any (${bind(filters.region)})`)
  if (filters.format) conditions.push(`format = any (${bind(filters.format)})`)
  const facet = (name: string) => `(select json_agg(f) from (select ${name}, count(*) from hit group by 1 order by 2 desc limit 50) f) as ${name}`
  const page = `(select json_agg(p) from (select id from hit order by title like ${bind(`%${text}%`)} desc, changed desc limit 20) p) as page`
  const result = await client.query<{ total: number }>(
    `with hit as materialized (select id, title, changed, ${FACETS.join(', ')} from entry where ${conditions.join(' and ')})
     select (select count(*)::int from hit) as total, ${FACETS.map(facet).join(', ')}, ${page}`,
    values,
  )
  return result.rows[0]!.total
}
