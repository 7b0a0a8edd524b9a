import './Progress.css'
import { formatCount, formatDuration } from './format.ts'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'

/** Long work as it goes: rows done of rows planned, rate, and the time left where it can be told. */
export function Progress({ label, done, planned, perSecond, ended = false }: ProgressProps) {
  const { language, say } = useLanguage()
  const share = planned > 0 ? Math.min(1, done / planned) : ended ? 1 : 0
  const left = !ended && perSecond > 0 && planned > done ? (planned - done) / perSecond : undefined
  return (
    <div className="progress">
      <div className="progress-words">
        <span>{label}</span>
        <span className="number">{say(words.rowsOf, { done: formatCount(done), planned: formatCount(planned) })}</span>
      </div>
      <div
        className={ended ? 'progress-track ended' : 'progress-track'}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
      >
        <div style={{ width: `${share * 100}%` }} />
      </div>
      <div className="progress-words faint">
        <span className="number">{say(words.rowsPerSecond, { rate: formatCount(Math.round(perSecond)) })}</span>
        {left !== undefined && <span className="number">{say(words.timeLeft, { time: formatDuration(left, language) })}</span>}
      </div>
    </div>
  )
}

export type ProgressProps = {
  label: string
  done: number
  planned: number
  perSecond: number
  ended?: boolean
}
