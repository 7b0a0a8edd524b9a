/** Days and times as the house writes them, 2026-11-22 and 14:30, whatever the browser’s own habits: typed or picked, in every browser alike. */
import { DatePicker, TimePicker } from 'antd'
import dayjs from 'dayjs'
import type { CSSProperties } from 'react'
import type { Control } from './Field.tsx'
import { useLanguage } from './language.tsx'
import { words } from './texts.ts'

const DAY = 'YYYY-MM-DD'
const TIME = 'HH:mm'
const MOMENT = `${DAY} ${TIME}`
const SECONDS = `${DAY} HH:mm:ss`
/** The first is how it is shown; the others may be typed or pasted as well. */
const DAYS = [DAY, 'YYYYMMDD', 'YYYY/M/D', 'YYYY.M.D', 'YYYY年M月D日', 'YYYY-M-D']
const TIMES = [TIME, 'H:mm', 'HHmm']
const MOMENTS = [MOMENT, SECONDS, 'YYYY-MM-DDTHH:mm', 'YYYY/M/D H:mm', DAY]

type Common = Partial<Control> & {
  'aria-label'?: string
  value: string
  onChange: (value: string) => void
  disabled?: boolean
  autoFocus?: boolean
  style?: CSSProperties
}
type DayFieldProps = Common & {
  /** First and last day that can be chosen, both included. */
  min?: string
  max?: string
  /** Whether the answer may be taken away again; it is '' then. */
  clearable?: boolean
}

/** A day, YYYY-MM-DD; '' where none is told. */
export function DayField({ value, onChange, min, max, clearable = false, ...control }: DayFieldProps) {
  const { say } = useLanguage()
  const day = dayjs(value, DAY, true)
  return (
    <DatePicker
      {...control}
      value={value && day.isValid() ? day : null}
      onChange={(picked) => onChange(picked ? picked.format(DAY) : '')}
      format={DAYS}
      placeholder={say(words.dayForm)}
      allowClear={clearable}
      {...(min ? { minDate: dayjs(min) } : {})}
      {...(max ? { maxDate: dayjs(max) } : {})}
    />
  )
}

/** A time of day, HH:mm. */
export function TimeField({ value, onChange, ...control }: Common) {
  const time = dayjs(value, TIME, true)
  return (
    <TimePicker
      {...control}
      value={value && time.isValid() ? time : null}
      onChange={(picked) => picked && onChange(picked.format(TIME))}
      format={TIMES}
      minuteStep={5}
      needConfirm={false}
      allowClear={false}
      placeholder={TIME.toLowerCase()}
    />
  )
}

type MomentFieldProps = Common & {
  /** YYYY-MM-DDTHH:mm as a form keeps it, in the city's time; the seconds are asked for as well where this is set. */
  seconds?: boolean
  clearable?: boolean
}

/** A day and a time of it, `2026-11-22T14:30`, or with seconds; '' where none is told. */
export function MomentField({ value, onChange, seconds = false, clearable = true, ...control }: MomentFieldProps) {
  const { say } = useLanguage()
  const moment = dayjs(value)
  const kept = seconds ? 'YYYY-MM-DDTHH:mm:ss' : 'YYYY-MM-DDTHH:mm'
  return (
    <DatePicker
      {...control}
      value={value && moment.isValid() ? moment : null}
      onChange={(picked) => onChange(picked ? picked.format(kept) : '')}
      format={seconds ? [SECONDS, ...MOMENTS] : MOMENTS}
      showTime={{ format: seconds ? 'HH:mm:ss' : TIME }}
      placeholder={say(words.momentForm)}
      needConfirm={false}
      allowClear={clearable}
    />
  )
}
