import { describe, expect, test } from 'vitest'
import { formatBytes, formatCount, formatDay, formatDuration, formatMoment, formatMoney, formatShare, formatShort } from './format.ts'

describe('days and moments', () => {
  test('a day is written without leading zeros in Chinese and as ISO in English', () => {
    expect(formatDay('2026-01-09', 'zh')).toBe('2026年1月9日')
    expect(formatDay('2026-01-09', 'en')).toBe('2026-01-09')
  })
  test("a moment is shown in the city's time, also across midnight", () => {
    expect(formatMoment('2026-11-22T16:30:05.000Z', 'zh')).toBe('2026年11月23日 00:30')
    expect(formatMoment('2026-11-22T16:30:05.000Z', 'en', 'second')).toBe('2026-11-23 00:30:05')
  })
})

describe('figures', () => {
  test('counts carry 千分位; long ones 万 and 亿 where asked', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567')
    expect(formatShort(99_999, 'zh')).toBe('99,999')
    expect(formatShort(312_000, 'zh')).toBe('31.2 万')
    expect(formatShort(1_230_000_000, 'zh')).toBe('12.3 亿')
    expect(formatShort(1_200_000, 'en')).toBe('1.2 M')
  })
  test('money is given in 分 and shown in 元 or 万元', () => {
    expect(formatMoney(123_450, 'zh')).toBe('1,234.50 元')
    expect(formatMoney(123_450_000n, 'zh')).toBe('123.45 万元')
    expect(formatMoney(-5, 'en')).toBe('¥ -0.05')
  })
  test('shares, bytes and durations keep to what a person takes in', () => {
    expect(formatShare(0.8734)).toBe('87.3%')
    expect(formatBytes(0)).toBe('0 B')
    expect(formatBytes(3_565_158)).toBe('3.4 MB')
    expect(formatDuration(0.4, 'zh')).toBe('不足 1 秒')
    expect(formatDuration(200, 'zh')).toBe('3 分 20 秒')
    expect(formatDuration(7200, 'en')).toBe('2 h')
    expect(formatDuration(90_061, 'zh')).toBe('1 天 1 小时')
  })
})
