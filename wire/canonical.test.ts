import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from './canonical.ts'
import { refusedCode } from './testing.ts'

test('RFC 8785 §3.2.2 any JSON value survives, and its text does not depend on the order in which its keys were set', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = canonical(value)
      expect(canonical(JSON.parse(text))).toBe(text)
      expect(canonical(reversed(value))).toBe(text)
    }),
  )
})

test.each([
  ['undefined', { a: undefined }],
  ['NaN', [Number.NaN]],
  ['an infinity', Number.NEGATIVE_INFINITY],
  ['a function', { a: () => 1 }],
  ['a symbol', [Symbol('s')]],
  ['a bigint', 1n],
  ['a date', new Date(0)],
  ['a map', new Map()],
  ['a hole in an array', new Array(1)],
  ['a lone surrogate in a value', '\ud800'],
  ['a lone surrogate in a key', { '\udc00': 1 }],
  ['a cycle', cycle()],
])('%s is refused, not bent', (_, value) => {
  expect(refusedCode(() => canonical(value))).toBe('not_canonical')
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  )
}

function cycle(): unknown {
  const loop: { self?: unknown } = {}
  loop.self = loop
  return loop
}
