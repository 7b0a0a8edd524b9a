import { expect, test } from 'vitest'
import { z } from 'zod'
import { command, event } from '../contract.ts'
import { desk } from '../desk/module.ts'
import { type Actions, defineModule, type Module, on } from '../module.ts'
import { testPlatform } from '../testing/testing.ts'
import { toUtc } from './jobs.ts'

const Told = event('plots.told', z.object({ plot: z.int(), by: z.string() }))
const contract = { tell: command('POST /plots/tell', { summary: 'Tell', right: 'plots.tell', in: z.object({ plot: z.int() }), out: z.object({}) }) }
type Tables = { 'plots.heard': { plot: number } }
const actions: Actions<typeof contract, Tables> = {
  async tell({ emit }, { plot }) {
    emit(Told, { plot, by: '张三' })
    return {}
  },
}
let broken = true
const hear = on<typeof Told.of, Tables>(Told, 'hear', async ({ db }, { plot }) => {
  await db.insertInto('plots.heard').values({ plot }).execute()
  if (broken) throw new Error('the other side does not answer')
})
const plots = defineModule({
  name: 'plots',
  contract,
  refusals: {},
  rights: { 'plots.tell': { side: 'business', text: { zh: '说', en: 'tell' } } },
  actions,
  migrations: new URL('../testing/plots/', import.meta.url),
  jobs: { readers: [hear], schedules: [] },
})
const t = await testPlatform([desk, plots] as unknown as Module[])
const operator = t.as({ rights: ['kernel.operate'] })(desk.contract)
const heard = async () => (await t.pool.query('select plot from plots.heard')).rows

const tell = (plot: number) =>
  t
    .as({ rights: ['plots.tell'] })(contract)
    .tell({ plot })
const die = () => t.pool.query('update graphile_worker._private_jobs set attempts = max_attempts')

test('what fails for good is a dead letter with its error; replayed once the cause is gone, it is read once', async () => {
  await tell(7)
  await t.work()
  expect(await heard()).toEqual([])
  expect(await operator.deadLetters({})).toEqual([])
  await die()
  const [letter] = await operator.deadLetters({})
  expect(letter).toMatchObject({
    task: 'event',
    reader: 'plots.hear',
    event: 'plots.told',
    error: expect.stringContaining('does not answer'),
    summary: { plot: '7', by: '…(2)' },
  })
  broken = false
  expect(await operator.replay({ ids: [letter?.id ?? ''] })).toEqual({ replayed: 1 })
  await t.work()
  expect(await heard()).toEqual([{ plot: 7 }])
  expect(await operator.deadLetters({})).toEqual([])
})

test('all dead letters of a kind are tried again at once; those of others stay', async () => {
  broken = true
  for (const plot of [1, 2]) await tell(plot)
  await t.work()
  await die()
  expect(await operator.replayKind({ task: 'event', reader: 'plots.other' })).toEqual({ replayed: 0 })
  expect(await operator.deadLetters({})).toHaveLength(2)
  broken = false
  expect(await operator.replayKind({ task: 'event', reader: 'plots.hear' })).toEqual({ replayed: 2 })
  await t.work()
  expect(await heard()).toEqual([{ plot: 7 }, { plot: 1 }, { plot: 2 }])
})

test('a dead letter is given up with a reason, for good; the ledger says who, what and why, and nothing of its content', async () => {
  broken = true
  await tell(9)
  await t.work()
  const ids = async () => (await operator.deadLetters({})).map(({ id }) => id)
  const alive = (await t.pool.query<{ id: string }>('select id::text from graphile_worker._private_jobs')).rows.map(({ id }) => id)
  expect(await operator.discard({ ids: alive, reason: '尚未失败的不能放弃' })).toEqual({ discarded: 0 })
  await die()
  await expect(operator.discard({ ids: await ids(), reason: ' ' })).rejects.toMatchObject({ code: 'kernel.bad_input' })
  expect(await operator.discard({ ids: await ids(), reason: '重复的测试事件' })).toEqual({ discarded: 1 })
  broken = false
  await t.work()
  expect([await ids(), (await heard()).some(({ plot }) => plot === 9)]).toEqual([[], false])
  const line = (await t.ledger()).find(({ endpoint, body }) => endpoint === 'POST /desk/dead-letters/discard' && body.includes('重复的测试事件'))
  expect(line?.subjects).toEqual([expect.stringMatching(/^kernel\.event:/)])
  expect(line?.body).toContain('"plots.hear":"discarded"')
  expect(line?.body).not.toContain('张三')
})

test('schedules are written in the city’s time and run by UTC', () => {
  expect(toUtc('5 2 * * *')).toBe('5 18 * * *')
  expect(toUtc('30 20 * * *')).toBe('30 12 * * *')
  expect(toUtc('* * * * *')).toBe('* * * * *')
  expect(() => toUtc('0 2 1 * *')).toThrow(/only/)
})
