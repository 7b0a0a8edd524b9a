import { expect, test } from 'vitest'
import { race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity, NOW } from '../exchange/testing/city.ts'
import { askReviews } from './jobs.ts'
import { csvCell } from './list.rules.ts'
import { demandCity, MODULES } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
const { asker, provider, analyst, stranger, confirmed } = await demandCity(t, city)
const refused = (code: string) => ({ code: `demand.${code}` })
const PROPOSAL = { item: '在侦案件线索', basis: '《刑事诉讼法》第五十四条', reason: '侦查秘密，依法不得提供' }

test('the list of needs and the list of duties are computed, found by words, narrowed and counted', async () => {
  const entry = await city.entry('企业登记信息')
  const first = await confirmed({ title: '企业登记信息' }, entry)
  t.setNow('2026-11-23T02:00:00.001Z')
  const second = await confirmed({ title: '年报公示信息' })
  await provider.commit({ id: first.parts[0]?.id ?? '', dueOn: '2026-12-31' })
  const needs = await stranger.list({ list: 'needs' })
  expect(needs.rows.map(({ item, unitName, other, state, due }) => [item, unitName, other, state, due])).toEqual([
    ['年报公示信息', '税务局', '市场监督管理局', 'provider', null],
    ['企业登记信息', '税务局', '市场监督管理局', 'to_supply', '2026-12-31'],
  ])
  const duties = await stranger.list({ list: 'duties', state: ['committed'] })
  expect(duties).toMatchObject({ total: 1, rows: [{ unitName: '市场监督管理局', other: '税务局', due: '2026-12-31', link: `/demand/${first.id}` }] })
  expect(duties.rows[0]?.basis).toMatch(/^102001\/\d{5} 企业登记信息$/)
  expect(duties.states).toEqual([
    { value: 'committed', count: 1 },
    { value: 'waiting', count: 1 },
  ])
  expect(duties.units).toEqual([{ value: city.provider.id, label: '市场监督管理局', count: 1 }])
  expect((await stranger.list({ list: 'needs', text: '年报 税务' })).rows.map(({ id }) => id)).toEqual([second.id])
  expect((await stranger.list({ list: 'needs', text: '年报 水务' })).total).toBe(0)
})

test('负面清单: proposed once, approved by the data authority until its review; what the catalogue does not share is in it', async () => {
  expect(await race(Array.from({ length: 10 }, () => () => provider.propose(PROPOSAL)))).toEqual({ passed: 1, refused: ['demand.negative_twice'] })
  const [candidate] = await analyst.negatives({ state: ['candidate'] })
  const id = candidate?.id ?? ''
  await expect(provider.decide({ id, approve: true, reviewOn: '2027-06-30' })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await expect(analyst.decide({ id, approve: true })).rejects.toMatchObject(refused('bad_review'))
  await expect(analyst.decide({ id, approve: true, reviewOn: '2029-01-01' })).rejects.toMatchObject(refused('bad_review'))
  await expect(analyst.decide({ id, approve: false })).rejects.toMatchObject(refused('needs_reason'))
  const decisions = Array.from({ length: 10 }, () => () => analyst.decide({ id, approve: true, reviewOn: '2027-06-30' }))
  expect(await race(decisions)).toEqual({ passed: 1, refused: ['demand.wrong_state'] })
  const share = { type: 'none', condition: '', basis: '《保守国家秘密法》第九条', mode: 'platform_database' } as const
  const withheld = (await city.people.published({ name: '不予共享的目录', share })).head
  const { rows } = await stranger.list({ list: 'negative' })
  expect(rows.map(({ item, basis, state, due }) => [item, basis, state, due]).sort()).toEqual(
    [
      [PROPOSAL.item, PROPOSAL.basis, 'listed', '2027-06-30'],
      ['不予共享的目录', share.basis, 'catalogue', null],
    ].sort(),
  )
  await expect(provider.propose({ ...PROPOSAL, item: '同一目录', entry: withheld.id })).rejects.toMatchObject(refused('in_catalogue'))
  await expect(stranger.propose({ ...PROPOSAL, item: '别人的目录', entry: withheld.id })).rejects.toMatchObject(refused('entry_not_theirs'))

  t.setNow('2027-07-01T02:00:00Z')
  await t.pool.query(`select kernel.ensure_partitions('2027-07-01')`)
  await t.platform.asSystem('test', askReviews as never)
  expect((await t.todos()).filter(({ subject }) => subject === id).map(({ kind }) => kind)).toEqual(['demand.review'])
  expect(await analyst.negative({ id })).toMatchObject({ state: 'listed', reviewDue: true })
  expect(await analyst.review({ id, keep: true, reviewOn: '2028-06-30' })).toMatchObject({ reviewOn: '2028-06-30', reviewDue: false })
  expect(await analyst.review({ id, keep: false, note: '案件已办结公开' })).toMatchObject({ state: 'lifted', endReason: '案件已办结公开' })
  expect((await stranger.list({ list: 'negative' })).rows.map(({ state }) => state)).toEqual(['catalogue'])
  t.setNow(NOW)
})

test('CSV: exactly what is filtered, UTF-8 with BOM, no cell is run as a formula', async () => {
  await confirmed({ title: '=HYPERLINK("http://x")' })
  await confirmed({ title: '@SUM(1)，含“引号”和,逗号' })
  const { name, csv, rows } = await stranger.exported({ list: 'needs', text: 'hyperlink' })
  expect([name, rows]).toEqual(['需求清单-2026-11-23.csv', 1])
  expect(csv.startsWith('\uFEFF编号,需求,需求单位')).toBe(true)
  expect(csv.endsWith('\r\n')).toBe(true)
  expect(csv.split('\r\n')).toHaveLength(3)
  expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`)
  const all = await stranger.exported({ list: 'needs' })
  expect(all.rows).toBe((await stranger.list({ list: 'needs' })).total)
  expect(all.csv).toContain(`"'@SUM(1)，含“引号”和,逗号"`)
  expect(['=1', '+1', '-1', '@x', '\tx', 'a=1', 'a\nb'].map(csvCell)).toEqual(["'=1", "'+1", "'-1", "'@x", "'\tx", 'a=1', '"a\nb"'])
})

test('an edition is numbered, has the digest of its rows and never changes; the same list is published once: ten at once, one passes', async () => {
  const publish = () => analyst.publish({ list: 'duties' })
  expect(await race(Array.from({ length: 10 }, () => publish))).toEqual({ passed: 1, refused: ['demand.unchanged'] })
  await expect(asker.publish({ list: 'duties' })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  await confirmed({ title: '又一项需求' })
  expect(await publish()).toMatchObject({ number: 2, division: '3799', digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
  const [newest, first] = await stranger.editions({ list: 'duties' })
  expect([newest?.number, first?.number]).toEqual([2, 1])
  const shown = await stranger.edition({ id: first?.id ?? '' })
  expect(shown.rows).toHaveLength(shown.rowCount)
  expect(shown.rows.some(({ item }) => item === '又一项需求')).toBe(false)
  await expect(t.pool.query(`update demand.edition set note = 'x'`)).rejects.toThrow(/never changes/)
  await expect(t.pool.query(`delete from demand.edition`)).rejects.toThrow(/never changes/)
})
