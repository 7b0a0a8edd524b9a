import fc from 'fast-check'
import { expect, test } from 'vitest'
import { incrementOf, planIncrement, planPages } from './plan.ts'

const PAGE = 8192

test('ranges cover every page once, the last one is open, and a large table has at least 64', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50_000_000 }), fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }), (pages, step) => {
      fc.pre(step === undefined || pages / step < 2000)
      const ranges = planPages(pages * PAGE, step)
      expect(ranges[0]).toMatchObject({ n: 0, from: '0' })
      expect(ranges.at(-1)!.to).toBeNull()
      expect(ranges.slice(1).every(({ n, from }, at) => n === at + 1 && from === ranges[at]!.to)).toBe(true)
      if (step === undefined && pages >= 64 * 128) expect(ranges.length).toBeGreaterThanOrEqual(64 * 0.98)
    }),
    { numRuns: 200 },
  )
})

test('a table that is empty now may be filled before it is read, so it has a range', () => {
  expect(planPages(0)).toEqual([{ n: 0, from: '0', to: null }])
})

test('an increment is one range up to the high-water mark; an empty source has none', () => {
  expect(planIncrement('a', 'b')).toEqual([{ n: 0, from: 'a', to: 'b' }])
  expect(planIncrement(null, null)).toEqual([])
  expect(incrementOf({ from: null, to: 'b' })).toEqual({ by: 'cursor', from: undefined, to: 'b' })
  expect(() => incrementOf({ from: 'a', to: null })).toThrow()
})
