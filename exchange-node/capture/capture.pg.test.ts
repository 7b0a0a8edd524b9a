import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { field } from '../testing/delivery.ts'
import { until } from '../testing/wait.ts'
import { captureRig } from './testing/rig.ts'
import type { RunningCapture } from './testing/run.ts'

const source = testDatabase()
const target = testDatabase()
const rig = captureRig(source, target)
const { caughtUp } = rig
const fields = [field('k', 'int8', { key: true }), field('name', 'text'), field('long', 'text'), field('at', 'timestamptz')]
const granted = () => rig.grant({ table: 'register', fields })
const begin = async (): Promise<RunningCapture> => rig.begin(await granted())

async function expectSame(): Promise<void> {
  const columns = 'k, name, long, at'
  const [here, there] = await Promise.all([source.query(rig.sum(columns, 'register')), target.query(rig.sum(columns, 'received'))])
  expect(there).toEqual(here)
}

beforeAll(async () => {
  await source.query(`create table public.register (k int8 primary key, name text, long text, at timestamptz);
    alter table public.register alter column long set storage external`)
})

async function refill(rows = 1000): Promise<void> {
  await source.query(
    `truncate public.register; insert into public.register select g, '企业' || g, null, timestamptz '2026-01-01' + g * interval '1 minute' from generate_series(1, ${rows}) g`,
  )
}

test('a capture begins with a load and goes on with every insert, update and delete behind it', async () => {
  await refill()
  const capture = await begin()
  await until(() => capture.sender())
  await source.query(
    `insert into public.register values (5001, '新', 'x', now()); update public.register set name = name || '!' where k % 3 = 0; delete from public.register where k % 5 = 0`,
  )
  await caughtUp(capture)
  await expectSame()
  expect(capture.sender()).toMatchObject({ changes: 1 + 334 + 200 })
})

test('changes made while the load runs are neither lost nor doubled', async () => {
  await refill(20_000)
  let busy = true
  const writer = (async () => {
    for (let n = 0; busy; n++) {
      await source.query(
        `insert into public.register values (${100_000 + n}, 'w', null, now()); update public.register set name = 'u${n}' where k = ${1 + ((n * 37) % 20_000)}; delete from public.register where k = ${2 + ((n * 53) % 20_000)}`,
      )
    }
  })()
  const capture = await begin()
  await until(() => capture.sender())
  busy = false
  await writer
  await caughtUp(capture)
  await expectSame()
})

test('a key that changes takes its row along, also where a long value is not in the log', async () => {
  await refill(10)
  await source.query(`update public.register set long = repeat('长', 3000)`)
  const capture = await begin()
  await until(() => capture.sender())
  await source.query(`update public.register set k = k + 100 where k <= 5; update public.register set name = 'y' where k > 5`)
  await caughtUp(capture)
  await expectSame()
})

test('a long value that did not change is not overwritten, whatever happens to its row within a batch', async () => {
  await refill(500)
  await source.query(`update public.register set long = repeat('长' || k, 3000)`)
  const capture = await begin()
  await until(() => capture.sender())
  await source.query(`begin; update public.register set name = 'a' where k <= 400; update public.register set long = repeat('new' || k, 2000) where k % 7 = 0;
    update public.register set name = 'b' where k % 2 = 0; delete from public.register where k = 8; insert into public.register values (8, 'again', repeat('z', 9000), null);
    update public.register set name = 'once more' where k = 8; commit`)
  await caughtUp(capture)
  await expectSame()
})

test('TRUNCATE empties the table at its place among the changes', async () => {
  await refill(50)
  const capture = await begin()
  await until(() => capture.sender())
  await source.query(
    `begin; update public.register set name = 'gone'; truncate public.register; insert into public.register values (1, 'after', null, null); commit`,
  )
  await caughtUp(capture)
  await expectSame()
})

test('a session that was cut goes on where the target stands', async () => {
  await refill()
  const grant = await granted()
  const first = await rig.begin(grant)
  await until(() => first.sender())
  await source.query(`update public.register set name = 'one'`)
  await first.cut()
  await source.query(`update public.register set name = 'two' where k < 500; delete from public.register where k > 900`)
  const again = await rig.begin(grant, { delivery: first.delivery })
  await until(() => again.sender())
  await caughtUp(again)
  await expectSame()
})
