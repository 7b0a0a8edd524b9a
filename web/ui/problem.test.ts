import { Refusal } from '@zhenghe/server/kernel/refusal.ts'
import { describe, expect, test } from 'vitest'
import { tell } from './problem.ts'
import { words } from './texts.ts'

describe('what a person is told', () => {
  test("a refusal is told in the server's own sentence and is not worth repeating", () => {
    const told = tell(new Refusal('catalog.name_taken', { status: 409 }, '本单位已有同名目录，请直接修改原目录。'))
    expect(told).toMatchObject({ sentence: '本单位已有同名目录，请直接修改原目录。', passing: false, reference: undefined })
  })
  test('a fault carries the number to quote, and may pass', () => {
    expect(tell(new Refusal('kernel.fault', { status: 500, reference: 'A7K2' }, '系统出错'))).toMatchObject({ reference: 'A7K2', passing: true })
  })
  test('bad input names its fields', () => {
    const problems = [{ path: 'content.name', message: 'too short' }]
    expect(tell(new Refusal('kernel.bad_input', { status: 400, problems }, '填写的内容有误')).fields).toEqual(problems)
  })
  test('a network that fails and an error of our own have words too', () => {
    expect(tell(new Refusal('kernel.unreachable'))).toMatchObject({ sentence: words.unreachable, passing: true })
    expect(tell(new TypeError('x is not a function'))).toMatchObject({ sentence: words.fault, passing: true })
  })
})
