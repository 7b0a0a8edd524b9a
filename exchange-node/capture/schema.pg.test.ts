import { beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { field } from '../testing/delivery.ts'
import { until } from '../testing/wait.ts'
import { captureRig } from './testing/rig.ts'

const source = testDatabase()
const target = testDatabase()
const rig = captureRig(source, target)
const fields = [field('k', 'int8', { key: true }), field('t', 'text')]

beforeEach(() =>
  source.query(`drop table if exists public.register; create table public.register (k int8 primary key, t varchar(20), other int4);
    insert into public.register select g, 'x' || g, g from generate_series(1, 100) g`),
)
const received = () => target.query<{ k: string; t: string }>('select k::text, t from public.received order by k')
const there = () => source.query('select k::text, t from public.register order by k')

test('columns that nobody was granted may come, go and change', async () => {
  const capture = await rig.begin(await rig.grant({ table: 'register', fields }))
  await until(() => capture.sender())
  await source.query(`alter table public.register add column more text default 'm'; update public.register set t = t || 'a'`)
  await source.query(`alter table public.register drop column other; update public.register set t = t || 'b' where k < 50`)
  await rig.caughtUp(capture)
  expect(await received()).toEqual(await there())
})

test('a granted column that changes stops the capture right before that transaction; a person accepts the new shape, and it goes on without a gap', async () => {
  const grant = await rig.grant({ table: 'register', fields })
  const capture = await rig.begin(grant)
  await until(() => capture.sender())
  await source.query(`update public.register set t = 'before'`)
  await source.query(
    `begin; update public.register set t = 'same transaction' where k = 1; alter table public.register alter column t type varchar(40); update public.register set t = 'a longer text than before' where k < 10; commit`,
  )
  const [sent, got] = await capture.ended
  expect(sent).toMatchObject({ code: 'schema_changed', resumable: false, message: expect.stringMatching(/t character varying\(40\)/) })
  expect(got).toMatchObject({ code: 'schema_changed', byPeer: true })
  expect(new Set((await received()).map(({ t }) => t))).toEqual(new Set(['before']))
  await expect(rig.begin(grant, { delivery: capture.delivery })).rejects.toMatchObject({ code: 'source_changed' })
  const again = await rig.begin(grant, { delivery: capture.delivery, accepted: capture.changed[0]! })
  await until(() => again.sender())
  await source.query(`update public.register set t = t || '!' where k > 90`)
  await rig.caughtUp(again)
  expect(await received()).toEqual(await there())
})

test('a granted column that is dropped cannot be accepted', async () => {
  const capture = await rig.begin(await rig.grant({ table: 'register', fields }))
  await until(() => capture.sender())
  await source.query(`alter table public.register drop column t; update public.register set other = 1`)
  expect((await capture.ended)[0]).toMatchObject({ code: 'schema_changed', message: expect.stringMatching(/gone from the table: t/) })
  expect(capture.changed).toEqual([''])
})
