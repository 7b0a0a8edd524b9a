import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { organizations } from './module.ts'
import { CITY, COUNTY, division, race, smallCity } from './testing.ts'

const t = await testPlatform([organizations])
const { as, keeper, visitor } = await smallCity(t)
const codes = async (input: Parameters<typeof visitor.divisions>[0]) => (await visitor.divisions(input)).map(({ code }) => code)

test('divisions are found below a parent, at the top, and by level', async () => {
  await keeper.recordDivisions({ divisions: [division('379902001', '鼓楼街道', COUNTY, 'town'), division('379903', '岚溪区', CITY, 'county')] })
  expect(await codes({ parent: CITY })).toEqual([COUNTY, '379903'])
  expect(await codes({ top: true })).toEqual([CITY])
  expect(await codes({ levels: ['town'] })).toEqual(['379902001'])
})

test('GB/T 2260 a yearly revision renames from its day, leaves the rest, and keeps what was', async () => {
  await keeper.recordDivisions({ divisions: [division('379921', '鲁川县', CITY, 'county'), division('379922', '汶泉县', CITY, 'county')] })
  const yearly = { level: 'county', parent: CITY, validFrom: '2026-01-01', validTo: null } as const
  const { recorded } = await keeper.recordDivisions({
    divisions: [
      { ...yearly, code: '379921', name: '鲁川市' },
      { ...yearly, code: '379922', name: '汶泉县' },
    ],
  })
  expect(recorded).toBe(1)
  const name = async (on: string) => (await visitor.divisions({ parent: CITY, on })).find(({ code }) => code === '379921')?.name
  expect([await name('2025-12-31'), await name('2026-01-01')]).toEqual(['鲁川县', '鲁川市'])
})

test('GB/T 2260 an abolished code stands no longer from the day of its end', async () => {
  const old = division('379923', '青峪县', CITY, 'county')
  await keeper.recordDivisions({ divisions: [old] })
  await keeper.recordDivisions({ divisions: [{ ...old, validFrom: '2026-01-01', validTo: '2026-06-01' }] })
  expect(await codes({ on: '2026-05-31' })).toContain('379923')
  expect(await codes({ on: '2026-06-01' })).not.toContain('379923')
})

test('two names for one code on one day clash', async () => {
  await keeper.recordDivisions({ divisions: [division('379924', '平澜县', CITY, 'county')] })
  await expect(keeper.recordDivisions({ divisions: [division('379924', '平澜市', CITY, 'county')] })).rejects.toMatchObject({
    code: 'organizations.division_clash',
  })
})

test('a division of the wrong level or without a parent names its code', async () => {
  await expect(keeper.recordDivisions({ divisions: [division('379925', '无级县', CITY, 'town')] })).rejects.toMatchObject({
    code: 'organizations.division_wrong',
    params: { code: '379925', problem: 'level' },
  })
  await expect(keeper.recordDivisions({ divisions: [division('379926001', '无县镇', '379926', 'town')] })).rejects.toMatchObject({
    params: { code: '379926001', problem: 'parent' },
  })
  await expect(keeper.recordDivisions({ divisions: [{ ...division('379927', '倒置县', CITY, 'county'), validTo: '2019-01-01' }] })).rejects.toMatchObject({
    code: 'kernel.bad_input',
  })
})

test('one of ten who name the same code at once is recorded', async () => {
  const acts = Array.from({ length: 10 }, (_, n) => () => keeper.recordDivisions({ divisions: [division('379981', `凤泽${n}市`, CITY, 'county')] }))
  expect(await race(acts)).toEqual({ passed: 1, refused: ['organizations.division_clash'] })
})

test('whoever keeps one county does not record the divisions of another', async () => {
  const county = as({ holdings: [{ right: 'organizations.maintain', division: COUNTY }] })
  await expect(county.recordDivisions({ divisions: [division('379902002', '文昌街道', COUNTY, 'town')] })).resolves.toEqual({ recorded: 1 })
  await expect(county.recordDivisions({ divisions: [division('379904', '云湖区', CITY, 'county')] })).rejects.toMatchObject({ code: 'kernel.forbidden' })
})
