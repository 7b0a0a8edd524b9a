import { Count } from '@zhenghe/ui/Figures.tsx'
import { formatCount } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { quarantineWords as words } from '../../../texts/deliveries.ts'
import './Delivery.css'
import { reasonWords } from './reason.ts'

type Reason = { field: string; rule: string; rows: number }
type QuarantineReasonsProps = { reasons: readonly Reason[]; items: readonly { column: string; name: string }[]; unlisted: number }
const PERCENT = 100

/** How many rows failed for which reason, the most frequent first, and what the source should do. */
export function QuarantineReasons({ reasons, items, unlisted }: QuarantineReasonsProps) {
  const { say, language } = useLanguage()
  const sorted = reasons.toSorted((a, b) => b.rows - a.rows)
  const most = sorted[0]?.rows ?? 1
  return (
    <div className="stack">
      <ul className="reasons">
        {sorted.map(({ field, rule, rows }) => (
          <li key={`${field} ${rule}`}>
            <span>{reasonWords({ field, rule }, items, language)}</span>
            <Count value={rows} />
            <div className="reason-bar" style={{ width: `${(rows / most) * PERCENT}%` }} />
          </li>
        ))}
      </ul>
      {unlisted > 0 && <p>{say(words.unlisted, { rows: formatCount(unlisted) })}</p>}
      <p className="faint">{say(words.whatToDo)}</p>
    </div>
  )
}
