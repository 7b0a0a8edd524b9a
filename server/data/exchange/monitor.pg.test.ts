import { expect, test } from 'vitest'
import { race } from '../../assurance/organizations/testing.ts'
import type { Module } from '../../kernel/module.ts'
import { openMetrics } from '../../kernel/observe.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract as nodesContract } from '../nodes/contract.ts'
import type { NodeHealth } from '../nodes/health.contract.ts'
import { watchAlarms } from './alarm.actions.ts'
import { contract } from './contract.ts'
import { jobs } from './jobs.ts'
import { measures } from './measures.ts'
import type { Context } from './sight.ts'
import { exchangeCity, granted, handIn, MODULES, NOW, PROGRESS, subscribed, TARGET } from './testing/city.ts'

const t = await testPlatform(MODULES as Module[], { now: NOW })
const city = await exchangeCity(t)
const entry = await city.entry('企业登记信息')
const { delivery, document, subscription } = await subscribed(city, entry)
const operator = t.as({ rights: ['nodes.operate'], unit: city.consumer.id, name: '陆工' })(contract)
const stranger = t.as({ rights: ['nodes.operate'], unit: (await city.city.newUnit()).id })(contract)
const watch = () => t.platform.asSystem<never, void>('watch', (ctx) => watchAlarms(ctx as unknown as Context))
const job = (name: string) => {
  const { handle } = jobs.schedules.find((one) => one.name === name)!
  return t.platform.asSystem('job', (ctx) => handle(ctx as never))
}
const HEALTH: NodeHealth = {
  outbox: { waiting: 0, oldestSeconds: null, refused: 0 },
  ...{ refused: [], disk: { freeBytes: 60, totalBytes: 100 }, memoryBytes: 90_000_000, loopLagMs: 1.2, startedAt: NOW },
}
const beat = (node: typeof city.source, unit: string, wish: object = {}) =>
  t
    .as({ kind: 'node', person: node.id, rights: ['nodes.node'], unit })(nodesContract)
    .beat({
      ...{ version: '0.1.0', listen: null, clock: t.platform.now().toISOString(), stores: [TARGET], approvers: [] },
      ...wish,
    })
const bothBeat = async (wish: object = {}) => {
  await beat(city.source, city.provider.id)
  await beat(city.target, city.consumer.id, wish)
}
const open = async () => (await operator.alarms({})).items
const at = (minutes: number) => new Date(Date.parse(NOW) + minutes * 60_000).toISOString()

test('what a node tells with its beat is shown to its unit; a node that tells nothing of itself is shown as well', async () => {
  const gauge = { name: 'wal_kept', label: { zh: '保留的日志', en: 'Log kept' }, value: 10, limit: 100, unit: 'bytes' as const }
  const letters = [{ id: 7, about: 'd/receipt', code: 'exchange.wrong_state', detail: 'no', at: NOW }]
  await bothBeat({ version: '0.2.0', health: { ...HEALTH, refused: letters }, stores: [{ ...TARGET, gauges: [gauge] }] })
  const [mine] = (await operator.monitor({})).nodes
  expect(mine).toMatchObject({
    id: city.target.id,
    version: '0.2.0',
    behind: false,
    silent: false,
    own: true,
    health: { refused: letters, memoryBytes: 90_000_000 },
  })
  expect(mine!.stores[0]!.gauges).toEqual([gauge])
  const { nodes, newestVersion } = await city.bureau.monitor({})
  expect(newestVersion).toBe('0.2.0')
  expect(nodes.find(({ id }) => id === city.source.id)).toMatchObject({ behind: true, health: null, unitName: '市场监督管理局' })
  expect(nodes.find(({ id }) => id === city.target.id)).toMatchObject({ own: false, health: { refused: [] } })
  expect(await stranger.monitor({})).toMatchObject({ nodes: [], deliveries: [] })
})

test('deliveries under way show pace, time left and lag; what is loaded flows into its minute, and the end adds what was not told', async () => {
  const told = { ...PROGRESS, rowsPlanned: 80, rowsSent: 22, rowsLoaded: 20, rowsPerSecond: 10 }
  await city.receiver.progress({ id: delivery, side: 'receiver', route: 'relay', progress: { ...told, rowsLoaded: 8, bytes: 1000 } })
  t.setNow(at(1))
  await city.receiver.progress({ id: delivery, side: 'receiver', route: 'relay', progress: { ...told, bytes: 2250 } })
  t.setNow(at(1.1))
  const { deliveries, minutes } = await city.bureau.monitor({})
  expect(deliveries).toMatchObject([{ id: delivery, state: 'running', route: 'relay', etaSeconds: 6, lagSeconds: 6 }])
  expect(minutes).toHaveLength(60)
  expect(minutes.slice(-2)).toMatchObject([
    { minute: NOW, rows: 8, bytes: 1000 },
    { minute: at(1), rows: 12, bytes: 1250 },
  ])
  await handIn(city, delivery, document)
  await handIn(city, delivery, document)
  const after = await city.bureau.monitor({})
  expect(after.deliveries).toEqual([])
  expect(after.minutes.reduce((sum, { rows }) => sum + rows, 0)).toBe(88)
  expect((await city.bureau.flowDays({})).at(-1)).toMatchObject({ rows: 88, bytes: 9000 })
  t.setNow(at(60 * 49))
  await job('forget old flow')
  expect((await t.pool.query('select from exchange.flow')).rowCount).toBe(0)
  t.setNow(NOW)
})

test('an alarm opens once, is acknowledged by somebody of its unit, keeps its figure, and closes when its cause is gone', async () => {
  await bothBeat({ health: { ...HEALTH, disk: { freeBytes: 5, totalBytes: 100 } } })
  await watch()
  const [alarm, ...more] = await open()
  expect(more).toEqual([])
  expect(alarm).toMatchObject({
    kind: 'disk_low',
    level: 'warning',
    record: city.target.id,
    unit: city.consumer.id,
    figure: 5,
    acknowledgedAt: null,
    closedAt: null,
  })
  const waits = async () => (await t.todos()).filter(({ kind }) => kind.startsWith('exchange.alarm_'))
  expect(await waits()).toMatchObject([{ kind: 'exchange.alarm_disk_low', subject: alarm!.id, unit: city.consumer.id, right: 'nodes.operate' }])
  await expect(stranger.acknowledgeAlarm({ id: alarm!.id })).rejects.toMatchObject({ code: 'exchange.unknown' })
  expect(await operator.acknowledgeAlarm({ id: alarm!.id, note: '已申请扩容' })).toMatchObject({ acknowledgedByName: '陆工', note: '已申请扩容' })
  await expect(operator.acknowledgeAlarm({ id: alarm!.id })).rejects.toMatchObject({ code: 'exchange.wrong_state' })
  expect(await waits()).toEqual([])
  await bothBeat({ health: { ...HEALTH, disk: { freeBytes: 2, totalBytes: 100 } } })
  await watch()
  expect(await open()).toMatchObject([{ id: alarm!.id, level: 'critical', figure: 2 }])
  await bothBeat({ health: HEALTH })
  await watch()
  expect(await open()).toEqual([])
  expect((await operator.alarms({ state: 'closed' })).items).toMatchObject([{ id: alarm!.id, closedAt: NOW, acknowledgedByName: '陆工' }])
  const lines = (await t.ledger()).filter(({ subjects }) => subjects.includes(`exchange.alarm:${alarm!.id}`))
  expect(lines.map(({ endpoint }) => endpoint)).toEqual(['watch', 'POST /exchange/alarms/{id}/acknowledge', 'watch'])
})

test('of ten watchers at once exactly one opens the alarm', async () => {
  await bothBeat({ clock: new Date(Date.parse(NOW) - 90_000).toISOString() })
  await Promise.all(Array.from({ length: 10 }, watch))
  expect(await open()).toMatchObject([{ kind: 'clock_off', figure: 90 }])
  expect((await t.pool.query(`select from exchange.alarm where kind = 'clock_off'`)).rowCount).toBe(1)
  expect((await t.todos()).filter(({ kind }) => kind === 'exchange.alarm_clock_off')).toHaveLength(1)
  await bothBeat()
  await watch()
})

test('silence, waiting and ending grants are alarms from their thresholds on, which a supervisor of everything may change', async () => {
  t.setNow(at(3))
  await watch()
  expect(await open()).toMatchObject([{ kind: 'node_silent', level: 'critical', figure: 180 }])
  const everywhere = city.bureau
  const elsewhere = t.as({ holdings: [{ right: 'exchange.supervise', division: '110000' }] })(contract)
  await expect(elsewhere.setThreshold({ kind: 'node_silent', level: 'critical', value: 600 })).rejects.toMatchObject({ code: 'exchange.not_yours' })
  expect(await everywhere.setThreshold({ kind: 'node_silent', level: 'critical', value: 600 })).toMatchObject({ value: 600, changedAt: at(3) })
  await expect(everywhere.setThreshold({ kind: 'node_silent', level: 'warning', value: 600 })).rejects.toMatchObject({ code: 'exchange.unknown' })
  await watch()
  expect(await open()).toEqual([])
  await bothBeat()
  const again = await city.asker.deliver({ id: subscription })
  await city.receiver.trouble({ id: again.id, side: 'receiver', code: 'target_unreachable', detail: 'x', resumable: true })
  t.setNow(at(20))
  await bothBeat()
  await watch()
  expect(await open()).toMatchObject([{ kind: 'delivery_waiting', record: again.id, name: '企业登记信息' }])
  await city.asker.cancelDelivery({ id: again.id, reason: '测试' })
  await everywhere.setThreshold({ kind: 'grant_expiring', level: 'warning', value: 400 })
  await watch()
  expect(await open()).toMatchObject([{ kind: 'grant_expiring', record: document.id }])
  t.setNow(NOW)
})

test('refused letters are ordered to be sent again, one order at a time', async () => {
  const order = () => operator.replayLetters({ node: city.target.id, letters: [7, 9] })
  await expect(stranger.replayLetters({ node: city.target.id, letters: [7] })).rejects.toMatchObject({ code: 'exchange.not_yours' })
  expect(await race(Array.from({ length: 10 }, () => order))).toEqual({ passed: 1, refused: ['exchange.letters_waiting'] })
  const { orders } = await city.receiver.orders({ running: [] })
  expect(orders).toMatchObject([{ kind: 'replay_letters', letters: [7, 9] }])
  const { order: id } = orders[0] as { order: string }
  await expect(city.sender.nodeOrderDone({ id })).rejects.toMatchObject({ code: 'exchange.unknown' })
  await city.receiver.nodeOrderDone({ id })
  await city.receiver.nodeOrderDone({ id })
  expect((await city.receiver.orders({ running: [] })).orders).toEqual([])
  expect((await order()).order).not.toBe(id)
})

test('the roles of a revoked grant are ordered away at their source, again and again until it is done', async () => {
  const made = await granted(city, await city.entry('另一目录'))
  await city.asker.subscribe({ grant: made.grant, store: TARGET.id, schema: 'shared', table: 'to_be_revoked' })
  await city.approver.revoke({ id: made.grant, reason: '不再需要' })
  const drops = async () => (await city.sender.orders({ running: [] })).orders.filter(({ kind }) => kind === 'drop_role')
  const [order] = (await drops()) as { order: string }[]
  expect(order).toMatchObject({ kind: 'drop_role', grant: made.grant, store: 'registry' })
  await city.sender.nodeOrderDone({ id: order!.order, trouble: 'the database does not answer' })
  expect(await drops()).toEqual([])
  const shown = async () => (await city.approver.monitor({})).nodes.find(({ id }) => id === city.source.id)!.orders
  expect(await shown()).toMatchObject([{ kind: 'drop_role', subject: made.grant, attempts: 1, trouble: 'the database does not answer' }])
  t.setNow(at(1))
  expect(await drops()).toMatchObject([{ order: order!.order }])
  await city.sender.nodeOrderDone({ id: order!.order })
  expect(await shown()).toEqual([])
  await job('order roles away')
  expect(await drops()).toEqual([])
  t.setNow(NOW)
})

test('the same figures are there for a monitoring system, without a person in them', async () => {
  const gauge = { name: 'wal_kept', label: { zh: '保留的日志', en: 'Log kept' }, value: 25, limit: 100, unit: 'bytes' as const }
  await bothBeat({ health: HEALTH, stores: [{ ...TARGET, reachable: false, gauges: [gauge] }] })
  const text = await openMetrics(t.pool, measures).text()
  const figure = (name: string) => Number(new RegExp(`^${name}\\{[^}]*node="${city.target.id}"[^}]*\\} (\\S+)`, 'm').exec(text)?.[1])
  expect([figure('zhenghe_exchange_node_memory_bytes'), figure('zhenghe_exchange_node_disk_free_bytes')]).toEqual([90_000_000, 60])
  expect([figure('zhenghe_exchange_node_stores_unreachable'), figure('zhenghe_exchange_budget_ratio')]).toEqual([1, 0.25])
  expect(text).toMatch(/zhenghe_exchange_orders_open\{kind="replay_letters"\} 1/)
  expect(text).not.toContain('陆工')
})
