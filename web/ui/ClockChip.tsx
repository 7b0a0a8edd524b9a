import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { Popover } from 'antd'
import type { Tone } from './StateTag.tsx'
import './StateTag.css'
import './ClockChip.css'
import { formatDay } from './format.ts'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'

/** A legal clock as the API tells it; `remaining` counts in `unit` and is negative natural days where it is late. */
export type ClockOnScreen = {
  basis: string
  unit: 'workday' | 'day'
  dueOn: string
  suspended: boolean
  remaining: number
  tone: 'quiet' | 'warn' | 'late' | 'ended'
  explain: readonly Text[]
}

const TONES: Record<ClockOnScreen['tone'], Tone> = { quiet: 'quiet', warn: 'warn', late: 'bad', ended: 'quiet' }

/** The clock as a chip; pointing at it, or focusing it, tells the rule, its basis and how the date came about. */
export function ClockChip({ clock }: { clock: ClockOnScreen }) {
  const { language, say } = useLanguage()
  const label = say(...shown(clock))
  const why = (
    <div className="clock-why">
      <p className="clock-due">{say(words.dueOn, { day: formatDay(clock.dueOn, language) })}</p>
      <p>{say(words.clockBasis, { basis: clock.basis })}</p>
      <ol>
        {clock.explain.map((step) => (
          <li key={step.zh}>{say(step)}</li>
        ))}
      </ol>
    </div>
  )
  return (
    <Popover content={why} trigger={['hover', 'focus', 'click']} placement="bottomLeft">
      <button type="button" className={`clock-chip tone-${TONES[clock.tone]}`} onClick={(event) => event.stopPropagation()}>
        <span aria-hidden="true">◷</span>
        {label}
      </button>
    </Popover>
  )
}

function shown({ tone, suspended, remaining, unit }: ClockOnScreen): [Text, { days: number }] {
  const days = Math.abs(remaining)
  if (tone === 'ended') return [words.clockEnded, { days }]
  if (suspended) return [words.clockStands, { days }]
  if (remaining < 0) return [words.daysLate, { days }]
  if (remaining === 0) return [words.today, { days }]
  return [unit === 'workday' ? words.workdaysLeft : words.daysLeft, { days }]
}
