import { expect, test } from 'vitest'
import { downsample, jsonLines, median, speedRatio } from './figures.ts'

test('the median of an odd number is the middle one, of an even number the mean of two, whatever their order', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('the ratio is taken pair by pair, and more is faster', () => {
  expect(speedRatio([1, 2, 10], [2, 4, 10])).toBe(2)
})

test('a trace is thinned to the given length and keeps both ends', () => {
  const thin = downsample(
    Array.from({ length: 5001 }, (_, at) => at),
    2000,
  )
  expect(thin).toHaveLength(2000)
  expect([thin[0], thin.at(-1)]).toEqual([0, 5000])
  expect(downsample([1, 2], 10)).toEqual([1, 2])
})

test('only whole JSON lines of an output are read', () => {
  expect(jsonLines('round 1\n{"a":1}\n{"broken\n{ a: 1 }\n{"b":2}\n')).toEqual([{ a: 1 }, { b: 2 }])
})
