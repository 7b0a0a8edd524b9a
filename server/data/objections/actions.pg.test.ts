import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { CITY, COUNTY, race } from '../../assurance/organizations/testing.ts'
import type { Module } from '../../kernel/module.ts'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { exchangeCity, MODULES, NOW, subscribed } from '../exchange/testing/city.ts'
import { contract } from './contract.ts'
import { facts } from './facts.ts'
import { objections } from './module.ts'
import { PDF, raisingOf } from './testing.ts'

const t = await testPlatform([...MODULES, objections as unknown as Module], { now: NOW })
const city = await exchangeCity(t)
const bureau = await city.city.newUnit({ name: '大数据局' })
await city.city.appointer.appoint({ person: (await city.city.newPerson(bureau)).id, post: 'bureau_officer', unit: bureau.id })
const third = await city.city.newUnit({ name: '人社局' })
/** Callers with the rights their posts give them. */
const raiser = t.as({ rights: ['objections.raise', 'objections.handle', 'exchange.request'], unit: city.consumer.id, name: '税务联络员' })(contract)
const handler = t.as({ rights: ['objections.raise', 'objections.handle', 'exchange.quarantine'], unit: city.provider.id, name: '市监联络员' })(contract)
const reviewer = t.as({ holdings: [{ right: 'objections.review', division: CITY }], unit: bureau.id, name: '审核员' })(contract)
const stranger = t.as({ rights: ['objections.raise', 'objections.handle'], unit: third.id })(contract)
const refused = (code: string, params?: object) => ({ code: `objections.${code}`, ...(params ? { params } : {}) })
const UNKNOWN = '00000000-0000-4000-8000-000000001234'
const about = (kind: 'entry' | 'request' | 'delivery' | 'quarantine', id: string) => ({ subject: { kind, id } as const })
const waits = async (subject: string) => (await t.todos()).filter((todo) => todo.subject === subject).map(({ kind, unit }) => ({ kind, unit }))

const entry = await city.entry('企业登记信息')
const { delivery, request } = await subscribed(city, entry)

test('第二十六条: an objection is reviewed, passed on, answered within its clock and rated', async () => {
  const raised = await raiser.raise(raisingOf({ kind: 'catalogue', title: '更新周期填写有误', ...about('entry', entry), basis: '目录编制指南' }))
  expect(raised).toMatchObject({
    ...{ state: 'review', raiserName: '税务局', againstName: '市场监督管理局', handler: null, dataOrgCode: city.provider.uscc, subjectName: '企业登记信息' },
    ...{ number: expect.stringMatching(/^YY2026-\d{6}$/), clock: { rule: 'objections.review', dueOn: '2026-11-25', tone: 'quiet' } },
  })
  expect(await waits(raised.id)).toEqual([{ kind: 'objections.review', unit: bureau.id }])
  const passed = await reviewer.accept({ id: raised.id, note: '请核实' })
  expect(passed).toMatchObject({ state: 'handling', handlerName: '市场监督管理局', clock: { rule: 'objections.answer', dueOn: '2026-12-07', endedOn: null } })
  expect(await waits(raised.id)).toEqual([{ kind: 'objections.answer', unit: city.provider.id }])
  const answered = await handler.answer({ id: raised.id, outcome: 'mended', words: '已改为每日更新' })
  expect(answered).toMatchObject({ state: 'answered', answer: { outcome: 'mended', words: '已改为每日更新' }, clock: { endedOn: '2026-11-23' } })
  expect(await waits(raised.id)).toEqual([{ kind: 'objections.rate', unit: city.consumer.id }])
  const rated = await raiser.rate({ id: raised.id, score: 5, solved: true, words: '答复及时' })
  expect(rated).toMatchObject({ state: 'rated', rating: { score: 5, solved: true, words: '答复及时' } })
  expect(rated.steps.map(({ act, byName }) => `${act} ${byName}`)).toEqual(['raised 税务联络员', 'accepted 审核员', 'answered 市监联络员', 'rated 税务联络员'])
  expect(await waits(raised.id)).toEqual([])
  expect(
    (await t.outbox())
      .map(({ name }) => name)
      .filter((name) => name.startsWith('objections.'))
      .sort(),
  ).toEqual(['objections.answered', 'objections.raised'])
  const rule = await t.pool.query(`select certain from kernel.legal_rule where code like 'objections.%'`)
  expect(rule.rows).toEqual([{ certain: false }, { certain: false }])
})

test('51号: doubted rows go straight to the provider as a ticket, and its answer comes back; others see no row', async () => {
  const rows = [{ key: '91370000MA3TEST001', field: '企业名称', problem: '与执照不一致' }]
  const ticket = await raiser.raise(raisingOf({ kind: 'use', topic: 'quality', rows, ...about('delivery', delivery) }))
  expect(ticket).toMatchObject({ state: 'handling', handler: city.provider.id, rows, rowCount: 1, clock: { rule: 'objections.answer' } })
  expect(await waits(ticket.id)).toEqual([{ kind: 'objections.answer', unit: city.provider.id }])
  expect(await handler.objection({ id: ticket.id })).toMatchObject({ rows, phone: '13900001234' })
  expect(await reviewer.objection({ id: ticket.id })).toMatchObject({ rows: [], rowCount: 1 })
  expect((await t.ledger()).some(({ body }) => body.includes('91370000MA3TEST001') || body.includes('13900001234'))).toBe(false)
  await raiser.raise(raisingOf({ kind: 'use', topic: 'quality', rows: [{ ...rows[0]!, key: '2' }], ...about('delivery', delivery) }))
  const { answer } = await handler.answer({ id: ticket.id, outcome: 'right_as_it_is', words: '该企业已于上月变更名称，登记无误' })
  expect(answer).toMatchObject({ outcome: 'right_as_it_is' })
  expect(await raiser.rate({ id: ticket.id, score: 2, solved: false })).toMatchObject({ state: 'rated', rating: { solved: false } })
})

test('an objection about an application or a delivery is against its other side; a unit objects only to its own', async () => {
  const slow = await raiser.raise(raisingOf({ kind: 'application', topic: 'duration', ...about('request', request) }))
  expect(slow).toMatchObject({ against: city.provider.id, subjectName: expect.stringContaining('GX2026-') })
  const misuse = await handler.raise(raisingOf({ kind: 'use', topic: 'other', ...about('delivery', delivery) }))
  expect(misuse).toMatchObject({ against: city.consumer.id })
  await expect(handler.raise(raisingOf({ kind: 'application', topic: 'opinion', ...about('request', request) }))).rejects.toMatchObject(refused('bad_subject'))
  await expect(stranger.raise(raisingOf({ kind: 'use', ...about('delivery', delivery) }))).rejects.toMatchObject(refused('subject_unknown'))
  await expect(stranger.raise(raisingOf({ kind: 'use', ...about('request', UNKNOWN) }))).rejects.toMatchObject(refused('subject_unknown'))
  await expect(stranger.raise(raisingOf({ kind: 'catalogue', ...about('entry', UNKNOWN) }))).rejects.toMatchObject(refused('subject_unknown'))
  await raiser.withdraw({ id: slow.id })
  await handler.withdraw({ id: misuse.id, reason: '已当面说明' })
})

test('a quarantined row is objected to by its provider, who says whom', async () => {
  await city.sender.quarantineRows({ id: delivery, range: 0, rows: [{ key: 'a', field: 'uscc', rule: 'uscc', value: '91**' }] })
  const { items } = await city.approver.quarantine({ delivery })
  const row = about('quarantine', items[0]!.id)
  await expect(handler.raise(raisingOf({ kind: 'use', ...row }))).rejects.toMatchObject(refused('against_missing'))
  expect(await handler.raise(raisingOf({ kind: 'use', against: third.id, ...row }))).toMatchObject({ against: third.id, subjectName: '企业登记信息 a' })
  await expect(raiser.raise(raisingOf({ kind: 'use', against: third.id, ...row }))).rejects.toMatchObject(refused('subject_unknown'))
})

test('what is missing or does not belong together is refused, and nothing is kept of it', async () => {
  const before = await t.pool.query('select count(*) as n from objections.objection')
  const wrong: [Parameters<typeof raiser.raise>[0], string][] = [
    [raisingOf({ kind: 'other' }), 'against_missing'],
    [raisingOf({ kind: 'other', against: city.consumer.id }), 'against_missing'],
    [raisingOf({ kind: 'other', against: UNKNOWN }), 'against_missing'],
    [raisingOf({ kind: 'catalogue' }), 'bad_subject'],
    [raisingOf({ kind: 'catalogue', topic: 'quality', ...about('entry', entry) }), 'bad_topic'],
    [raisingOf({ against: third.id, rows: [{ key: '1', field: 'name', problem: '有误' }] }), 'rows_not_asked'],
    [raisingOf({ against: third.id, attachment: { name: 'a.pdf', content: Buffer.from('MZ').toString('base64') } }), 'attachment_refused'],
    [raisingOf({ against: third.id, attachment: { name: 'a.pdf', content: `${PDF.toString('base64')}!` } }), 'attachment_refused'],
    [
      raisingOf({ against: third.id, attachment: { name: 'a.pdf', content: Buffer.alloc(10 * 1024 * 1024 + 1, 37).toString('base64') } }),
      'attachment_too_large',
    ],
  ]
  for (const [input, code] of wrong) await expect(raiser.raise(input), code).rejects.toMatchObject(refused(code))
  await expect(raiser.raise(raisingOf({ title: '短', against: third.id }))).rejects.toMatchObject({ code: 'kernel.bad_input' })
  const after = await t.pool.query('select count(*) as n from objections.objection')
  expect(after.rows).toEqual(before.rows)
})

test('an attachment comes back byte for byte, with its digest, and its bytes are not in the ledger', async () => {
  const content = Buffer.concat([PDF, Buffer.alloc(2_000_000, 7)])
  const { id } = await raiser.raise(
    raisingOf({ against: third.id, title: '附材料的异议', attachment: { name: '../说明.pdf', content: content.toString('base64') } }),
  )
  const digest = createHash('sha256').update(content).digest('hex')
  expect(await reviewer.objection({ id })).toMatchObject({ attachment: { name: '说明.pdf', type: 'application/pdf', bytes: content.length, digest } })
  const file = await raiser.attachment({ id })
  expect(Buffer.from(file.content, 'base64').equals(content)).toBe(true)
  const lines = (await t.ledger()).filter(({ subjects }) => subjects.includes(`objections.objection:${id}`))
  expect(lines.map(({ body }) => body.includes(digest))).toEqual([true])
  expect(lines.every(({ body }) => body.length < 4096)).toBe(true)
  await expect(stranger.attachment({ id })).rejects.toMatchObject(refused('unknown'))
  const { id: without } = await raiser.raise(raisingOf({ against: third.id, title: '没有附件的异议' }))
  await expect(raiser.attachment({ id: without })).rejects.toMatchObject(refused('no_attachment'))
})

test('of ten equal objections at once one stands, and of ten reviews, answers and ratings one passes', async () => {
  const raise = () => raiser.raise(raisingOf({ kind: 'use', topic: 'response', ...about('entry', entry) }))
  expect(await race(Array.from({ length: 10 }, () => raise))).toEqual({ passed: 1, refused: ['objections.already_open'] })
  const { items } = await raiser.objections({ side: 'mine', about: entry, state: ['review'] })
  const id = items[0]!.id
  const ten = (act: () => Promise<unknown>) => race(Array.from({ length: 10 }, () => act))
  expect(await ten(() => reviewer.accept({ id }))).toEqual({ passed: 1, refused: ['objections.wrong_state'] })
  expect(await ten(() => handler.answer({ id, outcome: 'explained', words: '已增配运维人员' }))).toEqual({ passed: 1, refused: ['objections.wrong_state'] })
  expect(await ten(() => raiser.rate({ id, score: 4, solved: true }))).toEqual({ passed: 1, refused: ['objections.wrong_state'] })
  await raise()
})

test('only the unit that raised it withdraws and rates, only the one it was passed to answers, only the division’s authority reviews', async () => {
  const { id } = await raiser.raise(raisingOf({ against: city.provider.id, title: '越权检查' }))
  await expect(stranger.objection({ id })).rejects.toMatchObject(refused('unknown'))
  await expect(handler.objection({ id })).rejects.toMatchObject(refused('unknown'))
  const county = t.as({ holdings: [{ right: 'objections.review', division: COUNTY }] })(contract)
  await expect(county.accept({ id })).rejects.toMatchObject(refused('unknown'))
  await expect(raiser.answer({ id, outcome: 'mended', words: '自己答复' })).rejects.toMatchObject(refused('not_yours'))
  await expect(reviewer.accept({ id, handler: city.consumer.id })).rejects.toMatchObject(refused('bad_handler'))
  await expect(reviewer.accept({ id, handler: UNKNOWN })).rejects.toMatchObject(refused('bad_handler'))
  await reviewer.accept({ id, handler: third.id })
  await expect(handler.answer({ id, outcome: 'mended', words: '不该我答' })).rejects.toMatchObject(refused('unknown'))
  await expect(stranger.withdraw({ id })).rejects.toMatchObject(refused('not_yours'))
  expect(await stranger.answer({ id, outcome: 'explained', words: '由我单位答复' })).toMatchObject({ state: 'answered', handlerName: '人社局' })
  await expect(stranger.rate({ id, score: 5, solved: true })).rejects.toMatchObject(refused('not_yours'))
})

test('a rejected or failed objection is told to the unit that raised it until it takes note', async () => {
  const { id } = await raiser.raise(raisingOf({ against: third.id, title: '依据不足的异议' }))
  expect(await reviewer.reject({ id, reason: '未说明疑义内容，请补充后重新提出' })).toMatchObject({ state: 'rejected', clock: { tone: 'ended' } })
  expect(await waits(id)).toEqual([{ kind: 'objections.rejected', unit: city.consumer.id }])
  await raiser.acknowledge({ id })
  expect(await waits(id)).toEqual([])
  const { id: other } = await raiser.raise(raisingOf({ against: third.id, title: '数据在上级平台' }))
  await reviewer.accept({ id: other })
  expect(await reviewer.fail({ id: other, reason: '数据由省级平台管理，请通过省级平台提出' })).toMatchObject({ state: 'failed' })
  await expect(stranger.answer({ id: other, outcome: 'mended', words: '已经更正' })).rejects.toMatchObject(refused('wrong_state', { state: 'failed' }))
  expect(await waits(other)).toEqual([{ kind: 'objections.failed', unit: city.consumer.id }])
})

test('lists mask the telephone, are narrowed by side, state and kind, and are read page by page', async () => {
  const all = await reviewer.objections({})
  expect(all.items.every(({ phone }) => phone === '139****1234')).toBe(true)
  const handling = await handler.objections({ side: 'handling' })
  expect(handling.items.every((one) => one.handler === city.provider.id)).toBe(true)
  expect((await raiser.objections({ kind: 'catalogue' })).items.map(({ title }) => title)).toEqual(['更新周期填写有误'])
  const seen: string[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page: { items: { id: string }[]; next: string | null } = await reviewer.objections({ limit: 3, ...(after ? { after } : {}) })
    seen.push(...page.items.map(({ id }) => id))
    after = page.next
  }
  expect(seen).toEqual([...new Set(seen)])
  expect(seen).toHaveLength(all.total)
})

test('facts: what was answered in time and what was solved, by the unit that answers', async () => {
  const measured = async (unit: string) =>
    Object.fromEntries(await Promise.all(facts.map(async ({ code, measure }) => [code, await measure(t.platform.db as never, { unit })] as const)))
  expect(await measured(city.provider.id)).toEqual({
    'objections.answered_in_time': { numerator: 3, denominator: 3 },
    'objections.solved_share': { numerator: 2, denominator: 3 },
  })
  expect(await measured(city.consumer.id)).toEqual({
    'objections.answered_in_time': { numerator: 0, denominator: 0 },
    'objections.solved_share': { numerator: 0, denominator: 0 },
  })
  for (const { evidence } of facts) expect((await evidence(t.platform.db as never, { unit: city.provider.id }, 10)).length).toBeGreaterThan(0)
})
