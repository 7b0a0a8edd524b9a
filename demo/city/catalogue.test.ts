import { isUscc } from '@zhenghe/server/kernel/identifiers.ts'
import { expect, test } from 'vitest'
import { classes } from './catalogue/classes.ts'
import { itemsOf } from './catalogue/entry.ts'
import { catalogue, entryNamed } from './catalogue.ts'
import { RECORDED_ON } from './days.ts'
import { unitOf } from './units.ts'

const classNames = new Map(classes.map(({ code, name }) => [code, name]))

test('there are 150 entries or more, of 20 departments or more', () => {
  expect(catalogue.length).toBeGreaterThanOrEqual(150)
  expect(new Set(catalogue.map(({ provider }) => provider)).size).toBeGreaterThanOrEqual(20)
})

test('1272号 2: a resource code is 类 1, 项 2, 目 3, 细目, a slash and a number, and no two entries share one', () => {
  for (const entry of catalogue) {
    expect(entry.code).toMatch(/^[123]\d{7}\/\d{5}$/)
    expect(entry.code.split('/')[0]).toBe(entry.class)
    for (const length of [1, 3, 6, 8]) expect(classNames.has(entry.class.slice(0, length)), entry.name).toBe(true)
  }
  expect(new Set(catalogue.map(({ code }) => code)).size).toBe(catalogue.length)
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length)
  expect(new Set(classes.map(({ code }) => code)).size).toBe(classes.length)
})

test('1272号 3: every entry has its mandatory elements', () => {
  for (const entry of catalogue) {
    expect(isUscc(unitOf(entry.provider).uscc)).toBe(true)
    expect(entry.abstract.length, entry.name).toBeGreaterThan(8)
    expect(entry.items.length, entry.name).toBeGreaterThan(1)
    expect(entry.tags.length, entry.name).toBeGreaterThan(0)
    expect(entry.releasedOn >= '2024-03-01' && entry.releasedOn <= RECORDED_ON, entry.releasedOn).toBe(true)
    if (entry.format.category === 6) expect(entry.format.description).not.toBeNull()
  }
})

test('1272号 3.8: items have names of their own, a length where the type has none, and one key or more', () => {
  for (const { name, items } of catalogue) {
    expect(new Set(items.map(({ column }) => column)).size, name).toBe(items.length)
    expect(new Set(items.map(({ title }) => title)).size, name).toBe(items.length)
    expect(items.some(({ key }) => key) || items.length === 0, name).toBe(true)
    for (const { type, length } of items) expect(length > 0, name).toBe(!['D', 'T', 'L'].includes(type))
  }
})

test('51号 9–11: a condition is told with its scope, a refusal cites law, and what is free has neither', () => {
  for (const { name, share, shareMode } of catalogue) {
    if (share.type === 1) expect([share.condition, share.basis], name).toEqual([null, null])
    if (share.type === 2) expect(share.condition, name).toMatch(/^限于.+；使用范围：.+/)
    if (share.type === 3) expect(share.basis, name).toMatch(/《(中华人民共和国.+法|.+条例)》/)
    expect(shareMode === null, name).toBe(share.type === 3)
  }
  expect(new Set(catalogue.map(({ share }) => share.type)).size).toBe(3)
})

test('51号 18: only what holds nothing sensitive is open or free', () => {
  for (const { name, items, open, share, sensitivity } of catalogue) {
    const sensitive = items.some((item) => item.sensitive)
    if (sensitive) expect([open.type, share.type === 1], name).toEqual([3, false])
    if (open.type !== 3) expect(share.type, name).not.toBe(3)
    if (open.type === 2) expect(open.condition, name).toMatch(/.{5,}/)
    expect(sensitivity >= 3, name).toBe(sensitive)
  }
})

test('related entries exist and are not the entry itself', () => {
  const codes = new Set(catalogue.map(({ code }) => code))
  for (const { code, related } of catalogue) for (const other of related) expect(codes.has(other) && other !== code).toBe(true)
})

test('four entries stand on real tables', () => {
  const bound = catalogue.filter(({ source }) => source).map(({ name, source }) => `${name} ${source!.database}.${source!.schema}.${source!.table}`)
  expect(bound).toEqual([
    '企业登记信息 market_supervision.registration.legal_entity',
    '个体工商户登记信息 market_supervision.registration.sole_trader',
    '常住人口基本信息 public_security.population.resident',
    '税务登记信息 taxation.tax.taxpayer',
  ])
  expect(entryNamed('企业登记信息').share.type).toBe(2)
})

test('the short form of items says what it cannot read', () => {
  expect(itemsOf('代码 code C18*!, 日期 day D')).toEqual([
    { title: '代码', column: 'code', type: 'C', length: 18, key: true, sensitive: true, note: null },
    { title: '日期', column: 'day', type: 'D', length: 0, key: false, sensitive: false, note: null },
  ])
  for (const wrong of ['代码 code C', '代码 code X18', '日期 day D8', '代码 Code C18', 'code C18']) expect(() => itemsOf(wrong), wrong).toThrow(wrong)
})
