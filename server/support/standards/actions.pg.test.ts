import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { contract as organizationsContract } from '../../assurance/organizations/contract.ts'
import { organizations } from '../../assurance/organizations/module.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract, ItemType } from './contract.ts'
import { standards } from './module.ts'
import { codesProblem } from './rules.ts'

const t = await testPlatform([organizations, standards])
const maintainer = t.as({ rights: ['standards.maintain'] })(contract)
const reader = t.as({})(contract)

const wish = { titleZh: '居住类别', titleEn: 'Residence', source: '平台约定', certain: false }
const codes = [
  { code: '1', nameZh: '户籍' },
  { code: '2', nameZh: '流动', endedOn: '2026-01-01' },
]
const element = { nameZh: '居住类别', nameEn: 'residence', definition: '', type: 'C', length: 1, codeTable: null, rule: 'none', source: '平台约定' } as const

test('every seeded table is sound, and the standards are those of the national lists', async () => {
  const tables = await reader.codeTables({})
  expect(tables.length).toBeGreaterThanOrEqual(15)
  for (const { name, codes: count } of tables) {
    const { codes: list } = await reader.codeTable({ name })
    expect(list, name).toHaveLength(count)
    expect(codesProblem(list), name).toBeUndefined()
    expect(
      list.filter(({ nameZh, nameEn }) => !nameZh || !nameEn),
      name,
    ).toEqual([])
  }
})

test('GB/T 3304 fifty-six ethnic groups in the order of their numbers, then other and of foreign descent', async () => {
  const { table, codes: list } = await reader.codeTable({ name: 'ethnicity' })
  expect(table).toMatchObject({ codes: 58, certain: true, version: 1 })
  expect(list.map(({ code }) => code)).toEqual([...Array.from({ length: 56 }, (_, n) => String(n + 1).padStart(2, '0')), '97', '98'])
  expect([list[0]?.nameZh, list[2]?.nameZh, list[55]?.nameZh]).toEqual(['汉族', '回族', '基诺族'])
})

test('1272号 the types of items are those an item may have', async () => {
  const { codes: list } = await reader.codeTable({ name: 'item_type' })
  expect(list.map(({ code }) => code)).toEqual(ItemType.options)
})

test('seeded data elements name seeded code tables', async () => {
  const { items, total } = await reader.elements({ limit: 200 })
  expect(total).toBeGreaterThanOrEqual(60)
  const known = new Set((await reader.codeTables({})).map(({ name }) => name))
  expect(items.filter(({ codeTable }) => codeTable !== null && !known.has(codeTable))).toEqual([])
})

test('a published version stays; a change makes the next', async () => {
  const first = await maintainer.publishCodeTable({ ...wish, name: 'residence', after: 0, codes })
  expect(first).toMatchObject({ version: 1, publishedOn: '2026-11-23', codes: 2 })
  await maintainer.publishCodeTable({ ...wish, name: 'residence', after: 1, codes: [...codes, { code: '3', nameZh: '境外' }] })
  const current = await reader.codeTable({ name: 'residence' })
  expect(current.codes.map(({ code }) => code)).toEqual(['1', '2', '3'])
  expect(current.versions.map(({ version }) => version)).toEqual([2, 1])
  expect((await reader.codeTable({ name: 'residence', version: 1 })).codes).toEqual([
    { code: '1', nameZh: '户籍', nameEn: '', parent: null, endedOn: null },
    { code: '2', nameZh: '流动', nameEn: '', parent: null, endedOn: '2026-01-01' },
  ])
  await expect(reader.codeTable({ name: 'residence', version: 3 })).rejects.toMatchObject({ code: 'standards.unknown' })
})

test('the database itself changes no published version and no defined element', async () => {
  const change = (statement: string) => sql.raw(statement).execute(t.platform.db)
  await expect(change(`update standards.code set name_zh = 'x' where code_table = 'sex'`)).rejects.toThrow('never changes')
  await expect(change(`delete from standards.code_table where name = 'sex'`)).rejects.toThrow('never changes')
  await expect(change(`update standards.data_element set length = 1 where identifier = 'RK00001'`)).rejects.toThrow('never changes')
})

test('of ten who change the same version at once, one makes the next', async () => {
  await maintainer.publishCodeTable({ ...wish, name: 'raced', after: 0, codes })
  const ends = await Promise.allSettled(Array.from({ length: 10 }, () => maintainer.publishCodeTable({ ...wish, name: 'raced', after: 1, codes })))
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []))
  expect(reasons).toEqual(Array(9).fill('standards.version_taken'))
  await expect(maintainer.publishCodeTable({ ...wish, name: 'raced', after: 5, codes })).rejects.toMatchObject({ code: 'standards.version_taken' })
})

test('a table that is not sound says which code', async () => {
  const publish = (list: { code: string; nameZh: string; parent?: string }[]) =>
    maintainer.publishCodeTable({ ...wish, name: 'unsound', after: 0, codes: list })
  await expect(publish([...codes, codes[0]!])).rejects.toMatchObject({ code: 'standards.duplicate_code', params: { code: '1' } })
  await expect(publish([{ code: '1', nameZh: '一', parent: '9' }])).rejects.toMatchObject({ code: 'standards.unknown_parent', params: { parent: '9' } })
  await expect(publish([{ code: '1', nameZh: '一', parent: '1' }])).rejects.toMatchObject({ code: 'standards.parent_cycle' })
})

test('tables are found by title, standard and name', async () => {
  const found = async (text: string) => (await reader.codeTables({ text })).map(({ name }) => name)
  expect(await found('民族')).toEqual(['ethnicity'])
  expect(await found('gb/t 4754')).toEqual(['industry_section'])
})

test('data elements are found by name and identifier, page by page', async () => {
  const first = await reader.elements({ text: '证件', limit: 1 })
  const second = await reader.elements({ text: '证件', limit: 1, after: first.next! })
  expect([first.items[0]?.identifier, second.items[0]?.identifier]).toEqual(['FR00004', 'RK00015'])
  expect((await reader.elements({ text: 'rk00001' })).items).toMatchObject([{ nameZh: '公民身份号码', rule: 'resident_id', length: 18 }])
  expect((await reader.elementsByIdentifier({ identifiers: ['FR00001', 'RK00002', 'XX99999'] })).map(({ nameZh }) => nameZh)).toEqual([
    '统一社会信用代码',
    '姓名',
  ])
})

test('a data element is defined once, on a known code table, and retired once', async () => {
  const define = () => maintainer.defineElement({ ...element, identifier: 'ZZ00001', codeTable: 'sex' })
  const ends = await Promise.allSettled(Array.from({ length: 10 }, define))
  expect(ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []))).toEqual(Array(9).fill('standards.element_taken'))
  await expect(maintainer.defineElement({ ...element, identifier: 'ZZ00002', codeTable: 'no_table' })).rejects.toMatchObject({ code: 'standards.unknown' })
  const [made] = await reader.elementsByIdentifier({ identifiers: ['ZZ00001'] })
  expect((await maintainer.retireElement({ id: made!.id })).retiredOn).toBe('2026-11-23')
  await expect(maintainer.retireElement({ id: made!.id })).rejects.toMatchObject({ code: 'standards.retired' })
  await expect(maintainer.retireElement({ id: crypto.randomUUID() })).rejects.toMatchObject({ code: 'standards.unknown' })
})

test('the city’s officer maintains standards, a county’s does not', async () => {
  const division = { name: '', validFrom: '2020-01-01', validTo: null }
  await t
    .as({ rights: ['organizations.maintain'] })(organizationsContract)
    .recordDivisions({
      divisions: [
        { ...division, code: '379900', name: '云泽市', level: 'city', parent: null },
        { ...division, code: '379902', name: '泽城区', level: 'county', parent: '379900' },
      ],
    })
  const officerOf = (code: string) => t.as({ holdings: [{ right: 'standards.maintain', division: code }] })(contract)
  await expect(officerOf('379902').defineElement({ ...element, identifier: 'ZZ00003' })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(officerOf('379900').defineElement({ ...element, identifier: 'ZZ00003' })).resolves.toMatchObject({ identifier: 'ZZ00003' })
})
