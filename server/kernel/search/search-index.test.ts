import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold } from './fold.ts'
import { findTerm, parseQuery } from './query.ts'
import { SearchIndex, type SearchQuery } from './search-index.ts'
import { formatCursor, parseCursor } from './top.ts'

type Entry = { id: string; title: string; tags: string[]; items: string[]; abstract: string; topics: string[]; unit?: string; changed: number }
type Facet = 'topic' | 'unit'

const schema = {
  id: (entry: Entry) => entry.id,
  order: (entry: Entry) => entry.changed,
  fields: [
    { weight: 100, text: (entry: Entry) => entry.title },
    { weight: 40, text: (entry: Entry) => entry.tags },
    { weight: 20, text: (entry: Entry) => entry.items },
    { weight: 10, text: (entry: Entry) => entry.abstract },
  ],
  facets: { topic: (entry: Entry) => entry.topics, unit: (entry: Entry) => entry.unit },
}
const index = () => new SearchIndex<Entry, Facet>(schema)

function entry(id: string, title: string, rest: Partial<Entry> = {}): Entry {
  return { id, title, tags: [], items: [], abstract: '', topics: [], changed: 0, ...rest }
}
function indexOf(...entries: Entry[]) {
  const made = index()
  for (const each of entries) made.put(each)
  return made
}
const idsOf = (made: SearchIndex<Entry, Facet>, text: string) => made.search({ text }).ids

// few characters, so that they meet often; 🏛 and 𠀀 lie outside the basic plane
const letters = fc.constantFrom(...'企企业业法税務务a1２（·', '🏛', '𠀀', ' ')
const text = (maxLength: number) => fc.array(letters, { maxLength }).map((parts) => parts.join(''))
const longText = fc.tuple(text(12), fc.constantFrom(0, 0, 250), text(12)).map(([head, padding, tail]) => head + '，'.repeat(padding) + tail)
const anEntry = fc.record({
  id: fc.constantFrom(...'abcdefghijklmnop'),
  title: text(8),
  tags: fc.array(text(4), { maxLength: 2 }),
  items: fc.array(text(4), { maxLength: 3 }),
  abstract: longText,
  topics: fc.uniqueArray(fc.constantFrom('t1', 't2', 't3'), { maxLength: 2 }),
  unit: fc.constantFrom('u1', 'u2'),
  changed: fc.nat(1),
})
const act = fc.oneof(
  { weight: 8, arbitrary: anEntry.map((put) => ({ put })) },
  { weight: 2, arbitrary: fc.constantFrom(...'abcdefghijklmnop').map((remove) => ({ remove })) },
  { weight: 1, arbitrary: fc.constant({ compact: true }) },
)
const aQuery = fc.record({
  text: fc.oneof(
    fc.constantFrom('', '企', '企业', '业 企', '1'),
    fc.tuple(text(3), fc.constantFrom('', ' ', ' "'), text(3)).map((parts) => parts.join('')),
  ),
  filters: fc.record({ topic: fc.uniqueArray(fc.constantFrom('t1', 't2', 'none')), unit: fc.uniqueArray(fc.constantFrom('u1', 'u2')) }, { requiredKeys: [] }),
  sort: fc.constantFrom('rank' as const, 'order' as const),
})

const valuesOf = ({ title, tags, items, abstract }: Entry) => [[title], tags, items, [abstract]]
const has = (values: readonly string[], term: string) => values.some((value) => findTerm(fold(value), term) >= 0)

function naive(entries: Map<string, Entry>, { text: typed = '', filters = {}, sort }: SearchQuery<Facet>) {
  const terms = parseQuery(typed).map((term) => term.text)
  const matching = [...entries.values()].filter((each) => terms.every((term) => valuesOf(each).some((values) => has(values, term))))
  const facetsOf = (each: Entry): Record<Facet, string[]> => ({ topic: each.topics, unit: each.unit ? [each.unit] : [] })
  const passes = (each: Entry, facet: Facet) => !filters[facet]?.length || filters[facet].some((value) => facetsOf(each)[facet].includes(value))
  const hits = matching.filter((each) => passes(each, 'topic') && passes(each, 'unit'))
  const rank = (each: Entry) => {
    const best = terms.map((term) => valuesOf(each).findIndex((values) => has(values, term)))
    const phrases = [terms.join(''), terms.join(' ')]
    const whole = terms.length > 0 && best.every((field) => field === 0) && phrases.includes(fold(each.title))
    const phrase =
      terms.length > 1 &&
      valuesOf(each)
        .flat()
        .some((value) => phrases.some((words) => fold(value).includes(words)))
    return (whole ? 1e6 : 0) + best.reduce((sum, field) => sum + 2 * schema.fields[field]!.weight, 0) + (phrase ? 1 : 0)
  }
  const order = (a: Entry, b: Entry) => (sort === 'order' ? 0 : rank(b) - rank(a)) || b.changed - a.changed || (a.id < b.id ? -1 : 1)
  const count = (facet: Facet, other: Facet) => {
    const counts = new Map((filters[facet] ?? []).map((value) => [value, 0]))
    for (const each of matching) if (passes(each, other)) for (const value of facetsOf(each)[facet]) counts.set(value, (counts.get(value) ?? 0) + 1)
    return counts
  }
  return { ids: hits.sort(order).map(({ id }) => id), topic: count('topic', 'unit'), unit: count('unit', 'topic') }
}

test('after any changes, hits, order, totals and facets are those of reading every document', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 60 }), fc.array(aQuery, { minLength: 1, maxLength: 12 }), async (acts, queries) => {
      const made = index()
      const entries = new Map<string, Entry>()
      for (const step of acts) {
        if ('put' in step) {
          made.put(step.put)
          entries.set(step.put.id, step.put)
        } else if ('remove' in step) expect(made.remove(step.remove)).toBe(entries.delete(step.remove))
        else await made.compact()
      }
      expect(made.figures().documents).toBe(entries.size)
      for (const query of queries) {
        const result = made.search({ ...query, limit: 100 })
        const expected = naive(entries, query)
        expect(result.ids).toEqual(expected.ids)
        expect(result.total).toBe(expected.ids.length)
        for (const facet of ['topic', 'unit'] as const) {
          const counted = new Map(result.facets[facet].map(({ value, count }) => [value, count]))
          for (const [value, count] of expected[facet]) expect(counted.get(value) ?? 0, value).toBe(count)
        }
        const paged: string[] = []
        for (let after = made.search({ ...query, limit: 2 }), more = true; more; ) {
          paged.push(...after.ids)
          more = after.next !== undefined
          if (after.next) after = made.search({ ...query, limit: 2, after: parseCursor(formatCursor(after.next))! })
        }
        expect(paged).toEqual(expected.ids)
        expect(made.search({ ...query, limit: 3, offset: 2 }).ids).toEqual(expected.ids.slice(2, 5))
      }
    }),
    { numRuns: 300 },
  )
})

test('traditional, full-width and capital letters are found as their plain forms, and find them', () => {
  const made = indexOf(entry('a', '臺灣企業稅務登記'), entry('b', '台湾企业税务登记'), entry('c', 'ＧＤＰ統計'))
  expect(idsOf(made, '企业税务')).toEqual(['a', 'b'])
  expect(idsOf(made, '企業稅務')).toEqual(['a', 'b'])
  expect(idsOf(made, 'gdp统计')).toEqual(['c'])
})

test('latin words and numbers match from their beginning, Chinese anywhere, one character too', () => {
  const made = indexOf(entry('a', '2024年度企业年报'), entry('b', 'reg_capital 注册资本'), entry('c', '30301702/00012 税'))
  expect(idsOf(made, '202')).toEqual(['a'])
  expect(idsOf(made, '24')).toEqual([])
  expect(idsOf(made, '2024年')).toEqual(['a'])
  expect(idsOf(made, 'capital')).toEqual(['b'])
  expect(idsOf(made, 'reg_cap')).toEqual(['b'])
  expect(idsOf(made, 'reg-cap')).toEqual([])
  expect(idsOf(made, '30301702/0001')).toEqual(['c'])
  expect(idsOf(made, '年')).toEqual(['a'])
  expect(idsOf(made, '税')).toEqual(['c'])
})

test('one character and the beginning of a number are found among thousands as among few', async () => {
  const made = index()
  const titles = Array.from({ length: 6000 }, (_, at) => `${at % 3 === 0 ? '税' : '法'}${String.fromCharCode(0x4e00 + (at % 500))}${2000 + (at % 1000)}年税`)
  await made.load(titles.map((title, at) => entry(String(at), title, { tags: at % 7 === 0 ? ['税务'] : [] })))
  for (const term of ['税', '法', '20', '200', '2000', '税 20', '法 2']) {
    const parts = term.split(' ')
    const isIn = (part: string, at: number) => new RegExp(`(?<!\\d)${part}`).test(titles[at]!) || (part === '税' && at % 7 === 0)
    expect(made.search({ text: term }).total, term).toBe(titles.filter((_, at) => parts.every((part) => isIn(part, at))).length)
  }
})

test('quotation marks keep words together; a query of signs alone asks for nothing', () => {
  const made = indexOf(entry('a', '企业 登记'), entry('b', '登记 企业'))
  expect(idsOf(made, '企业 登记')).toEqual(['a', 'b'])
  expect(idsOf(made, '“企业 登记”')).toEqual(['a'])
  expect(idsOf(made, '（）')).toEqual(['a', 'b'])
})

test('the whole title comes first, then title, tag, item, abstract; of those alike, words side by side, then the order key', () => {
  const made = indexOf(
    entry('abstract', '无', { abstract: '企业登记', changed: 9 }),
    entry('item', '无', { items: ['企业登记'], changed: 9 }),
    entry('tag', '无', { tags: ['企业登记'], changed: 9 }),
    entry('old', '企业登记信息', { changed: 1 }),
    entry('new', '全市企业登记', { changed: 2 }),
    entry('apart', '企业的登记', { changed: 9 }),
    entry('whole', '企业登记'),
  )
  expect(idsOf(made, '企业登记')).toEqual(['whole', 'new', 'old', 'tag', 'item', 'abstract'])
  expect(idsOf(made, '企业 登记')).toEqual(['whole', 'new', 'old', 'apart', 'tag', 'item', 'abstract'])
})

test('what ranks higher is found however late it comes and however few are asked for', () => {
  const apart = ['a', 'b', 'c'].map((id) => entry(id, '无', { abstract: '企业的登记', changed: 9 }))
  const made = indexOf(...apart, entry('side by side', '无', { abstract: '企业登记信息' }), entry('whole', '企业登记'))
  expect(made.search({ text: '企业 登记', limit: 2 }).ids).toEqual(['whole', 'side by side'])
  expect(made.search({ text: '企业 登记', limit: 1, sort: 'order' }).ids).toEqual(['a'])
})

test('parts of a term far from each other, or inside other words, do not make the term', () => {
  const made = indexOf(entry('a', '企业', { abstract: `${'，'.repeat(254)}业登` }), entry('b', '124-5 24 24 5'))
  expect(idsOf(made, '企业登')).toEqual([])
  expect(idsOf(made, '24-5')).toEqual([])
  expect(idsOf(made, '业登')).toEqual(['a'])
})

test('nothing matches across two values or two fields', () => {
  const made = indexOf(entry('a', '企业', { tags: ['法人', '登记'], items: ['信息'] }))
  for (const across of ['业法', '人登', '记信']) expect(idsOf(made, across)).toEqual([])
})

test('changes made while a compaction runs are neither lost nor undone', async () => {
  const made = indexOf(...Array.from({ length: 3000 }, (_, number) => entry(`e${number}`, `企业登记${number}`, { abstract: '税务机关征收管理'.repeat(6) })))
  const compacted = made.compact()
  made.remove('e1')
  made.put(entry('e2', '法人'))
  made.put(entry('fresh', '企业'))
  expect(made.search({ text: '企业' }).total).toBe(2999)
  await compacted
  expect(made.search({ text: '企业' }).total).toBe(2999)
  expect(idsOf(made, '法人')).toEqual(['e2'])
  await made.compact()
  expect(made.search({ text: '企业' }).total).toBe(2999)
  expect(made.figures()).toMatchObject({ documents: 3000, pending: 0 })
})

test('loading compacts, and what was compacted away is freed', async () => {
  const made = index()
  await made.load(Array.from({ length: 500 }, (_, number) => entry(`e${number}`, `企业${number}`)))
  expect(made.figures().pending).toBe(0)
  for (let number = 0; number < 500; number += 1) made.remove(`e${number}`)
  expect(made.figures()).toMatchObject({ documents: 0, pending: 500 })
  await made.compact()
  expect(made.figures()).toMatchObject({ documents: 0, pending: 0, postings: 0 })
})

test('a chosen value stays listed when nothing has it, and however few are asked for', () => {
  const made = indexOf(entry('a', '企业', { unit: 'u1' }), entry('b', '企业', { unit: 'u1' }), entry('c', '法人', { unit: 'u2' }))
  const { facets, total } = made.search({ text: '企业', filters: { unit: ['u2'] }, facetValues: 1 })
  expect(total).toBe(0)
  expect(facets.unit).toEqual([
    { value: 'u1', count: 2 },
    { value: 'u2', count: 0 },
  ])
})

test('a cursor that is none is told apart', () => {
  expect(parseCursor('nonsense')).toBeUndefined()
  expect(parseCursor(Buffer.from('[1,"2","a"]').toString('base64url'))).toBeUndefined()
  expect(parseCursor(formatCursor({ rank: 1, order: -2.5, id: '企' }))).toEqual({ rank: 1, order: -2.5, id: '企' })
})

test('a schema out of bounds is refused', () => {
  const field = { weight: 1, text: (each: Entry) => each.title }
  expect(() => new SearchIndex({ ...schema, fields: [] })).toThrow(RangeError)
  expect(() => new SearchIndex({ ...schema, fields: [field, field, field, field, field] })).toThrow(RangeError)
  expect(() => new SearchIndex({ ...schema, fields: [field, { ...field, weight: 2 }] })).toThrow(RangeError)
})
