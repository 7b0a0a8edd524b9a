import { expect, test } from 'vitest'
import { cursorWords } from './cursor-words.ts'
import { cronWords } from './schedule-words.ts'

test.each([
  ['0 2 * * *', '每日 02:00', 'Daily at 02:00'],
  ['30 6 * * 1-5', '周一至周五 06:30', 'Monday to Friday at 06:30'],
  ['0 3 * * 7', '每星期日 03:00', 'Every Sunday at 03:00'],
  ['0 1 1 * *', '每月 1 日 01:00', 'On day 1 of every month at 01:00'],
  ['0 1 1 3 *', '每年 3 月 1 日 01:00', 'Every year on 3-1 at 01:00'],
  ['*/30 8-18 * * *', '按计划 */30 8-18 * * *', 'By */30 8-18 * * *'],
  ['0 1 1 * 1', '按计划 0 1 1 * 1', 'By 0 1 1 * 1'],
])('a usual crontab line is told in words: %s', (line, zh, en) => {
  expect(cronWords(line, 'zh')).toBe(zh)
  expect(cronWords(line, 'en')).toBe(en)
})

test('how far increments reach is told in the city’s time where it is a moment', () => {
  expect(cursorWords('2026-10-31 10:00:58.544123+00', 'zh')).toBe('2026年10月31日 18:00:58')
  expect(cursorWords('4711', 'zh')).toBe('4711')
})
