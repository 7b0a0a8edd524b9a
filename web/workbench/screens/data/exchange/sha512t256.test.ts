import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha512t256 } from './sha512t256.ts'

test('FIPS 180-4: the digest is that of every other implementation, at and around the borders of a block', () => {
  for (const length of [0, 1, 3, 110, 111, 112, 127, 128, 129, 239, 240, 1000]) {
    const text = '读a'.repeat(length).slice(0, length)
    expect(sha512t256(text)).toBe(hash('sha512-256', text, 'hex'))
  }
  expect(sha512t256('abc')).toBe('53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23')
})
