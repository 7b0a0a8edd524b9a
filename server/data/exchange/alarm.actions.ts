import { contract as organizations } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { later } from '../../kernel/time.ts'
import { contract as nodes } from '../nodes/contract.ts'
import type { Alarm, alarmEndpoints } from './alarm.contract.ts'
import { findingsOf } from './alarm.rules.ts'
import * as store from './alarm.store.ts'
import { refusals } from './contract.ts'
import { type Context, sightOf } from './sight.ts'
import type { AlarmRow, Tables } from './tables.ts'

const refuse = refuser(refusals)
const DAY_MS = 86_400_000

export const alarmActions: Actions<typeof alarmEndpoints, Tables> = {
  async alarms(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, units: await unitsInSight(ctx) }
    const rows = await store.alarmPage(ctx.db, filter, after ? decodeCursor<[string]>(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.alarmTotal(ctx.db, filter), ({ id }) => [id])
    return { ...page, items: page.items.map(asAlarm) }
  },

  async acknowledgeAlarm(ctx, { id, note }) {
    const row = (await store.lockAlarm(ctx.db, id)) ?? refuse('exchange.unknown')
    const units = await unitsInSight(ctx)
    if (units && !units.includes(row.unit)) refuse('exchange.unknown')
    if (!ctx.may('nodes.operate', { unit: row.unit })) refuse('exchange.not_yours')
    if (row.closedAt || row.acknowledgedAt) refuse('exchange.wrong_state', { state: row.closedAt ? 'closed' : 'acknowledged' })
    const seen = { acknowledgedAt: ctx.now, acknowledgedBy: ctx.actor.id, acknowledgedByName: ctx.actor.name, note }
    await store.change(ctx.db, id, seen)
    await doneTodo(ctx, id)
    ctx.about('exchange.alarm', id, { kind: row.kind, name: row.name })
    return asAlarm({ ...row, ...seen })
  },

  thresholds: ({ db }) => store.thresholds(db),

  async setThreshold(ctx, threshold) {
    if (!(await supervisesAll(ctx))) refuse('exchange.not_yours')
    return (await store.changeThreshold(ctx.db, threshold, ctx.now, ctx.actor.id)) ?? refuse('exchange.unknown')
  },
}

/** Whether the caller supervises the exchange wherever there is a node: what holds for the whole platform is for nobody who sees a part of it. */
async function supervisesAll(ctx: Context): Promise<boolean> {
  const known = [...new Set((await ctx.ask(nodes.nodes, {})).map(({ unit }) => unit))]
  const units = known.length > 0 ? await ctx.ask(organizations.unitsById, { ids: known }) : []
  return units.every(({ id: unit, division }) => ctx.may('exchange.supervise', { unit, division }))
}

/** The units whose nodes and alarms the caller sees; undefined for all. */
export async function unitsInSight(ctx: Context): Promise<Id[] | undefined> {
  const sight = sightOf(ctx)
  if (sight === 'everywhere') return undefined
  if (sight.divisions.length === 0) return [...sight.units]
  const known = [...new Set((await ctx.ask(nodes.nodes, {})).map(({ unit }) => unit))]
  const units = known.length > 0 ? await ctx.ask(organizations.unitsById, { ids: known }) : []
  const below = units.filter(({ division }) => sight.divisions.some((prefix) => division.startsWith(prefix)))
  return [...new Set([...sight.units, ...below.map(({ id }) => id)])]
}

/** Opens an alarm for whatever is wrong and has none, keeps the figures of the others, and closes those whose cause is gone. */
export async function watchAlarms(ctx: Context): Promise<void> {
  const thresholds = await store.thresholds(ctx.db)
  const days = Math.max(0, ...thresholds.filter(({ kind }) => kind === 'grant_expiring').map(({ value }) => value))
  const findings = findingsOf(await store.watchedNow(ctx.db, ctx.now, later(ctx.now, days * DAY_MS)), thresholds, ctx.now)
  const open = new Map((await store.openAlarms(ctx.db)).map((row) => [`${row.kind} ${row.subject}`, row]))
  for (const finding of findings) {
    const known = open.get(`${finding.kind} ${finding.subject}`)
    open.delete(`${finding.kind} ${finding.subject}`)
    if (known) {
      await store.change(ctx.db, known.id, { seenAt: ctx.now, figure: finding.figure, level: finding.level })
      continue
    }
    const id = ctx.newId()
    if (!(await store.openAlarm(ctx.db, id, finding, ctx.now))) continue
    const { kind, unit, name } = finding
    await putTodo(ctx, { kind: `exchange.alarm_${kind}`, subject: id, to: { unit, right: 'nodes.operate' }, params: { name } })
    ctx.about('exchange.alarm', id, { opened: kind })
  }
  for (const { id, kind } of open.values()) {
    await store.change(ctx.db, id, { closedAt: ctx.now })
    await doneTodo(ctx, id)
    ctx.about('exchange.alarm', id, { closed: kind })
  }
}

function asAlarm(row: AlarmRow): Alarm {
  const { id, kind, level, record, unit, name, figure, openedAt, seenAt, acknowledgedAt, acknowledgedByName, note, closedAt } = row
  return { id, kind, level, record, unit, name, figure, openedAt, seenAt, acknowledgedAt, acknowledgedByName, note, closedAt }
}
