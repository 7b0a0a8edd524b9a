import { expect, test } from 'vitest'
import { testDatabase } from '../../testing/databases.ts'
import { field } from '../../testing/delivery.ts'
import { until } from '../../testing/wait.ts'
import { captureRig } from '../testing/rig.ts'
import { slotName } from './slot.ts'

const source = testDatabase()
const target = testDatabase()
const rig = captureRig(source, target)
const fields = [field('k', 'int8', { key: true }), field('t', 'text')]

/** A fresh table under a name of its own. */
async function table(definition: string, name: string): Promise<string> {
  await source.query(
    `drop table if exists public.${name}; create table public.${name} (${definition}); insert into public.${name} (k, t) select g, 'x' from generate_series(1, 100) g`,
  )
  return name
}

test.each([
  ['no_key', 'k int8 not null, t text', '', /no primary key and no replica identity.*alter table "public"."no_key" replica identity full/],
  ['unique_key', 'k int8 not null unique, t text', '', /replica identity using index "unique_key_k_key"/],
  ['other_key', 'k int8 not null unique, t text, id serial primary key', '', /told apart in the log by id.*using index "other_key_k_key"/],
  ['no_identity', 'k int8 primary key, t text', 'alter table public.no_identity replica identity nothing', /replica identity using index "no_identity_pkey"/],
  ['late_key', 'k int8 primary key deferrable, t text', '', /no primary key/],
])(
  '%s: a table whose published updates PostgreSQL would refuse, or whose log would not name the row, is never published',
  async (name, definition, more, words) => {
    await table(definition, name)
    if (more) await source.query(more)
    await expect(rig.begin(await rig.grant({ table: name, fields }))).rejects.toMatchObject({ code: 'capture_identity', message: expect.stringMatching(words) })
    await source.query(`update public.${name} set t = 'y'; delete from public.${name} where k = 1`)
    expect(await source.query('select from pg_publication')).toEqual([])
  },
)

test('inherited and unlogged tables are refused with the reason', async () => {
  await source.query(`create table public.volatile (k int8 primary key, t text);
    alter table public.volatile set unlogged; create table public.parent (k int8 primary key, t text); create table public.child () inherits (public.parent)`)
  const refusalOf = async (name: string) => rig.begin(await rig.grant({ table: name, fields })).catch((error: Error) => error.message)
  expect(await refusalOf('volatile')).toMatch(/is unlogged/)
  expect(await refusalOf('parent')).toMatch(/inherit/)
})

test('a login that may not follow the log or publish is told the statement to run', async () => {
  await table('k int8 primary key, t text', 'guarded')
  await source.query(
    `create role capture_login login password 'x' createrole; grant usage on schema public to capture_login with grant option; grant select on public.guarded to capture_login with grant option`,
  )
  try {
    const grant = await rig.grant({ table: 'guarded', fields })
    const as = { ...source.address, user: 'capture_login', password: 'x' }
    await expect(rig.begin(grant, { source: as })).rejects.toMatchObject({
      code: 'capture_rights',
      message: expect.stringContaining('alter role "capture_login" replication'),
    })
    await source.query('alter role capture_login replication')
    const refused = await rig.begin(grant, { source: as }).catch((error: Error & { code: string }) => error)
    expect(refused).toMatchObject({ code: 'capture_rights' })
    const statement = /runs once: (create publication .*)$/.exec((refused as Error).message)![1]!
    await source.query(statement)
    const capture = await rig.begin(grant, { source: as })
    await until(() => capture.sender())
    await source.query(`update public.guarded set t = 'published by the administrator'`)
    await rig.caughtUp(capture)
    expect(await target.query('select count(*)::int as n from public.received where t like $1', ['published%'])).toEqual([{ n: 100 }])
    await capture.stop()
    await capture.drop()
    await source.query(`drop publication ${/"(zhenghe_grant_\w+)"/.exec(statement)![1]!}`)
  } finally {
    await source.query('drop owned by capture_login').catch(() => undefined)
  }
})

test('the department always may update and delete, also once it has dropped the key of the published table', async () => {
  await table('k int8 primary key, t text', 'published')
  const capture = await rig.begin(await rig.grant({ table: 'published', fields }))
  await until(() => capture.sender())
  await source.query(
    `update public.published set t = 'a'; delete from public.published where k = 1; alter table public.published drop constraint published_pkey`,
  )
  expect((await capture.ended)[0]).toMatchObject({ code: 'capture_identity' })
  await source.query(`update public.published set t = 'b'; delete from public.published where k = 2`)
})

test('a slot dropped, made anew or cut off behind our back is told and never papered over', async () => {
  await table('k int8 primary key, t text', 'followed')
  const grant = await rig.grant({ table: 'followed', fields })
  const first = await rig.begin(grant)
  await until(() => first.sender())
  const slot = slotName(first.delivery)
  await first.cut()
  await source.query(`select pg_drop_replication_slot($1)`, [slot])
  const gone = await rig.begin(grant, { delivery: first.delivery })
  expect((await gone.ended)[0]).toMatchObject({
    code: 'slot_lost',
    resumable: false,
    message: expect.stringMatching(/not there any more.*new load, of about \d+ rows/),
  })
  expect((await gone.ended)[1]).toMatchObject({ code: 'slot_lost', byPeer: true })
  await source.query(`update public.followed set t = 'missed'`)
  await source.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slot])
  const anew = await rig.begin(grant, { delivery: first.delivery })
  expect((await anew.ended)[0]).toMatchObject({ code: 'slot_lost', message: expect.stringMatching(/made anew/) })
  await source.query(`select pg_drop_replication_slot($1)`, [slot])
})

test('a slot dropped while it is followed ends the capture as lost', async () => {
  await table('k int8 primary key, t text', 'watched')
  const capture = await rig.begin(await rig.grant({ table: 'watched', fields }))
  await until(() => capture.sender())
  const slot = slotName(capture.delivery)
  await source.query(`select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '${slot}'`)
  await until(() =>
    source.query(`select pg_drop_replication_slot('${slot}')`).then(
      () => true,
      () => false,
    ),
  )
  expect((await capture.ended)[0]!.code).toMatch(/slot_lost|database_gone/)
})

test('a publication that somebody altered, even back to what it was, is noticed', async () => {
  await table('k int8 primary key, t text', 'altered')
  const capture = await rig.begin(await rig.grant({ table: 'altered', fields }))
  await until(() => capture.sender())
  await source.query(
    `alter publication ${slotName(capture.delivery)} set (publish = 'insert'); alter publication ${slotName(capture.delivery)} set (publish = 'insert, update, delete, truncate')`,
  )
  expect((await capture.ended)[0]).toMatchObject({ code: 'slot_lost', message: expect.stringMatching(/publication was altered/) })
})

test('more log than the budget allows gives the slot up, so that the source keeps its disk', async () => {
  await table('k int8 primary key, t text', 'costly')
  const capture = await rig.begin(await rig.grant({ table: 'costly', fields }), { budgetBytes: 1 << 20 })
  await source.query(
    `create table if not exists public.noise (t text); insert into public.noise select repeat(md5(g::text), 100) from generate_series(1, 3000) g`,
  )
  expect((await capture.ended)[0]).toMatchObject({ code: 'slot_lost', message: expect.stringMatching(/MiB of log waited/) })
  expect(await source.query('select from pg_replication_slots where slot_name = $1', [slotName(capture.delivery)])).toEqual([])
})

test('stopping for good leaves neither slot nor publication', async () => {
  await table('k int8 primary key, t text', 'stopped')
  const capture = await rig.begin(await rig.grant({ table: 'stopped', fields }))
  await until(() => capture.sender())
  await capture.stop()
  await capture.drop()
  expect(await source.query('select slot_name from pg_replication_slots where slot_name = $1', [slotName(capture.delivery)])).toEqual([])
  expect(await source.query('select pubname from pg_publication where pubname = $1', [slotName(capture.delivery)])).toEqual([])
})
