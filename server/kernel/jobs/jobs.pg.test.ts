import { expect, test } from 'vitest'
import { z } from 'zod'
import { command, event } from '../contract.ts'
import { desk } from '../desk/module.ts'
import { type Actions, defineModule, type Module, on } from '../module.ts'
import { testPlatform } from '../testing/testing.ts'
import { toUtc } from './jobs.ts'

const Told = event('plots.told', z.object({ plot: z.int() }))
const contract = { tell: command('POST /plots/tell', { summary: 'Tell', right: 'plots.tell', in: z.object({ plot: z.int() }), out: z.object({}) }) }
type Tables = { 'plots.heard': { plot: number } }
const actions: Actions<typeof contract, Tables> = {
  async tell({ emit }, { plot }) {
    emit(Told, { plot })
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

test('what fails for good is a dead letter with its error; replayed once the cause is gone, it is read once', async () => {
  await t
    .as({ rights: ['plots.tell'] })(contract)
    .tell({ plot: 7 })
  await t.work()
  expect(await heard()).toEqual([])
  expect(await operator.deadLetters({})).toEqual([])
  await t.pool.query(`update graphile_worker._private_jobs set attempts = max_attempts`)
  const [letter] = await operator.deadLetters({})
  expect(letter).toMatchObject({ task: 'event', reader: 'plots.hear', error: expect.stringContaining('does not answer') })
  broken = false
  expect(await operator.replay({ ids: [letter?.id ?? ''] })).toEqual({ replayed: 1 })
  await t.work()
  expect(await heard()).toEqual([{ plot: 7 }])
  expect(await operator.deadLetters({})).toEqual([])
})

test('schedules are written in the city’s time and run by UTC', () => {
  expect(toUtc('5 2 * * *')).toBe('5 18 * * *')
  expect(toUtc('30 20 * * *')).toBe('30 12 * * *')
  expect(toUtc('* * * * *')).toBe('* * * * *')
  expect(() => toUtc('0 2 1 * *')).toThrow(/only/)
})
