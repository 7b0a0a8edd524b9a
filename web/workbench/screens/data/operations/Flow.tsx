import { useQuery } from '@tanstack/react-query'
import { Bars } from '@zhenghe/ui/Bars.tsx'
import { formatBytes, formatDay, formatMoment, formatShort } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Section } from '@zhenghe/ui/Page.tsx'
import { Segmented } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { monitorWords as words } from '../../../texts/monitor.ts'

const DAYS_EVERY_MS = 60_000
type Measure = 'rows' | 'bytes'
type Moved = Record<Measure, number>

/** What moves, minute by minute over the last hour and day by day over the last thirty, in rows or in bytes. */
export function Flow({ minutes }: { minutes: readonly (Moved & { minute: string })[] }) {
  const { say, language } = useLanguage()
  const [measure, setMeasure] = useState<Measure>('rows')
  const { data: days = [] } = useQuery({ ...exchange.query('flowDays', {}), refetchInterval: DAYS_EVERY_MS })
  const shown = (value: number) => (measure === 'rows' ? say(words.rowsShown, { rows: formatShort(value, language) }) : formatBytes(value))
  const total = (of: readonly Moved[]) => shown(of.reduce((sum, one) => sum + one[measure], 0))
  const hour = minutes.map((one) => ({ key: one.minute, label: formatMoment(one.minute, language).slice(-5), value: one[measure], shown: shown(one[measure]) }))
  const month = days.map((one) => ({ key: one.day, label: formatDay(one.day, language), value: one[measure], shown: shown(one[measure]) }))
  const choice = (
    <Segmented<Measure>
      value={measure}
      onChange={setMeasure}
      options={[
        { value: 'rows', label: say(words.rows) },
        { value: 'bytes', label: say(words.bytes) },
      ]}
    />
  )
  return (
    <Section title={say(words.flow)} extra={choice}>
      <div className="monitor-charts">
        <div>
          <p className="monitor-total number">{say(words.hourTotal, { total: total(minutes) })}</p>
          <Bars title={say(words.lastHour)} bars={hour} />
        </div>
        <div>
          <p className="monitor-total number">{say(words.daysTotal, { total: total(days) })}</p>
          <Bars title={say(words.lastDays)} bars={month} />
        </div>
      </div>
    </Section>
  )
}
