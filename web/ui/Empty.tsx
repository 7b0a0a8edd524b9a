import type { ReactNode } from 'react'
import './Empty.css'

/** Nothing here yet: says so, and what to do next. */
export function Empty({ title, next, action }: { title: string; next?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <svg viewBox="0 0 48 40" width="48" height="40" aria-hidden="true">
        <path d="M6 18 12 5h24l6 13v15a3 3 0 0 1-3 3H9a3 3 0 0 1-3-3z" fill="var(--ground)" stroke="var(--line-strong)" strokeWidth="1.5" />
        <path d="M6 18h11l2 5h10l2-5h11" fill="none" stroke="var(--line-strong)" strokeWidth="1.5" />
      </svg>
      <p className="empty-title">{title}</p>
      {next && <p className="empty-next">{next}</p>}
      {action && <div className="empty-action">{action}</div>}
    </div>
  )
}
