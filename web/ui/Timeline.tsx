import type { ReactNode } from 'react'
import { Moment } from './Figures.tsx'
import type { Tone } from './StateTag.tsx'
import './Timeline.css'

export type TimelineEntry = { key: string; at: string; title: string; who?: ReactNode; note?: ReactNode; tone?: Tone }

/** What happened to a record: who, when, what. In the order given. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  return (
    <ol className="timeline">
      {entries.map(({ key, at, title, who, note, tone = 'quiet' }) => (
        <li key={key} className={`mark-${tone}`}>
          <p className="timeline-title">
            {title}
            {who && <span className="faint"> {who}</span>}
          </p>
          <p className="timeline-at">
            <Moment value={at} />
          </p>
          {note && <div className="timeline-note">{note}</div>}
        </li>
      ))}
    </ol>
  )
}
