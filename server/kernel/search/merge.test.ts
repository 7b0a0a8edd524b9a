import { expect, test } from 'vitest'
import { matchSegment } from './match.ts'
import { mergeSegments } from './merge.ts'
import { OpenSegment } from './open-segment.ts'
import { parseQuery } from './query.ts'
import { SealedSegment } from './sealed-segment.ts'
import type { Segment } from './segment.ts'

const ROWS = 3000 // several steps

function openOf(prefix: string): OpenSegment {
  const open = new OpenSegment(0)
  for (let row = 0; row < ROWS; row += 1) open.add({ id: `${prefix}${row}`, order: row, texts: [[`企业登记${row}`]], facets: [] })
  return open
}

function finish(steps: Generator<void, SealedSegment>): SealedSegment {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

function found(segment: Segment, text: string): string[] {
  const ids: string[] = []
  matchSegment(segment, parseQuery(text), (slot) => ids.push(segment.documents.ids[slot]!))
  return ids
}

test('what is removed at any step of a merge is not in its result, and all else is', () => {
  const total = Array.from(mergeSegments(finish(mergeSegments(SealedSegment.empty(0), openOf('a'))), openOf('b'))).length
  expect(total).toBeGreaterThan(4)
  for (let at = 0; at < total; at += 1) {
    const sealed = finish(mergeSegments(SealedSegment.empty(0), openOf('a')))
    const open = openOf('b')
    sealed.documents.remove('a7')
    const steps = mergeSegments(sealed, open)
    for (let step = 0; step < at; step += 1) steps.next()
    sealed.documents.remove('a8')
    open.documents.remove('b9')
    const merged = finish(steps)
    expect(found(merged, '企业')).toHaveLength(2 * ROWS - 3)
    expect([...found(merged, '登记7'), ...found(merged, '登记8'), ...found(merged, '登记9')]).not.toContain('a8')
    expect(found(merged, '登记7')).not.toContain('a7')
    expect(found(merged, '登记9')).not.toContain('b9')
    expect(merged.documents.slots.has('a8')).toBe(false)
  }
})
