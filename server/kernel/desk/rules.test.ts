import { expect, test } from 'vitest'
import { summaryOf } from './rules.ts'

test('a summary shows ids, numbers and truth values, and of everything else only how much it is', () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8057'
  expect(summaryOf({ id, rows: 3, done: true, name: '张三丰', list: ['a', 'b'], deep: { secret: 1 }, nothing: null })).toEqual({
    ...{ id, rows: '3', done: 'true', name: '…(3)', list: '[2]', deep: '{…}', nothing: 'null' },
  })
  expect([summaryOf(null), summaryOf('text'), Object.keys(summaryOf(Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`f${n}`, n])))).length]).toEqual([
    {},
    {},
    12,
  ])
})
