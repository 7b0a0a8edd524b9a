import { ReloadOutlined } from '@ant-design/icons'
import { formatDuration, formatMoment } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Alert, Button } from 'antd'
import { useEffect, useState } from 'react'
import { monitorWords as words } from '../../../texts/monitor.ts'

/** `at`: milliseconds since 1970 of the last answer. */
export type Age = { at: number; everyMs: number; failing: boolean }

/** Whether what is shown is of the past: nothing has come for three times as long as it should take, or the last question failed. */
export function useStale({ at, everyMs, failing }: Age): { stale: boolean; ageSeconds: number } {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const ageMs = Math.max(0, now - at)
  return { stale: ageMs > 3 * everyMs || (failing && ageMs > everyMs), ageSeconds: Math.round(ageMs / 1000) }
}

/** When it was last refreshed; loudly where that is long ago. */
export function Freshness({ age, busy, onRefresh }: { age: Age; busy: boolean; onRefresh: () => void }) {
  const { say, language } = useLanguage()
  const { stale, ageSeconds } = useStale(age)
  const time = formatMoment(new Date(age.at).toISOString(), language, 'second').slice(-8)
  return (
    <div className="monitor-fresh">
      <div className="row">
        <span className={stale ? 'sign-warn number' : 'faint number'}>{say(words.fresh, { time })}</span>
        <Button size="small" icon={<ReloadOutlined spin={busy} />} aria-label={say(words.refresh)} title={say(words.refresh)} onClick={onRefresh} />
      </div>
      <div aria-live="polite">{stale && <Alert type="error" showIcon title={say(words.stale, { time, ago: formatDuration(ageSeconds, language) })} />}</div>
    </div>
  )
}
