import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gather } from './gather.ts'
import { FIELD_BITS, SOMEWHERE } from './segment.ts'

const SLOTS = 12
const posting = fc.record({ slot: fc.nat(SLOTS - 1), field: fc.nat(FIELD_BITS - 1), position: fc.nat(SOMEWHERE) })

test('many tokens become one list: all fields of a document, and its place only where it has one posting', () => {
  fc.assert(
    fc.property(fc.array(posting, { maxLength: 30 }), (postings) => {
      const given = {
        entries: Uint32Array.from(postings, ({ slot, field }) => (slot << FIELD_BITS) | (1 << field)),
        positions: Uint8Array.from(postings, ({ position }) => position),
        from: 0,
        to: postings.length,
        merged: false,
      }
      const expected = Array.from({ length: SLOTS }, (_, slot) => {
        const own = postings.filter((each) => each.slot === slot)
        const mask = own.reduce((bits, { field }) => bits | (1 << field), 0)
        return { slot, mask, position: own.length === 1 ? own[0]!.position : SOMEWHERE }
      }).filter(({ mask }) => mask !== 0)
      expect(readings(gather(given, SLOTS))).toEqual(expected)
      expect(readings(gather(given, SLOTS, -1))).toEqual(expected)
    }),
  )
})

function readings(list: ReturnType<typeof gather>) {
  if ('masks' in list) return Array.from(list.masks, (mask, slot) => ({ slot, mask, position: list.positions[slot] })).filter(({ mask }) => mask !== 0)
  return Array.from(list.entries.subarray(list.from, list.to), (entry, at) => ({
    slot: entry >>> FIELD_BITS,
    mask: entry & (2 ** FIELD_BITS - 1),
    position: list.positions[list.from + at],
  }))
}
