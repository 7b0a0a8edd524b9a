import { expect, test } from 'vitest'
import { race } from '../../assurance/organizations/testing.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity, NOW } from '../exchange/testing/city.ts'
import { contract } from './contract.ts'
import { demandCity, MODULES, needOf } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: NOW })
const city = await exchangeCity(t)
const { asker } = await demandCity(t, city)
const colleague = t.as({ rights: ['demand.ask'], unit: city.consumer.id, person: '00000000-0000-4000-8000-0000000000dd' })(contract)

test('未申报: what one has begun to write is kept for oneself, whole or in part, and ends with the need', async () => {
  expect(await asker.draft({})).toEqual({ draft: null })
  await asker.keepDraft({ title: '企业' })
  expect(await asker.keepDraft({ title: '企业登记', cycle: 'daily' })).toMatchObject({ wish: { title: '企业登记', data: '', cycle: 'daily', provider: null } })
  expect(await colleague.draft({})).toEqual({ draft: null })
  await colleague.keepDraft({ title: '他人的草稿' })
  await asker.ask(needOf())
  expect(await asker.draft({})).toEqual({ draft: null })
  expect((await colleague.draft({})).draft?.wish.title).toBe('他人的草稿')
  await colleague.dropDraft({})
  await colleague.dropDraft({})
  expect(await colleague.draft({})).toEqual({ draft: null })
})

test('one draft a person (draft_once): ten kept at once leave one; what is too long is refused', async () => {
  await race(Array.from({ length: 10 }, (_, n) => () => asker.keepDraft({ title: `第 ${n} 稿` })))
  expect(await t.pool.query('select from demand.draft').then(({ rowCount }) => rowCount)).toBe(1)
  await expect(asker.keepDraft({ title: '长'.repeat(101) })).rejects.toMatchObject({ code: 'kernel.bad_input' })
})
