import type { Schedule } from '@zhenghe/server/data/exchange/schedule.contract.ts'
import { nextRuns, scheduleProblem } from '@zhenghe/server/data/exchange/schedule.rules.ts'
import { scheduleKinds, scheduleProblems } from '@zhenghe/server/data/exchange/texts.ts'
import { DayField, TimeField } from '@zhenghe/ui/DayField.tsx'
import { FieldGroup } from '@zhenghe/ui/Field.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Checkbox, Input, InputNumber, Radio } from 'antd'
import { wishWords, scheduleWords as words } from '../../../texts/requests.ts'

const NIGHT = '02:00'
const NIGHT_HOURS = { from: '22:00', to: '06:00' }
const RUNS_SHOWN = 5
const KINDS = ['once', 'daily', 'hourly', 'cron', 'window'] as const
const MOST_MINUTES = 1440
const LEAST_MINUTES = 5
type Planned = Extract<Schedule, { kind: 'cron' | 'window' }>

type ScheduleFieldProps = { id: string; value: Schedule; onChange: (schedule: Schedule) => void; label?: string; error?: string | undefined }

/** How often rows are wanted: at a time of day, by a crontab line or within hours; what runs next is shown as it is written. */
export function ScheduleField({ id, value, onChange, label, error }: ScheduleFieldProps) {
  const { say } = useLanguage()
  const problem = scheduleProblem(value)
  return (
    <FieldGroup id={id} label={label ?? say(wishWords.schedule)} wide error={problem ? say(scheduleProblems[problem]) : error}>
      <div className="stack">
        <div className="row">
          <Radio.Group
            value={value.kind}
            options={KINDS.map((kind) => ({ value: kind, label: say(scheduleKinds[kind]) }))}
            onChange={({ target }) => onChange(firstOf(target.value as Schedule['kind']))}
          />
          {value.kind === 'daily' && (
            <TimeField style={{ width: 110 }} aria-label={say(wishWords.dailyTime)} value={value.at} onChange={(at) => onChange({ kind: 'daily', at })} />
          )}
        </div>
        {value.kind === 'cron' && <CronLine value={value.line} onChange={(line) => onChange({ ...value, line })} />}
        {value.kind === 'window' && <Window value={value} onChange={onChange} />}
        {(value.kind === 'cron' || value.kind === 'window') && (
          <>
            <Bounds value={value} onChange={onChange} />
            {!problem && <NextRuns schedule={value} />}
          </>
        )}
      </div>
    </FieldGroup>
  )
}

function firstOf(kind: Schedule['kind']): Schedule {
  if (kind === 'daily') return { kind, at: NIGHT }
  if (kind === 'cron') return { kind, line: '0 2 * * *' }
  if (kind === 'window') return { kind, everyMinutes: 30, hours: NIGHT_HOURS }
  return { kind }
}

function CronLine({ value, onChange }: { value: string; onChange: (line: string) => void }) {
  const { say } = useLanguage()
  return (
    <div>
      <Input
        className="mono"
        aria-label={say(words.line)}
        value={value}
        maxLength={120}
        onChange={({ target }) => onChange(target.value)}
        style={{ maxWidth: 320 }}
      />
      <p className="field-hint">{say(words.lineHint)}</p>
    </div>
  )
}

function Window({ value, onChange }: { value: Extract<Schedule, { kind: 'window' }>; onChange: (schedule: Schedule) => void }) {
  const { say } = useLanguage()
  const { hours, everyMinutes } = value
  return (
    <div className="row">
      <TimeField
        style={{ width: 110 }}
        aria-label={say(words.hoursFrom)}
        value={hours.from}
        onChange={(from) => onChange({ ...value, hours: { ...hours, from } })}
      />
      <span>–</span>
      <TimeField style={{ width: 110 }} aria-label={say(words.hoursTo)} value={hours.to} onChange={(to) => onChange({ ...value, hours: { ...hours, to } })} />
      <InputNumber
        aria-label={say(words.everyMinutes)}
        min={LEAST_MINUTES}
        max={MOST_MINUTES}
        precision={0}
        value={everyMinutes}
        suffix={say(words.minutes)}
        onChange={(minutes) => onChange({ ...value, everyMinutes: minutes ?? LEAST_MINUTES })}
        style={{ width: 140 }}
      />
    </div>
  )
}

/** The hours of the day in which a crontab line may run, and days on which nothing runs. */
function Bounds({ value, onChange }: { value: Planned; onChange: (schedule: Schedule) => void }) {
  const { say } = useLanguage()
  const { pause } = value
  const hours = value.kind === 'cron' ? value.hours : undefined
  return (
    <>
      {value.kind === 'cron' && (
        <div className="row">
          <Checkbox checked={hours !== undefined} onChange={({ target }) => onChange({ ...value, hours: target.checked ? NIGHT_HOURS : undefined })}>
            {say(words.limitHours)}
          </Checkbox>
          {hours && (
            <>
              <TimeField
                style={{ width: 110 }}
                aria-label={say(words.hoursFrom)}
                value={hours.from}
                onChange={(from) => onChange({ ...value, hours: { ...hours, from } })}
              />
              <span>–</span>
              <TimeField
                style={{ width: 110 }}
                aria-label={say(words.hoursTo)}
                value={hours.to}
                onChange={(to) => onChange({ ...value, hours: { ...hours, to } })}
              />
            </>
          )}
        </div>
      )}
      <div className="row">
        <Checkbox checked={pause !== undefined} onChange={({ target }) => onChange({ ...value, pause: target.checked ? firstPause() : undefined })}>
          {say(words.limitPause)}
        </Checkbox>
        {pause && (
          <>
            <DayField
              style={{ width: 150 }}
              aria-label={say(words.pauseFrom)}
              value={pause.from}
              max={pause.to}
              onChange={(from) => onChange({ ...value, pause: { ...pause, from } })}
            />
            <span>–</span>
            <DayField
              style={{ width: 150 }}
              aria-label={say(words.pauseTo)}
              value={pause.to}
              min={pause.from}
              onChange={(to) => onChange({ ...value, pause: { ...pause, to } })}
            />
          </>
        )}
      </div>
    </>
  )
}

function firstPause() {
  const today = new Date().toISOString().slice(0, 10)
  return { from: today, to: today }
}

function NextRuns({ schedule }: { schedule: Planned }) {
  const { say } = useLanguage()
  const runs = nextRuns(schedule, new Date().toISOString(), RUNS_SHOWN)
  return <Runs title={say(words.nextRuns)} runs={runs} />
}

/** Moments that are to come, soonest first. */
export function Runs({ title, runs }: { title?: string; runs: readonly string[] }) {
  return (
    <p className="row faint">
      {title && <span>{title}</span>}
      {runs.map((run) => (
        <Moment key={run} value={run} />
      ))}
    </p>
  )
}
