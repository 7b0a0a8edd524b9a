import fc from 'fast-check'
import { expect, test } from 'vitest'
import { percentile, stepOf } from '../rules.ts'
import { Breaker } from './breaker.ts'
import { Bucket } from './bucket.ts'
import { AnswerCache } from './cache.ts'
import { compileProjection } from './project.ts'
import { Replays } from './replay.ts'
import { ResponseReader } from './response.ts'

const LIMITS = { inARow: 3, ofRecent: 6, share: 0.5, openMs: 1000, longestMs: 4000 }

test('breaker: closed, open after failures in a row, half open after a while, closed by the first success', () => {
  let now = 0
  const breaker = new Breaker(() => now, LIMITS)
  for (let n = 0; n < 3; n++) {
    expect(breaker.enter()).toBe(true)
    breaker.failed()
  }
  expect([breaker.state, breaker.enter(), breaker.waitMs]).toEqual(['open', false, 1000])
  now = 1000
  expect(breaker.state).toBe('half_open')
  expect([breaker.enter(), breaker.enter()]).toEqual([true, false]) // one alone may try
  breaker.succeeded()
  expect([breaker.state, breaker.enter(), breaker.waitMs]).toEqual(['closed', true, 0])
})

test('breaker: a failed trial doubles the wait, to its longest; an abandoned one lets the next try', () => {
  let now = 0
  const breaker = new Breaker(() => now, LIMITS)
  for (let n = 0; n < 3; n++) breaker.failed()
  for (const wait of [2000, 4000, 4000]) {
    now += breaker.waitMs
    expect(breaker.enter()).toBe(true)
    breaker.failed()
    expect(breaker.waitMs).toBe(wait)
  }
  now += 4000
  expect(breaker.enter()).toBe(true)
  breaker.abandoned()
  expect(breaker.enter()).toBe(true)
})

test('breaker: half of the recent calls failing opens it though none follow one another', () => {
  const breaker = new Breaker(() => 0, LIMITS)
  for (let n = 0; n < 6 && breaker.state === 'closed'; n++) {
    breaker.failed()
    breaker.succeeded()
  }
  expect(breaker.state).toBe('open')
})

test('rate: as many at once as granted a second, then one for each share of it', () => {
  const bucket = new Bucket(10, 0)
  expect(Array.from({ length: 12 }, () => bucket.take(0)).filter((wait) => wait === 0)).toHaveLength(10)
  expect(bucket.take(0)).toBe(100)
  expect(bucket.take(100)).toBe(0)
})

test('projection: paths go into lists; a shorter path lets all below it through; names of prototypes are only names', () => {
  const value = JSON.parse('{"a":{"b":1,"c":2},"l":[{"x":1,"y":2},{"y":3}],"__proto__":{"z":1},"s":"t"}') as unknown
  expect(compileProjection(['a.b', 'l[].x'])(value)).toEqual({ a: { b: 1 }, l: [{ x: 1 }, {}] })
  expect(compileProjection(['a', 'a.b'])(value)).toEqual({ a: { b: 1, c: 2 } })
  expect(compileProjection(['s.t', 'constructor'])(value)).toEqual({})
  const kept = compileProjection(['__proto__.z'])(value) as object
  expect([Object.getPrototypeOf(kept) === Object.prototype, ({} as { z?: unknown }).z]).toEqual([true, undefined])
})

test('cache: what is past its time or pushed out is gone', () => {
  const cache = new AnswerCache()
  const kept = (size: number) => ({ body: Buffer.alloc(size), type: 'x', digest: '', until: 100 })
  cache.put('a', kept(10))
  expect([cache.get('a', 50)?.body.length, cache.get('a', 100)]).toEqual([10, undefined])
  for (let n = 0; n < 100; n++) cache.put(String(n), kept(1 << 20))
  expect([cache.get('0', 0), cache.get('99', 0)?.body.length]).toEqual([undefined, 1 << 20])
})

test('replay: each signature once within its time, and nothing from before the start', () => {
  const replays = new Replays(1_000_000)
  const mac = Buffer.alloc(32, 7)
  expect([replays.fits(1_000_000, 1_000_000), replays.fits(990_000, 1_000_000), replays.fits(1_200_000, 1_000_000)]).toEqual(['new', 'before_start', 'skewed'])
  expect(replays.fits(Number.NaN, 1_000_000)).toBe('skewed')
  expect([replays.remember(1_000_000, mac, 1_000_000), replays.remember(1_000_000, mac, 1_000_000)]).toEqual(['new', 'replayed'])
})

test('a response is read the same however its bytes are cut', () => {
  const bodies = fc.oneof(fc.constant(''), fc.string({ maxLength: 300 }))
  fc.assert(
    fc.property(bodies, fc.boolean(), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }), (body, chunked, cuts) => {
      const bytes = Buffer.from(body)
      const framed = chunked
        ? Buffer.concat([
            Buffer.from(`transfer-encoding: chunked\r\n\r\n`),
            ...(bytes.length > 0 ? [Buffer.from(`${bytes.length.toString(16)};x=1\r\n`), bytes, Buffer.from('\r\n')] : []),
            Buffer.from('0\r\ntrailer: x\r\n\r\n'),
          ])
        : Buffer.concat([Buffer.from(`content-length: ${bytes.length}\r\n\r\n`), bytes])
      const whole = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'), framed])
      const reader = new ResponseReader(10_000)
      for (let at = 0, cut = 0; at < whole.length && !reader.done; cut++) {
        const size = cuts[cut % cuts.length]!
        reader.feed(whole.subarray(at, at + size))
        at += size
      }
      expect([reader.done, reader.trouble, reader.keepAlive, reader.answer().body.toString()]).toEqual([true, undefined, true, body])
    }),
  )
})

test('random bytes are never an answer and never a crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const reader = new ResponseReader(1000)
      reader.feed(Buffer.from(bytes))
      reader.close()
      expect(reader.done).toBe(true)
      expect(reader.trouble).toBeDefined()
    }),
  )
})

test('a percentile lies within a half octave of what was measured', () => {
  const durations = new Array<number>(40).fill(0)
  for (const ms of [1, 2, 3, 4, 100]) durations[stepOf(ms)]!++
  expect(percentile(durations, 0.5)).toBeGreaterThan(2)
  expect(percentile(durations, 0.5)).toBeLessThan(4.5)
  expect(percentile(durations, 0.95)).toBeGreaterThan(70)
  expect(percentile([], 0.5)).toBe(null)
})
