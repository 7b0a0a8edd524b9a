import type { Schedule } from '@zhenghe/server/data/exchange/schedule.contract.ts'
import { scheduleKinds } from '@zhenghe/server/data/exchange/texts.ts'
import { FieldGroup } from '@zhenghe/ui/Field.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Input, Radio } from 'antd'
import { wishWords as words } from '../../../texts/requests.ts'

const NIGHT = '02:00'
const KINDS = ['once', 'daily', 'hourly'] as const

/** How often rows are wanted; a daily delivery says at what time. */
export function ScheduleField({ id, value, onChange }: { id: string; value: Schedule; onChange: (schedule: Schedule) => void }) {
  const { say } = useLanguage()
  const choose = (kind: Schedule['kind']) => onChange(kind === 'daily' ? { kind, at: NIGHT } : { kind })
  return (
    <FieldGroup id={id} label={say(words.schedule)} wide={false}>
      <div className="row">
        <Radio.Group
          value={value.kind}
          options={KINDS.map((kind) => ({ value: kind, label: say(scheduleKinds[kind]) }))}
          onChange={({ target }) => choose(target.value as Schedule['kind'])}
        />
        {value.kind === 'daily' && (
          <Input
            type="time"
            aria-label={say(words.dailyTime)}
            value={value.at}
            onChange={({ target }) => target.value && onChange({ kind: 'daily', at: target.value.slice(0, 5) })}
            style={{ width: 110 }}
          />
        )}
      </div>
    </FieldGroup>
  )
}
