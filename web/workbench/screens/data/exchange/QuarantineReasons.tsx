import { Count } from '@zhenghe/ui/Figures.tsx'
import { formatCount } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { exchange } from '../../../api/exchange.ts'
import { ActButton } from '../../../parts/ActButton.tsx'
import { quarantineWords as words } from '../../../texts/deliveries.ts'
import './Delivery.css'
import { reasonWords } from './reason.ts'
import { useReplayed } from './useReplayed.ts'

type Reason = { field: string; rule: string; rows: number }
type Filter = { delivery?: string; entry?: string }
type QuarantineReasonsProps = {
  reasons: readonly Reason[]
  items: readonly { column: string; name: string }[]
  unlisted: number
  /** undefined where the list shows rows that are settled */
  filter: Filter | undefined
}
const PERCENT = 100

/** How many rows failed for which reason, the most frequent first; all of a reason can be replayed at once, when the source has mended them. */
export function QuarantineReasons({ reasons, items, unlisted, filter }: QuarantineReasonsProps) {
  const { say, language } = useLanguage()
  const sorted = reasons.toSorted((a, b) => b.rows - a.rows)
  const most = sorted[0]?.rows ?? 1
  const ordered = useReplayed()
  return (
    <div className="stack">
      <ul className="reasons">
        {sorted.map(({ field, rule, rows }) => (
          <li key={`${field} ${rule}`}>
            <span>{reasonWords({ field, rule }, items, language)}</span>
            <Count value={rows} />
            <div className="reason-bar" style={{ width: `${(rows / most) * PERCENT}%` }} />
            {filter && (
              <ActButton size="small" act={() => exchange.call.replayQuarantine({ ...filter, field, rule })} after={ordered}>
                {say(words.replayReason)}
              </ActButton>
            )}
          </li>
        ))}
      </ul>
      {unlisted > 0 && <p>{say(words.unlisted, { rows: formatCount(unlisted) })}</p>}
      <p className="faint">{say(words.whatToDo)}</p>
    </div>
  )
}
