/**
 * Full-text search in memory against PostgreSQL's own index of the same pairs of characters over the same entries: each query answers
 * with 20 hits, the exact total and four facets. Targets, of the mix of words over a million entries: half within 3 ms, 95 % within 15 ms.
 */
import { SearchIndex, type SearchQuery } from '@zhenghe/server/kernel/search/search-index.ts'
import { corpus, type Entry, queries, Vocabulary } from './search.corpus.ts'
import { postgresPeer } from './search.postgres.ts'

type Facet = 'unit' | 'region' | 'format' | 'sharing'
type Times = { queries: number; p50: number; p95: number; p99: number; most: number; meanHits: number }

const TARGET_MS = { p50: 3, p95: 15 }
const ENTRIES = 1_000_000
const QUICK_ENTRIES = 200_000
const ROUNDS = 3

/** `--quick` for 200,000 entries instead of a million, `--alone` without PostgreSQL. */
export async function run(args: readonly string[]): Promise<void> {
  const entries = args.includes('--quick') ? QUICK_ENTRIES : ENTRIES
  const vocabulary = new Vocabulary(3)
  const sets = queries(vocabulary)
  const { index, build } = await buildIndex(entries, vocabulary)
  const search = (query: SearchQuery<Facet>) => Promise.resolve(index.search(query).total)
  const memory: Record<string, Times> = {}
  for (const [kind, texts] of Object.entries(sets)) memory[kind] = await measure(texts, search)
  memory['words, filtered'] = await measure(sets.words, search, filterOf)
  memory['all entries'] = await measure(['', '', '', '', ''], search)
  const changes = await measureChanges(index, entries, vocabulary)
  const peer = args.includes('--alone') ? undefined : await comparePostgres(entries, vocabulary, sets.words, index)

  console.table({ ...memory, ...(peer ? { 'PostgreSQL: words': peer.words, 'PostgreSQL: words, filtered': peer.filtered } : {}) })
  console.table({ ...build, ...changes, ...(peer ? { postgresBuildSeconds: peer.buildSeconds, postgresIndexMB: peer.indexMB } : {}) })
  const { p50, p95 } = memory['words']!
  const sameTotals = peer ? peer.totalsDiffer === 0 : undefined
  const ok = p50 <= TARGET_MS.p50 && p95 <= TARGET_MS.p95 && sameTotals !== false
  console.log(
    JSON.stringify({
      bench: 'search',
      entries,
      p50,
      p95,
      target: TARGET_MS,
      ...(peer ? { peer: { p50: peer.words.p50, p95: peer.words.p95 }, sameTotals } : {}),
      ...build,
      ...changes,
      ok,
    }),
  )
}

async function buildIndex(count: number, vocabulary: Vocabulary) {
  const index = new SearchIndex<Entry, Facet>({
    id: (entry) => entry.id,
    order: (entry) => entry.changed,
    fields: [
      { weight: 100, text: (entry) => entry.title },
      { weight: 40, text: (entry) => [...entry.tags, entry.id] },
      { weight: 20, text: (entry) => entry.items },
      { weight: 10, text: (entry) => entry.abstract },
    ],
    facets: { unit: (entry) => entry.unit, region: (entry) => entry.region, format: (entry) => entry.format, sharing: (entry) => entry.sharing },
  })
  const rss = process.memoryUsage().rss
  const making = seconds(() => {
    for (const _ of corpus(count, vocabulary));
  })
  const begin = performance.now()
  await index.load(corpus(count, vocabulary))
  const buildSeconds = round((performance.now() - begin) / 1000 - making)
  const { postings, bytes } = index.figures()
  return {
    index,
    build: { buildSeconds, millionPostings: round(postings / 1e6), arraysMB: megabytes(bytes), rssMB: megabytes(process.memoryUsage().rss - rss) },
  }
}

/** The first round warms up and is not counted. */
async function measure<Q extends { text?: string }>(
  texts: readonly string[],
  search: (query: Q) => Promise<number>,
  rest: (at: number) => object = () => ({}),
): Promise<Times> {
  const times: number[] = []
  let hits = 0
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [at, text] of texts.entries()) {
      const begin = performance.now()
      const total = await search({ text, ...rest(at) } as unknown as Q)
      if (round === 0) continue
      times.push(performance.now() - begin)
      hits += total
    }
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => round(times[Math.min(times.length - 1, Math.floor(times.length * share))]!)
  return { queries: times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1), meanHits: Math.round(hits / times.length) }
}

/** Replacing entries while the index serves, the compaction after it, and the longest that a search had to wait meanwhile. */
async function measureChanges(index: SearchIndex<Entry, Facet>, entries: number, vocabulary: Vocabulary) {
  const changed = [...corpus(Math.min(10_000, entries), vocabulary)]
  const putMs =
    (1000 *
      seconds(() => {
        for (const entry of changed) index.put(entry)
      })) /
    changed.length
  const begin = performance.now()
  let longest = 0
  let last = begin
  let done = false
  const compaction = index.compact().then(() => {
    done = true
  })
  while (!done) {
    await new Promise(setImmediate)
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }
  await compaction
  return { putMs: round(putMs), compactSeconds: round((performance.now() - begin) / 1000), longestPauseMs: round(longest) }
}

async function comparePostgres(entries: number, vocabulary: Vocabulary, texts: readonly string[], index: SearchIndex<Entry, Facet>) {
  const peer = await postgresPeer(corpus(entries, vocabulary))
  try {
    let totalsDiffer = 0
    for (const text of texts) if ((await peer.search({ text })) !== index.search({ text }).total) totalsDiffer += 1
    const words = await measure(texts, peer.search)
    const filtered = await measure(texts, peer.search, filterOf)
    return { words, filtered, totalsDiffer, buildSeconds: peer.buildSeconds, indexMB: peer.indexMB }
  } finally {
    await peer.stop()
  }
}

const filterOf = (at: number) => ({ filters: { region: [`r${at % 20}`], format: [`f${at % 8}`] } })

function seconds(work: () => void): number {
  const begin = performance.now()
  work()
  return (performance.now() - begin) / 1000
}

const round = (value: number): number => Math.round(value * 100) / 100
const megabytes = (bytes: number): number => Math.round(bytes / 1e6)
