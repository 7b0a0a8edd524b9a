import { expect, test } from 'vitest'
import { organizations } from '../../assurance/organizations/module.ts'
import { smallCity } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { standards } from '../../support/standards/module.ts'
import { nodes } from '../nodes/module.ts'
import { nodesOf, SOURCE, TABLE } from '../nodes/testing.ts'
import { contract } from './contract.ts'
import { facts } from './facts.ts'
import { catalog } from './module.ts'
import { addTestClass, catalogOf, contentOf } from './testing.ts'

const t = await testPlatform([organizations, standards, nodes, catalog])
const city = await smallCity(t)
const [one, two] = [await city.newUnit({ name: '一局' }), await city.newUnit({ name: '二局', division: '379902' })]
await addTestClass(t)
const [ofOne, ofTwo] = [catalogOf(t, one), catalogOf(t, two)]
const inOne = t.as({ unit: one.id })(contract)
const minute = (n: number) => t.setNow(`2026-11-23T02:${String(n).padStart(2, '0')}:00Z`)
const names = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name)

for (let n = 0; n < 5; n += 1) {
  minute(n)
  await ofOne.cataloguer.compile({ content: contentOf(one.id, { name: `一局草稿 ${n}` }) })
}
minute(10)
const shared = await ofOne.published({ name: '一局已发布' })
const withheld = { share: { type: 'none', condition: '', basis: '《中华人民共和国统计法》第九条', mode: 'platform_database' } } as const
await ofTwo.published({ name: '二局已发布', ...withheld })

test('entries of the units one may see, last changed first, page by page', async () => {
  const first = await inOne.entries({ limit: 4 })
  expect([names(first), first.total]).toEqual([['一局已发布', '一局草稿 4', '一局草稿 3', '一局草稿 2'], 6])
  const second = await inOne.entries({ limit: 4, after: first.next! })
  expect([names(second), second.next]).toEqual([['一局草稿 1', '一局草稿 0'], null])
  await expect(inOne.entries({ after: 'nonsense' })).rejects.toMatchObject({ code: 'kernel.bad_input' })
})

test('the bureau lists its division and all below it; a stranger nothing', async () => {
  expect((await ofOne.officer.entries({})).total).toBe(7)
  const county = t.as({ holdings: [{ right: 'catalog.publish', division: '379902' }] })(contract)
  expect(names(await county.entries({}))).toEqual(['二局已发布'])
  expect((await ofOne.reader.entries({})).total).toBe(0)
})

test('a list is narrowed by state, provider, words and code', async () => {
  const { officer } = ofOne
  expect((await officer.entries({ state: ['draft'] })).total).toBe(5)
  expect(names(await officer.entries({ provider: two.id }))).toEqual(['二局已发布'])
  expect(names(await officer.entries({ text: '草稿 3' }))).toEqual(['一局草稿 3'])
  expect(names(await officer.entries({ text: shared.head.code }))).toEqual(['一局已发布'])
  expect((await officer.entries({ text: '%' })).total).toBe(0)
})

test('a published entry with a draft is listed by its draft', async () => {
  await ofOne.cataloguer.revise({ id: shared.head.id, content: contentOf(one.id, { name: '一局已发布', updateCycle: 'weekly' }) })
  expect((await inOne.entries({ limit: 1 })).items).toMatchObject([{ state: 'draft', version: 2, publishedOn: '2026-11-23' }])
  expect(await ofOne.reader.entriesById({ ids: [shared.head.id] })).toMatchObject([{ state: 'published', version: 1 }])
})

test('挂接率 and the other figures are counted from what is published, for a unit or for all', async () => {
  const beside = nodesOf(t, one)
  const { id: node } = await beside.active('前置机')
  await beside.reads(node, [TABLE])
  const columns = Object.fromEntries(contentOf(one.id).items.map(({ column }) => [column, column]))
  const binder = t.as({ rights: ['catalog.compile', 'nodes.read_schema'], unit: one.id })(contract)
  const measured = async (unit?: string) =>
    Object.fromEntries(
      await Promise.all(
        facts.map(async ({ code, measure }) => {
          const { numerator, denominator } = await measure(t.platform.db as never, { unit })
          return [code, denominator === null ? numerator : `${numerator}/${denominator}`]
        }),
      ),
    )
  expect(await measured()).toMatchObject({ 'catalog.published': 2, 'catalog.share_none': '1/2', 'catalog.binding_rate': '0/1' })
  await binder.bind({ id: shared.head.id, node, store: SOURCE.id, schema: TABLE.schema, table: TABLE.table, columns })
  expect(await measured(one.id)).toMatchObject({ 'catalog.published': 1, 'catalog.share_conditional': '1/1', 'catalog.binding_rate': '1/1' })
  expect(await measured(two.id)).toMatchObject({ 'catalog.share_none': '1/1', 'catalog.binding_rate': '0/0' })
  const bindingRate = facts.find(({ code }) => code === 'catalog.binding_rate')!
  expect(await bindingRate.evidence(t.platform.db as never, {}, 10)).toEqual([
    { label: `${shared.head.code} 一局已发布`, at: '2026-11-23T02:10:00.000Z', link: `/catalog/${shared.head.id}` },
  ])
})
