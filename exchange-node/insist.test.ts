import { afterEach, expect, test, vi } from 'vitest'
import { PlatformError, UNREACHABLE } from './http.ts'
import { insist, Patience } from './insist.ts'
import { openLog } from './log.ts'

afterEach(() => void vi.useRealTimers())
const HOUR = 3_600_000

test('an hour without the platform: it is asked again within 45 seconds each time, told of once and then every five minutes, and answers at once when it is back', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const told: string[] = []
  const patience = new Patience(openLog('info', { write: (line) => told.push(line) }))
  let tries = 0
  for (let at = 0; at < HOUR; tries++) {
    const wait = patience.failed(new Error('nothing listens there'))
    expect(wait).toBeLessThanOrEqual(45_000)
    vi.advanceTimersByTime(wait)
    at += wait
  }
  expect(tries).toBeGreaterThan(HOUR / 45_000)
  expect(tries).toBeLessThan(HOUR / 15_000 + 20)
  expect(told.length).toBeGreaterThan(5)
  expect(told.length).toBeLessThanOrEqual(13)
  patience.restore()
  expect(told.at(-1)).toContain('answers again')
  expect(patience.failed(new Error('again'))).toBeLessThanOrEqual(750)
})

test('what will not pass by itself is not asked for again, and a signal ends the asking', async () => {
  const log = openLog('silent')
  const refused = new PlatformError('exchange.not_yours', 'no', false)
  await expect(insist(() => Promise.reject(refused), log, new AbortController().signal)).rejects.toBe(refused)
  const away = new PlatformError(UNREACHABLE, 'away', true)
  await expect(insist(() => Promise.reject(away), log, AbortSignal.timeout(50))).rejects.toBe(away)
})
