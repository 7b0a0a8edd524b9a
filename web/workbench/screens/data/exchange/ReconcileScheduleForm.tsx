import { useQueryClient } from '@tanstack/react-query'
import type { ReconcileSchedule } from '@zhenghe/server/data/exchange/reconciliation.contract.ts'
import type { Subscription } from '@zhenghe/server/data/exchange/subscription.contract.ts'
import { reconciliationScopes } from '@zhenghe/server/data/exchange/texts.ts'
import { TimeField } from '@zhenghe/ui/DayField.tsx'
import { FieldGroup } from '@zhenghe/ui/Field.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Problem } from '@zhenghe/ui/Problem.tsx'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { exchange } from '../../../api/exchange.ts'
import { useAct } from '../../../hooks/useAct.ts'
import { reconciliationWords as words } from '../../../texts/deliveries.ts'

const KINDS = ['never', 'daily', 'weekly'] as const
const NIGHT = { at: '03:30', scope: 'full' } as const
const SUNDAY = 7
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const
/** A Monday. */
const MONDAY_MS = Date.UTC(2026, 10, 23, 12)
const DAY_MS = 86_400_000

const scheduleOf = (kind: ReconcileSchedule['kind']): ReconcileSchedule =>
  kind === 'never' ? { kind } : kind === 'daily' ? { kind, ...NIGHT } : { kind, weekday: SUNDAY, ...NIGHT }

/** How often the table is compared by itself; saved by a button, as it costs both databases work. */
export function ReconcileScheduleForm({ subscription: { id, reconcileSchedule, nextReconcileAt, hasCursor } }: { subscription: Subscription }) {
  const { say, language } = useLanguage()
  const queries = useQueryClient()
  const [schedule, setSchedule] = useState(reconcileSchedule)
  const { run, busy, error } = useAct(
    exchange.call.scheduleReconciliation,
    () => void queries.invalidateQueries({ queryKey: ['exchange', 'subscription', id] }),
  )
  const changed = JSON.stringify(schedule) !== JSON.stringify(reconcileSchedule)
  const weekdayName = (weekday: number) =>
    new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en', { weekday: 'long', timeZone: 'UTC' }).format(MONDAY_MS + (weekday - 1) * DAY_MS)
  return (
    <FieldGroup id="reconcile-schedule" label={say(words.regular)} wide={false}>
      <div className="row">
        <Select
          aria-label={say(words.regular)}
          value={schedule.kind}
          options={KINDS.map((kind) => ({ value: kind, label: say(words[kind]) }))}
          onChange={(kind) => setSchedule(scheduleOf(kind))}
        />
        {schedule.kind === 'weekly' && (
          <Select
            aria-label={say(words.weekday)}
            value={schedule.weekday}
            options={WEEKDAYS.map((weekday) => ({ value: weekday, label: weekdayName(weekday) }))}
            onChange={(weekday) => setSchedule({ ...schedule, weekday })}
          />
        )}
        {schedule.kind !== 'never' && (
          <>
            <TimeField aria-label={say(words.time)} value={schedule.at} onChange={(at) => setSchedule({ ...schedule, at })} style={{ width: 110 }} />
            {hasCursor && (
              <Select
                aria-label={say(words.scope)}
                value={schedule.scope}
                options={(['full', 'versions'] as const).map((scope) => ({ value: scope, label: say(reconciliationScopes[scope]) }))}
                onChange={(scope) => setSchedule({ ...schedule, scope })}
              />
            )}
          </>
        )}
        {changed && (
          <Button loading={busy} onClick={() => run({ id, schedule })}>
            {say(words.saveSchedule)}
          </Button>
        )}
        {!changed && nextReconcileAt && (
          <span className="faint">
            {say(words.next, { moment: '' })}
            <Moment value={nextReconcileAt} />
          </span>
        )}
      </div>
      {error && <Problem error={error} />}
    </FieldGroup>
  )
}
