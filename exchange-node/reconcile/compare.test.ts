import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differingBuckets, differingKeys, incomparable } from './compare.ts'

const bucket = (k: number, n: number, sum: string) => ({ k, n, sum })

test('buckets differ where count or sum does, or where one side has none; large ones come in batches of their own', () => {
  const source = [bucket(1, 5, '10'), bucket(2, 5, '10'), bucket(3, 90_000, '1'), bucket(5, 90_000, '1')]
  const target = [bucket(1, 5, '10'), bucket(2, 5, '11'), bucket(4, 1, '1'), bucket(5, 89_999, '1')]
  expect(differingBuckets(source, target)).toEqual([
    [2, 3],
    [5, 4],
  ])
  expect(differingBuckets(source, source)).toEqual([])
})

test('sums that differ everywhere with the same counts are two ways of hashing, not different rows', () => {
  const source = Array.from({ length: 100 }, (_, k) => bucket(k, 3, String(k)))
  const other = source.map((one) => ({ ...one, sum: `${one.sum}7` }))
  expect(incomparable(source, other)).toBe(true)
  expect(incomparable(source, [...other.slice(1), source[0]!])).toBe(false)
  expect(incomparable(source.slice(0, 5), other.slice(0, 5))).toBe(false)
})

test('keys: missing, extra and changed are told apart, and a key that stands twice is never the same, for any rows', () => {
  const rows = fc.array(fc.record({ key: fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', '["x"]')), hash: fc.constantFrom('1', '2') }), { maxLength: 8 })
  fc.assert(
    fc.property(rows, rows, (source, target) => {
      const { missing, extra, changed } = differingKeys(source, target)
      const hashes = (side: typeof source, key: string) => side.filter((row) => row.key[0] === key).map(({ hash }) => hash)
      for (const key of ['a', 'b', 'c', 'd', '["x"]']) {
        const [here, there] = [hashes(source, key), hashes(target, key)]
        const of = (list: string[][]) => list.some(([one]) => one === key)
        expect(of(missing)).toBe(here.length > 0 && there.length === 0)
        expect(of(extra)).toBe(here.length === 0 && there.length > 0)
        expect(of(changed)).toBe(here.length > 0 && there.length > 0 && (here.length > 1 || there.length > 1 || here[0] !== there[0]))
      }
    }),
  )
})
