import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { field } from '../testing/delivery.ts'
import { until } from '../testing/wait.ts'
import { captureRig } from './testing/rig.ts'

const source = testDatabase()
const target = testDatabase()
const rig = captureRig(source, target)
const fields = [field('k', 'int8', { key: true }), field('name', 'text')]
const HOURS_2 = 2 * 3_600_000
const same = async () => expect(await target.query(rig.sum('k, name', 'received'))).toEqual(await source.query(rig.sum('k, name', 'register')))

beforeEach(async () => {
  await source.query(`create table if not exists public.register (k int8 primary key, name text); truncate public.register;
    insert into public.register select g, '企业' || g from generate_series(1, 500) g`)
})
afterEach(() => {
  vi.useRealTimers()
})

test.each([-HOURS_2, HOURS_2])(
  'bad input, clock skew: while the node is %i ms off, changes are followed, periods signed, and no lag is negative',
  async (skew) => {
    const capture = await rig.begin(await rig.grant({ table: 'register', fields }), { sending: { periodChanges: 100 } })
    await until(() => capture.sender())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skew })
    await source.query(`update public.register set name = name || '!' where k <= 200; delete from public.register where k > 450`)
    await rig.caughtUp(capture)
    await until(() => capture.periods.received.get(1))
    const { lagSeconds, lagBytes, keptBytes, committedAt } = capture.sender()!
    for (const figure of [lagSeconds, lagBytes, keptBytes]) expect(figure).toBeGreaterThanOrEqual(0)
    vi.useRealTimers()
    expect(Math.abs(Date.parse(committedAt!) - Date.now())).toBeLessThan(HOURS_2 / 2) // by the clock of the source
    await same()
  },
)

test('bad input, clock skew: begun anew by a node whose clock is off it is refused by name, resumably, and goes on when the clock is right', async () => {
  const grant = await rig.grant({ table: 'register', fields })
  const first = await rig.begin(grant)
  await until(() => first.sender())
  await first.cut()
  await source.query(`update public.register set name = 'while it was off' where k <= 50`)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - HOURS_2 })
  await expect(rig.begin(grant, { delivery: first.delivery })).rejects.toMatchObject({ code: 'clock_differs', resumable: true })
  vi.useRealTimers()
  const again = await rig.begin(grant, { delivery: first.delivery })
  await until(() => again.sender())
  await rig.caughtUp(again)
  await same()
})
