import type { ReactNode } from 'react'
import './KeyValue.css'

export type Pair = { label: string; value: ReactNode; wide?: boolean }

/** Facts of a record as pairs, in as many columns as fit. */
export function KeyValue({ pairs, columns = 2 }: { pairs: readonly Pair[]; columns?: 1 | 2 | 3 }) {
  return (
    <dl className={`key-value columns-${columns}`}>
      {pairs.map(({ label, value, wide }) => (
        <div key={label} className={wide ? 'wide' : undefined}>
          <dt>{label}</dt>
          <dd>{value === '' || value === null || value === undefined ? <span className="faint">—</span> : value}</dd>
        </div>
      ))}
    </dl>
  )
}
