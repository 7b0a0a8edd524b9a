import { useQuery } from '@tanstack/react-query'
import type { Item } from '@zhenghe/server/data/catalog/contract.ts'
import { Count, Moment } from '@zhenghe/ui/Figures.tsx'
import { formatCount, formatShare } from '@zhenghe/ui/format.ts'
import { KeyValue } from '@zhenghe/ui/KeyValue.tsx'
import { Lines } from '@zhenghe/ui/Lines.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { exchange } from '../../../api/exchange.ts'
import { entryWords as words } from '../../../texts/catalog.ts'
import { reasonWords } from '../exchange/reason.ts'

const REASONS_SHOWN = 5

/** What deliveries have shown of a resource; nothing here is anybody's own report. */
export function Quality({ entry, items }: { entry: string; items: readonly Pick<Item, 'column' | 'name'>[] }) {
  const { say, language } = useLanguage()
  const { data, error } = useQuery(exchange.query('quality', { entry }))
  if (error) return <Problem error={error} />
  if (!data) return <Lines />
  if (data.deliveries === 0) return <p className="faint">{say(words.noDeliveries)}</p>
  return (
    <>
      <KeyValue
        columns={3}
        pairs={[
          { label: say(words.lastDelivery), value: <Moment value={data.lastDelivery} /> },
          { label: say(words.deliveries), value: say(words.times, { count: formatCount(data.deliveries) }) },
          { label: say(words.rowsShared), value: <Count value={data.rows} short /> },
          { label: say(words.rejectedShare), value: data.rejectedShare === null ? '—' : formatShare(data.rejectedShare) },
          { label: say(words.medianAnswer), value: data.medianAnswerDays === null ? '—' : say(words.days, { days: data.medianAnswerDays }) },
        ]}
      />
      {data.reasons.length > 0 && (
        <div className="quality-reasons">
          <h3>{say(words.reasons)}</h3>
          <ul>
            {data.reasons.slice(0, REASONS_SHOWN).map(({ field, rule, rows }) => (
              <li key={`${field} ${rule}`}>
                <span>{reasonWords({ field, rule }, items, language)}</span>
                <Count value={rows} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
