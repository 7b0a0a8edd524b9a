import { Content } from '@zhenghe/server/data/catalog/contract.ts'
import { isUscc } from '@zhenghe/server/kernel/identifiers.ts'
import { expect, test } from 'vitest'
import { classes } from './catalogue/classes.ts'
import { itemsOf } from './catalogue/entry.ts'
import { catalogue, entryNamed } from './catalogue.ts'
import { RECORDED_ON } from './days.ts'
import { unitOf } from './units.ts'

test('there are 150 entries or more, of 20 departments or more', () => {
  expect(catalogue.length).toBeGreaterThanOrEqual(150)
  expect(new Set(catalogue.map(({ provider }) => provider)).size).toBeGreaterThanOrEqual(20)
})

test("every entry is what the catalogue's contract takes, with nothing left to a default", () => {
  const provider = '00000000-0000-4000-8000-000000000000'
  for (const { content } of catalogue) expect(Content.parse({ ...content, provider }), content.name).toEqual({ ...content, provider })
})

test('1272号 2: a resource code is 类 1, 项 2, 目 3, 细目, a slash and a number, and no two entries share one', () => {
  const known = new Set(classes.map(({ code }) => code))
  for (const { code, content } of catalogue) {
    expect(code).toMatch(/^[123]\d{7}\/\d{5}$/)
    expect(code.split('/')[0]).toBe(content.class)
    expect(known, content.name).toContain(content.class)
  }
  expect(new Set(catalogue.map(({ code }) => code)).size).toBe(catalogue.length)
  expect(new Set(catalogue.map(({ content }) => content.name)).size).toBe(catalogue.length)
})

test('1272号 2: every class hangs below one listed before it', () => {
  const seen = new Set<string | null>([null])
  for (const { code, parent } of classes) {
    expect(seen).toContain(parent)
    expect(seen).not.toContain(code)
    seen.add(code)
  }
})

test('1272号 3: every entry has its mandatory elements', () => {
  for (const { content, provider, releasedOn } of catalogue) {
    expect(isUscc(unitOf(provider).uscc)).toBe(true)
    expect(content.abstract.length, content.name).toBeGreaterThan(8)
    expect(content.items.length, content.name).toBeGreaterThan(1)
    expect(content.tags.length, content.name).toBeGreaterThan(0)
    expect(releasedOn >= '2024-03-01' && releasedOn <= RECORDED_ON, releasedOn).toBe(true)
  }
})

test('1272号 3.8: items have names of their own, a length where the type has none, and one key or more that is never null', () => {
  for (const { name, items } of catalogue.map(({ content }) => content)) {
    expect(new Set(items.map(({ column }) => column)).size, name).toBe(items.length)
    expect(new Set(items.map((item) => item.name)).size, name).toBe(items.length)
    expect(
      items.some(({ key }) => key),
      name,
    ).toBe(true)
    for (const { type, length, key, nullable } of items) {
      expect(length !== null, name).toBe(!['D', 'T', 'L'].includes(type))
      expect(key && nullable, name).toBe(false)
    }
  }
})

test('51号 9–11: a condition is told with its scope, a refusal cites law, and what is free has neither', () => {
  for (const { name, share } of catalogue.map(({ content }) => content)) {
    if (share.type === 'conditional') expect(share.condition, name).toMatch(/^限于.+；使用范围：.+/)
    else expect(share.condition, name).toBe('')
    if (share.type === 'none') expect(share.basis, name).toMatch(/《(中华人民共和国.+法|.+条例)》/)
    else expect(share.basis, name).toBe('')
  }
  expect(new Set(catalogue.map(({ content }) => content.share.type)).size).toBe(3)
})

test('51号 18: only what holds nothing sensitive is open or free', () => {
  for (const { name, items, open, share } of catalogue.map(({ content }) => content)) {
    if (items.some((item) => item.sensitive)) expect([open.type, share.type === 'unconditional'], name).toEqual(['none', false])
    if (open.type !== 'none') expect(share.type, name).not.toBe('none')
    expect(open.condition !== '', name).toBe(open.type === 'conditional')
  }
})

test('related entries exist and are not the entry itself', () => {
  const codes = new Set(catalogue.map(({ code }) => code))
  for (const { code, content } of catalogue) for (const other of content.related) expect(codes.has(other) && other !== code).toBe(true)
})

test('four entries stand on real tables', () => {
  const bound = catalogue.filter(({ source }) => source).map(({ content, source }) => `${content.name} ${source!.database}.${source!.schema}.${source!.table}`)
  expect(bound).toEqual([
    '企业登记信息 market_supervision.registration.legal_entity',
    '个体工商户登记信息 market_supervision.registration.sole_trader',
    '常住人口基本信息 public_security.population.resident',
    '税务登记信息 taxation.tax.taxpayer',
  ])
  expect(entryNamed('企业登记信息').content.share.type).toBe('conditional')
})

test('the short form of items says what it cannot read', () => {
  expect(itemsOf('代码 code C18*!, 日期 day D')).toMatchObject([
    { name: '代码', column: 'code', type: 'C', length: 18, key: true, nullable: false, sensitive: true },
    { name: '日期', column: 'day', type: 'D', length: null, key: false, nullable: true, sensitive: false },
  ])
  for (const wrong of ['代码 code C', '代码 code X18', '日期 day D8', '代码 Code C18', 'code C18']) expect(() => itemsOf(wrong), wrong).toThrow(wrong)
})
