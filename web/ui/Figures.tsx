/** Figures and times in running text: exact value in the markup, readable form on the screen. */
import { formatBytes, formatCount, formatDay, formatMoment, formatMoney, formatShort } from './format.ts'
import { useLanguage } from './language.tsx'

/** A count with 千分位; `short` uses 万 and 亿 and keeps the exact count in the tooltip. */
export function Count({ value, short = false }: { value: number | null; short?: boolean }) {
  const { language } = useLanguage()
  if (value === null) return <span className="faint">—</span>
  return (
    <span className="number" title={short ? formatCount(value) : undefined}>
      {short ? formatShort(value, language) : formatCount(value)}
    </span>
  )
}

/** Money given in 分. */
export function Money({ fen }: { fen: number | bigint }) {
  return <span className="number">{formatMoney(fen, useLanguage().language)}</span>
}

export function Bytes({ value }: { value: number }) {
  return (
    <span className="number" title={formatCount(value)}>
      {formatBytes(value)}
    </span>
  )
}

export function Day({ value }: { value: string | null }) {
  const { language } = useLanguage()
  if (value === null) return <span className="faint">—</span>
  return (
    <time className="number" dateTime={value}>
      {formatDay(value, language)}
    </time>
  )
}

export function Moment({ value, precision = 'minute' }: { value: string | null; precision?: 'minute' | 'second' }) {
  const { language } = useLanguage()
  if (value === null) return <span className="faint">—</span>
  return (
    <time className="number" dateTime={value} title={formatMoment(value, language, 'second')}>
      {formatMoment(value, language, precision)}
    </time>
  )
}
