/** Alarms (运行告警): what is wrong in the exchange or about to be, who has it to do, and since when. */
import { z } from 'zod'
import { command, Id, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'

export const AlarmKind = z.enum([
  'node_silent',
  'clock_off',
  'disk_low',
  'outbox_growing',
  'letters_refused',
  'delivery_waiting',
  'delivery_late',
  'quarantine_high',
  'reconciliation_differs',
  'grant_expiring',
  'budget_exceeded',
])
export type AlarmKind = z.infer<typeof AlarmKind>
export const AlarmLevel = z.enum(['warning', 'critical'])
export type AlarmLevel = z.infer<typeof AlarmLevel>

/** From this figure on it is an alarm of this level; below it where less is worse (room on a disk, days of a grant). */
export const Threshold = z.object({
  kind: AlarmKind,
  level: AlarmLevel,
  value: z.number().min(0),
  unit: z.enum(['seconds', 'minutes', 'days', 'percent', 'rows']),
})
export type Threshold = z.infer<typeof Threshold>

export const Alarm = z.object({
  id: Id,
  kind: AlarmKind,
  level: AlarmLevel,
  record: Id.meta({ description: 'the node, delivery, subscription, grant or entry it is about' }),
  unit: Id,
  name: z.string(),
  figure: z.number().meta({ description: 'in the unit of the threshold, as last seen' }),
  openedAt: Moment,
  seenAt: Moment,
  acknowledgedAt: Moment.nullable(),
  acknowledgedByName: z.string().nullable(),
  note: z.string(),
  closedAt: Moment.nullable(),
})
export type Alarm = z.infer<typeof Alarm>

export const alarmEndpoints = {
  alarms: query('GET /exchange/alarms', {
    summary: 'Alarms of one’s own unit, or all to a supervisor; open ones, or the history, newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ state: z.enum(['open', 'closed']).default('open'), kind: AlarmKind.optional() }),
    out: pageOf(Alarm),
  }),
  acknowledgeAlarm: command('POST /exchange/alarms/{id}/acknowledge', {
    summary: 'Say that one has seen an alarm and sees to it; it closes by itself when its cause is gone',
    right: 'nodes.operate',
    in: z.object({ id: Id, note: z.string().max(500).default('') }),
    out: Alarm,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.wrong_state'],
  }),
  thresholds: query('GET /exchange/alarm-thresholds', {
    summary: 'From when on something is an alarm',
    right: SIGNED_IN,
    in: z.object({}),
    out: z.array(Threshold.extend({ changedAt: Moment.nullable() })),
  }),
  setThreshold: command('POST /exchange/alarm-thresholds', {
    summary: 'Change from when on something is an alarm, for the whole platform',
    right: 'exchange.supervise',
    in: Threshold.pick({ kind: true, level: true, value: true }),
    out: Threshold.extend({ changedAt: Moment.nullable() }),
    refusals: ['exchange.unknown', 'exchange.not_yours'],
  }),
}
