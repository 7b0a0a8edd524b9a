import { expect, test } from 'vitest'
import { passwordProblem } from './password.rules.ts'
import { afterWrong, lockOf, minutesUntil, platformLevel } from './rules.ts'

const NOW = '2026-11-23T02:00:00.000Z'

test('GB/T 22239 8.1.4.1 b) the fifth wrong attempt in a row locks for 15 minutes', () => {
  let attempts = { wrong: 0, lockedUntil: null } as ReturnType<typeof afterWrong>
  for (let n = 1; n <= 4; n += 1) attempts = afterWrong(attempts, NOW)
  expect(attempts).toEqual({ wrong: 4, lockedUntil: null })
  attempts = afterWrong(attempts, NOW)
  expect(attempts).toEqual({ wrong: 5, lockedUntil: '2026-11-23T02:15:00.000Z' })
  expect(lockOf(attempts, '2026-11-23T02:14:59.999Z')).toBe('2026-11-23T02:15:00.000Z')
  expect(lockOf(attempts, '2026-11-23T02:15:00.000Z')).toBeNull()
  expect(afterWrong(attempts, '2026-11-23T02:20:00.000Z')).toEqual({ wrong: 1, lockedUntil: null })
})

test('minutes are told rounded up, never as none', () => {
  expect(minutesUntil('2026-11-23T02:15:00.000Z', NOW)).toBe(15)
  expect(minutesUntil('2026-11-23T02:00:00.001Z', NOW)).toBe(1)
})

test.each([
  ['kq7 Lantern', 'short'],
  ['云泽-Harbours-7', undefined],
  ['my.wang.li-2026', 'contains_account'],
  ['Old-Password-9x', 'same_as_before'],
  ['Password202611', 'common'],
  ['P@ssw0rd!2026', 'common'],
  ['Admin@123456789', 'common'],
  ['QwertyAsdfgh1!', 'common'],
  ['woaini-woaini-1', 'common'],
  ['ZhongGuo#20261001', 'common'],
  ['831947205618', 'too_simple'],
  ['kKkKkKkKkKkK', 'too_simple'],
  ['k7mk7mk7mk7m', 'too_simple'],
  ['xqrlvtxqrlvt', 'too_simple'],
  ['23456789ijklmno', 'too_simple'],
  ['slow green tractors', undefined],
  ['七个 灯笼 Harbour9', undefined],
  ['mf4q-8ktz-w2xn-p7rd', undefined],
])('the password «%s» of the account wang.li is judged %s', (password, problem) => {
  expect(passwordProblem(password, { account: 'wang.li', old: 'Old-Password-9x' })).toBe(problem)
})

test('a platform is run by a province, a city or a county', () => {
  expect(['370000', '379900', '379902', '379902001', '100000', '12'].map(platformLevel)).toEqual([
    'province',
    'city',
    'county',
    undefined,
    undefined,
    undefined,
  ])
})
