import { expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { smallCity } from '../../assurance/organizations/testing.ts'
import { RunningPlatform } from '../../kernel/platform.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { standards } from '../../support/standards/module.ts'
import { nodes } from '../nodes/module.ts'
import { contract } from './contract.ts'
import { finderOf } from './finder.ts'
import { followChanges } from './listen.ts'
import { catalog } from './module.ts'
import { addTestClass, catalogOf, contentOf } from './testing.ts'

const modules = [organizations, standards, nodes, catalog]
const t = await testPlatform(modules)
const city = await smallCity(t)
const unit = await city.newUnit({ name: '市场监督管理局', shortName: '市场监管局' })
const police = await city.newUnit({ name: '公安局', shortName: '公安局' })
await addTestClass(t)
const { published, publish, cataloguer, officer, reader } = catalogOf(t, unit)
const atPolice = catalogOf(t, police)

const free = { share: { type: 'unconditional', condition: '', basis: '', mode: 'platform_database' } } as const
const registered = await published()
const changes = await published({ name: '企业变更信息', abstract: '登记事项每次变更的前后内容', ...free, tags: ['变更'] })
const residents = await atPolice.published({ name: '常住人口基本信息', abstract: '全市常住人口的户籍登记信息', tags: ['人口'] })
const names = (found: { hits: { name: string }[] }) => found.hits.map(({ name }) => name)

test('one’s own publication is found at once, a draft is not', async () => {
  const { head } = await cataloguer.compile({ content: contentOf(unit.id, { name: '不动产抵押信息' }) })
  expect((await reader.search({ text: '不动产抵押' })).total).toBe(0)
  await publish(head.id)
  expect(names(await reader.search({ text: '不动产抵押' }))).toEqual(['不动产抵押信息'])
  await officer.withdraw({ id: head.id, reason: '职责划转' })
  expect((await reader.search({ text: '不动产抵押' })).total).toBe(0)
})

test('an entry is found by its name, code, tags, items, abstract and provider, in traditional characters too', async () => {
  for (const text of ['企业登记', '企業登記', registered.head.code, '法人', '注册资本', '设立、变更', '市场监管局 登记'])
    expect(names(await reader.search({ text })), text).toContain('企业登记信息')
  expect(names(await reader.search({ text: '变更' }))[0]).toBe('企业变更信息')
})

test('a hit shows what it is and where the words stand', async () => {
  const { hits } = await reader.search({ text: '人口' })
  expect(hits).toHaveLength(1)
  expect(hits[0]).toMatchObject({ id: residents.head.id, providerName: '公安局', state: 'published', items: 4, tags: ['人口'] })
  expect(hits[0]?.highlights).toEqual(
    expect.arrayContaining([
      { field: 'name', text: '常住人口基本信息', marks: [[2, 4]] },
      { field: 'tags', text: '人口', marks: [[0, 2]] },
    ]),
  )
})

test('facets count without their own filter and carry their names', async () => {
  const { total, facets } = await reader.search({ provider: [unit.id], shareType: ['unconditional'] })
  expect(total).toBe(1)
  expect(facets.shareType).toEqual([
    { value: 'conditional', label: '有条件共享', count: 1 },
    { value: 'unconditional', label: '无条件共享', count: 1 },
  ])
  expect(facets.provider).toEqual([{ value: unit.id, label: '市场监督管理局', count: 1 }])
  expect(facets.class).toEqual([{ value: '102', label: '法人单位', count: 1 }])
  expect(facets.bound).toEqual([{ value: 'false', label: '未挂接', count: 1 }])
})

test('a class finds all below it', async () => {
  for (const code of ['1', '102', '102001']) expect((await reader.search({ class: [code] })).total).toBe(3)
  expect((await reader.search({ class: ['101'] })).total).toBe(0)
})

test('pages hold each hit once, with the exact total', async () => {
  const pages = await Promise.all([0, 1, 2].map((offset) => reader.search({ offset, limit: 1 })))
  expect(pages.map(({ total }) => total)).toEqual([3, 3, 3])
  expect(new Set(pages.flatMap(names)).size).toBe(3)
})

test('a change of name is found under the new one alone', async () => {
  await cataloguer.revise({ id: changes.head.id, content: contentOf(unit.id, { name: '企业历次变动', ...free }) })
  expect(names(await reader.search({ text: '企业变更信息' }))).toEqual(['企业变更信息'])
  await publish(changes.head.id)
  expect((await reader.search({ text: '企业变更信息' })).total).toBe(0)
  expect(names(await reader.search({ text: '历次变动' }))).toEqual(['企业历次变动'])
})

/** Another process of the same platform. */
function neighbour() {
  const platform = new RunningPlatform({ pool: t.pool, modules, log: t.platform.log, redact: t.keys.redact })
  const search = (text: string) => platform.run(contract.search, t.caller({}), { text }).then(({ total }) => total)
  /** Asks until the answer is as awaited: a notice of the database takes a moment. */
  const until = (text: string, total: number) => expect.poll(() => search(text), { timeout: 10_000, interval: 20 }).toBe(total)
  return { platform, search, until }
}

test('another process finds what this one publishes', async () => {
  const { platform, search, until } = neighbour()
  const stop = await followChanges(platform)
  expect(await search('排污许可')).toBe(0)
  const { head } = await published({ name: '排污许可信息' })
  await until('排污许可', 1)
  await officer.withdraw({ id: head.id, reason: '职责划转' })
  await until('排污许可', 0)
  await stop()
})

test('a process that lost its connection finds what it missed', async () => {
  const { platform, search, until } = neighbour()
  const stop = await followChanges(platform)
  expect(await search('食品抽检')).toBe(0)
  const { rowCount } = await t.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'listen catalog_changed'`,
  )
  expect(rowCount).toBeGreaterThan(0)
  await published({ name: '食品抽检信息' })
  await until('食品抽检', 1)
  await stop()
})

test('searches that come while the index is filled wait for it', async () => {
  const { platform, search } = neighbour()
  const totals = await Promise.all(Array.from({ length: 8 }, () => search('常住人口')))
  expect(totals).toEqual(Array.from({ length: 8 }, () => 1))
  platform.local(finderOf).forget()
  expect(await Promise.all(Array.from({ length: 8 }, () => search('常住人口')))).toEqual(totals)
})
