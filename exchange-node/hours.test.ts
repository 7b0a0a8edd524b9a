import { describe, expect, test } from 'vitest'
import { hoursOf, isZone, SourceClosed, SourceHours, spanOf } from './hours.ts'

const at = (text: string) => () => Date.parse(text)
const hours = (spans: string[], now: string, zone?: string) => new SourceHours({ id: 'register', hours: spans, zone }, at(now))
const opensAt = (...given: Parameters<typeof hours>) => hours(...given).report().opensAt

describe('hours of a source', () => {
  test('a span past midnight holds on both sides of it, its end not included', () => {
    const night = ['22:00-06:00']
    expect(opensAt(night, '2026-11-25T21:59:59+08:00')).toBe('2026-11-25T14:00:00.000Z')
    expect(opensAt(night, '2026-11-25T22:00:00+08:00')).toBeNull()
    expect(opensAt(night, '2026-11-26T05:59:59+08:00')).toBeNull()
    expect(opensAt(night, '2026-11-26T06:00:00+08:00')).toBe('2026-11-26T14:00:00.000Z')
  })

  test('of several spans the next one opens; one that ends at midnight goes on in the one that begins there', () => {
    const two = ['12:00-13:30', '22:00-24:00', '00:00-06:00']
    expect(opensAt(two, '2026-11-25T08:00:00+08:00')).toBe('2026-11-25T04:00:00.000Z')
    expect(opensAt(two, '2026-11-25T13:30:00+08:00')).toBe('2026-11-25T14:00:00.000Z')
    expect(opensAt(two, '2026-11-26T00:00:00+08:00')).toBeNull()
  })

  test('the clock is that of the zone, put forward and back as it is there', () => {
    expect(opensAt(['02:30-05:00'], '2026-03-29T00:30:00Z', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z') // half past two never comes
    expect(opensAt(['01:00-02:00'], '2026-11-25T08:00:00Z', 'UTC')).toBe('2026-11-26T01:00:00.000Z')
  })

  test('outside of them the refusal says when it goes on, and that it goes on by itself', () => {
    expect(() => hours(['22:00-06:00'], '2026-11-25T08:00:00+08:00').demand()).toThrow(
      expect.objectContaining({
        code: 'source_hours',
        resumable: true,
        until: '2026-11-25T14:00:00.000Z',
        message: expect.stringContaining('2026-11-25 22:00'),
      }),
    )
    expect(() => hours(['22:00-06:00'], '2026-11-25T23:00:00+08:00').demand()).not.toThrow()
    expect(hoursOf({ id: 'register' })).toBeUndefined()
  })

  test('their end is told to whoever reads, with the moment from which on it may again', async () => {
    let now = Date.parse('2026-11-25T05:59:59.950+08:00')
    const closing = new SourceHours({ id: 'register', hours: ['22:00-06:00'] }, () => now).closing()
    now += 60
    await new Promise((resolve) => closing.signal.addEventListener('abort', resolve))
    expect(closing.signal.reason).toBeInstanceOf(SourceClosed)
    expect(closing.signal.reason).toMatchObject({ until: '2026-11-25T14:00:00.000Z' })
  })

  test.each(['22:00', '22:00-25:00', '24:00-06:00', '06:00-06:00', '00:00-24:00', '6:00-7:00', '22:00–06:00'])('%s is no span of hours', (text) => {
    expect(spanOf(text)).toBeUndefined()
  })

  test('a zone is one that is known', () => {
    expect([isZone('Asia/Shanghai'), isZone('Mars/Olympus')]).toEqual([true, false])
  })
})
