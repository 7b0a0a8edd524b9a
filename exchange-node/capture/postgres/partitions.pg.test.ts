import { beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../../testing/databases.ts'
import { field } from '../../testing/delivery.ts'
import { until } from '../../testing/wait.ts'
import { compareRunning } from '../testing/compare.ts'
import { captureRig } from '../testing/rig.ts'
import type { RunningCapture } from '../testing/run.ts'

const source = testDatabase()
const target = testDatabase()
const rig = captureRig(source, target)
const fields = [field('k', 'int8', { key: true }), field('day', 'date', { key: true }), field('name', 'text'), field('long', 'text')]
const granted = () => rig.grant({ table: 'register', fields })
const columns = 'k, day, name, long'
const same = async () => expect(await target.query(rig.sum(columns, 'received'))).toEqual(await source.query(rig.sum(columns, 'register')))
const month = (of: number) => `for values from ('2026-0${of}-01') to ('2026-0${of + 1}-01')`
const rows = (of: number, from: number, to: number) =>
  `insert into public.register select g, '2026-0${of}-02', '企业' || g, case when g % 40 = 0 then repeat('长' || g, 900) end from generate_series(${from}, ${to}) g`

beforeEach(async () => {
  await source.query(`drop table if exists public.register, public.loose, public.june; create table public.register (k int8, day date, name text, long text, primary key (k, day)) partition by range (day);
    create table public.may partition of public.register ${month(5)}; create table public.june (name text, gone int, long text, k int8 not null, day date not null, primary key (k, day));
    alter table public.june drop column gone; alter table public.register attach partition public.june ${month(6)}; alter table public.may alter column long set storage external;
    alter table public.june alter column long set storage external; ${rows(5, 1, 1000)}; ${rows(6, 1001, 2000)}`)
})

async function follow(more = {}): Promise<RunningCapture> {
  const capture = await rig.begin(await granted(), more)
  await until(() => capture.sender())
  return capture
}

test('a partitioned table is loaded by its root and followed in all its partitions, also those that are made later, and a row that moves takes its key along', async () => {
  const capture = await follow()
  await source.query(`create table public.july partition of public.register ${month(7)}; ${rows(7, 3001, 3100)};
    update public.register set day = '2026-07-09' where k <= 80; update public.register set name = name || '!' where k % 3 = 0; delete from public.register where k % 7 = 0;
    update public.register set k = -k where k between 1200 and 1400`)
  await rig.caughtUp(capture)
  await same()
  await source.query(`begin; truncate public.register; ${rows(5, 1, 9)}; commit`)
  await rig.caughtUp(capture)
  await same()
})

test('partitions attached with rows, detached or emptied by themselves are told as a changed table; accepted it goes on, and a reconciliation mends what the log does not tell', async () => {
  await source.query(
    `create table public.loose (like public.register including all); insert into public.loose select g, '2026-08-03', 'loose', null from generate_series(5001, 5050) g`,
  )
  const grant = await granted()
  let capture = await rig.begin(grant)
  await until(() => capture.sender())
  let accepted = ''
  const told = async (statement: string, words: RegExp) => {
    await source.query(statement)
    const [sent] = await capture.ended
    expect(sent).toMatchObject({ code: 'schema_changed', resumable: false, message: expect.stringMatching(words) })
    const [shape] = capture.changed
    expect(shape).toMatch(/^[0-9a-f ]+$/)
    await expect(rig.begin(grant, { delivery: capture.delivery, accepted }).then(({ ended }) => ended.then(([again]) => again))).resolves.toMatchObject({
      code: 'schema_changed',
    })
    accepted = `${accepted} ${shape}`.trim()
    capture = await rig.begin(grant, { delivery: capture.delivery, accepted })
    await until(() => capture.sender())
  }
  await told(`alter table public.register attach partition public.loose ${month(8)}`, /attached: .*loose/)
  await told('truncate public.may', /emptied/)
  await told('alter table public.register detach partition public.june', /1 partitions were detached/)
  await source.query(`update public.register set name = 'after' where k = 5001`)
  await rig.caughtUp(capture)
  expect(await compareRunning(capture, { mend: true })).toMatchObject({ extra: 2000, missing: 49 })
  await same()
})

test('a partition whose changes do not say which row they mean, or are in no log, is refused by its name', async () => {
  await source.query('alter table public.may replica identity nothing')
  await expect(granted().then((grant) => rig.begin(grant))).rejects.toMatchObject({ code: 'capture_identity', message: expect.stringContaining('may') })
  await source.query('alter table public.may replica identity default; alter table public.june set unlogged')
  await expect(granted().then((grant) => rig.begin(grant))).rejects.toMatchObject({
    code: 'capture_unsupported',
    message: expect.stringMatching(/june is unlogged/),
  })
})
