import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity, NOW } from '../exchange/testing/city.ts'
import { readSheet } from './sheet.rules.ts'
import { channelsCity, MODULES } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
const { consumer } = await channelsCity(t, city)
const HEAD = ['提供单位', '数据内容', '方式', '开始日期', '频率', '每月行数', '每月MB', '是否含个人信息', '依据', '联系人', '联系电话', '来源系统']
const row = (wish: Record<string, string> = {}): string[] => {
  const cells: Record<string, string> = {
    ...{ 提供单位: '市场监督管理局', 数据内容: '企业年报', 方式: '人工拷贝/U盘', 开始日期: '2019年3月1日', 频率: '每月', 每月行数: '1.2万', 每月MB: '40' },
    ...{ 是否含个人信息: '是', 依据: '税收征管法第六条', 联系人: '王某', 联系电话: '13900001234', 来源系统: '' },
    ...wish,
  }
  return HEAD.map((name) => cells[name] ?? '')
}
const sheet = (...rows: string[][]): string => [HEAD, ...rows].map((cells) => cells.join('\t')).join('\n')
const TODAY = '2026-11-23'

test('a sheet from Excel or CSV is read by its headings, whatever their order', () => {
  const tabs = readSheet(sheet(row()), TODAY)
  expect(tabs?.rows).toMatchObject([{ row: 2, way: 'manual', often: 'monthly', sinceOn: '2019-03-01', rowsMonth: 12_000, mbMonth: 40, personal: true }])
  const csv = `\uFEFF联系人,依据,含个人信息,频率,开始日期,方式,数据内容,提供单位\r\n"王某","第六条，""第七条""",否,每日,2020/1/5,FTP,"企业,年报",税务局\r\n`
  expect(readSheet(csv, TODAY)?.rows).toMatchObject([{ basis: '第六条，"第七条"', content: '企业,年报', way: 'ftp', personal: false }])
  expect(readSheet('没有,表头\n1,2', TODAY)).toBeUndefined()
  expect(readSheet('', TODAY)).toBeUndefined()
  expect(readSheet(sheet(...Array.from({ length: 501 }, (_, at) => row({ 数据内容: `内容${at}` }))), TODAY)).toBeUndefined()
})

test('every wrong cell is named by its row: impossible days, unknown ways, words for numbers, repeated rows', () => {
  const read = readSheet(
    sheet(
      row({ 开始日期: '2026-02-30' }),
      row({ 开始日期: '2027-01-01' }),
      row({ 方式: '信鸽', 频率: '偶尔', 每月行数: '很多', 是否含个人信息: '也许' }),
      row({ 依据: '', 联系人: '' }),
      row(),
      row(),
    ),
    TODAY,
  )
  expect(read?.problems.map(({ row: at, field, fault }) => `${at} ${field} ${fault}`)).toEqual([
    '2 sinceOn bad_date',
    '3 sinceOn future_date',
    '4 way bad_way',
    '4 often bad_often',
    '4 personal bad_yes_no',
    '4 rowsMonth bad_number',
    '5 basis missing',
    '5 contact missing',
    '7 content twice_in_sheet',
  ])
  expect(read?.rows.map((one) => one.row)).toEqual([6])
})

test('wrong units are found by the platform; nothing is listed while a row is wrong, and good rows only on demand', async () => {
  await city.city.newUnit({ name: '教育局', shortName: '同名局' })
  await city.city.newUnit({ name: '体育局', shortName: '同名局' })
  const text = sheet(
    row(),
    row({ 提供单位: '不存在的局', 数据内容: '甲' }),
    row({ 提供单位: '同名局', 数据内容: '乙' }),
    row({ 提供单位: '税务局', 数据内容: '丙' }),
    row({ 提供单位: '省市场监管局', 方式: '上级垂直系统', 数据内容: '丁' }),
  )
  const problems = [
    { row: 3, field: 'provider', fault: 'unknown_unit', value: '不存在的局' },
    { row: 4, field: 'provider', fault: 'ambiguous_unit', value: '同名局' },
    { row: 5, field: 'provider', fault: 'own_unit', value: '税务局' },
  ]
  expect(await consumer.checkSheet({ text })).toEqual({ good: 2, problems })
  await expect(consumer.importSheet({ text })).rejects.toMatchObject({ code: 'channels.rows_wrong', params: { good: 2, problems } })
  expect((await consumer.channels({})).total).toBe(0)
  const { listed, left } = await consumer.importSheet({ text, onlyGood: true })
  expect([listed.length, left]).toEqual([2, problems])
  const { items } = await consumer.channels({})
  expect(items.map(({ providerName, content }) => `${providerName} ${content}`).sort()).toEqual(['市场监督管理局 企业年报', '省市场监管局 丁'])
  expect((await consumer.checkSheet({ text: sheet(row()) })).problems).toMatchObject([{ row: 2, field: 'content', fault: 'already_listed' }])
  await expect(consumer.checkSheet({ text: '什么都不是' })).rejects.toMatchObject({ code: 'channels.bad_sheet' })
  expect((await t.ledger()).some(({ body }) => body.includes('13900001234'))).toBe(false)
})
