/** Figures and times as people read them. Pure. */
import type { Language } from '@zhenghe/server/kernel/texts.ts'
import { dayOf, OFFSET_HOURS } from '@zhenghe/server/kernel/time.ts'

const HOUR_MS = 3_600_000

/** `2026年11月22日`, in English `2026-11-22`. */
export function formatDay(day: string, language: Language): string {
  if (language === 'en') return day
  const [year, month, date] = day.split('-').map(Number)
  return `${year}年${month}月${date}日`
}

/** Day and time in the city's time zone, to the minute or to the second. */
export function formatMoment(moment: string, language: Language, precision: 'minute' | 'second' = 'minute'): string {
  const local = new Date(new Date(moment).getTime() + OFFSET_HOURS * HOUR_MS).toISOString()
  return `${formatDay(dayOf(moment), language)} ${local.slice(11, precision === 'minute' ? 16 : 19)}`
}

/** Whole number with 千分位: 1,234,567. */
export function formatCount(count: number | bigint): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

const SHORT_ZH = [
  { from: 100_000_000, by: 100_000_000, unit: ' 亿' },
  { from: 100_000, by: 10_000, unit: ' 万' },
]
const SHORT_EN = [
  { from: 1_000_000_000, by: 1_000_000_000, unit: ' bn' },
  { from: 1_000_000, by: 1_000_000, unit: ' M' },
  { from: 100_000, by: 1_000, unit: ' k' },
]

/** Long counts by 万 and 亿: `31.2 万`; below a hundred thousand as they are. */
export function formatShort(count: number, language: Language): string {
  const scale = (language === 'zh' ? SHORT_ZH : SHORT_EN).find(({ from }) => Math.abs(count) >= from)
  return scale ? `${(count / scale.by).toLocaleString('en-US', { maximumFractionDigits: 2 })}${scale.unit}` : formatCount(count)
}

/** Money given in 分: `1,234.50 元`, from ten thousand yuan on `123.45 万元`. */
export function formatMoney(fen: number | bigint, language: Language): string {
  const yuan = Number(fen) / 100
  const fixed = (value: number) => value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  if (language === 'en') return `¥ ${fixed(yuan)}`
  return Math.abs(yuan) >= 10_000 ? `${fixed(yuan / 10_000)} 万元` : `${fixed(yuan)} 元`
}

/** A share of one as per cent: 0.8734 → `87.3%`. */
export function formatShare(share: number): string {
  return `${(share * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })}%`
}

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

/** Bytes by 1024: `3.4 MB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toLocaleString('en-US', { maximumFractionDigits: power === 0 ? 0 : 1 })} ${BYTE_UNITS[power]}`
}

const UNDER_A_SECOND = { zh: '不足 1 秒', en: 'under 1 s' } as const

/** A length of time in its two largest units: `3 分 20 秒`; `不足 1 秒` below one. */
export function formatDuration(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole === 0) return UNDER_A_SECOND[language]
  const parts = [
    { count: Math.floor(whole / 86_400), zh: '天', en: 'd' },
    { count: Math.floor((whole % 86_400) / 3600), zh: '小时', en: 'h' },
    { count: Math.floor((whole % 3600) / 60), zh: '分', en: 'min' },
    { count: whole % 60, zh: '秒', en: 's' },
  ]
  const first = parts.findIndex(({ count }) => count > 0)
  const shown = parts.slice(first, first + 2).filter(({ count }) => count > 0)
  return shown.map((part) => `${part.count} ${part[language]}`).join(' ')
}
