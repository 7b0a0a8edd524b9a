import { duplexPair } from 'node:stream'
import type { Grant } from '@zhenghe/wire/documents.ts'
import { openSession } from '@zhenghe/wire/session.ts'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { Reconciliation } from '../reconcile/ask.ts'
import { testDatabase, testServer } from '../testing/databases.ts'
import { consumer, field, provider } from '../testing/delivery.ts'
import { until } from '../testing/wait.ts'
import { answerCaptured, compareCaptured } from './reconcile.ts'
import { compareRunning } from './testing/compare.ts'
import { captureRig } from './testing/rig.ts'

/** A moment waits for the open transactions of the whole server, also for those of other tests. */
const source = testServer()
const target = testDatabase()
const LONG = { timeout: 150_000 }
const rig = captureRig(source, target)
const fields = [field('k', 'int8', { key: true }), field('name', 'text'), field('long', 'text'), field('n', 'int8', { rules: [{ kind: 'notNull' }] })]
const granted = () => rig.grant({ table: 'register', fields })
const same = async () =>
  expect(await target.query(rig.sum('k, name, long, n', 'received'))).toEqual(await source.query(rig.sum('k, name, long, n', 'register', 'n is not null')))

beforeAll(async () => {
  await source.query(
    `create table public.register (k int8 primary key, name text, long text, n int8); alter table public.register alter column long set storage external`,
  )
})

async function refill(rows = 5000): Promise<void> {
  await source.query(
    `truncate public.register; insert into public.register select g, '企业' || g, case when g % 50 = 0 then repeat('长' || g, 900) end, g from generate_series(1, ${rows}) g`,
  )
}

/** Writes without a pause until it is told to stop: rows that come, change, go, take another key. */
function writing(): { stop(): Promise<void> } {
  let busy = true
  const work = (async () => {
    for (let n = 0; busy; n++)
      await source.query(`begin; update public.register set n = n + 1 where k % 97 = ${n % 97} and abs(k) > 100; insert into public.register values (${100_000 + n}, 'w', null, ${n});
        delete from public.register where k = ${100_000 + n - 20}; update public.register set k = -k where k = ${101 + ((n * 31) % 4900)}; commit;
        update public.register set long = repeat('neu' || ${n}, 700) where k = ${50 * (3 + (n % 90))}`)
  })()
  const writer = {
    stop: () => {
      busy = false
      return work
    },
  }
  writers.push(writer)
  return writer
}
const writers: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.stop()
})

test('issue 3 §6: while a capture follows a busy table both sides are compared as of one moment, and no difference is told that was none', LONG, async () => {
  await refill()
  const capture = await rig.begin(await granted())
  await until(() => capture.sender())
  const writer = writing()
  for (let round = 0; round < 5; round++) {
    const result = await compareRunning(capture)
    expect(result, `round ${round}`).toMatchObject({ missing: 0, extra: 0, changed: 0, mended: 0 })
    expect(result.sourceRows).toBeGreaterThan(4900)
  }
  await writer.stop()
  await rig.caughtUp(capture)
  await same()
})

test('L4: differences are found by their keys beside a writer, and mended by the capture itself without touching what came later', LONG, async () => {
  await refill()
  const capture = await rig.begin(await granted())
  await until(() => capture.sender())
  await rig.caughtUp(capture)
  await target.query(
    `delete from public.received where k in (11, 12); update public.received set name = 'wrong' where k = 13; insert into public.received values (900001, 'nobody', null, 1)`,
  )
  const writer = writing()
  const found = await compareRunning(capture)
  expect(found).toMatchObject({ missing: 2, extra: 1, changed: 1, mended: 0 })
  expect(found.sample.map(({ key, kind }) => `${kind} ${key}`).sort()).toEqual(['different 13', 'extra 900001', 'missing 11', 'missing 12'])
  expect(await compareRunning(capture, { mend: true })).toMatchObject({ mended: 4 })
  await writer.stop()
  await rig.caughtUp(capture)
  await same()
})

test('a table that is emptied while it is compared waits for the comparison, and nothing false is told', async () => {
  await refill(2000)
  const capture = await rig.begin(await granted())
  await until(() => capture.sender())
  let busy = true
  const emptying = (async () => {
    for (let n = 0; busy; n++)
      await source.query(
        `begin; truncate public.register; insert into public.register select g, 'n${n}', null, g from generate_series(1, 500) g; commit; select pg_sleep(0.06)`,
      )
  })()
  const told: Reconciliation[] = []
  for (let round = 0; round < 4; round++) {
    const result = await compareRunning(capture).catch((error: { code: string }) => error)
    if ('code' in result) expect(result.code).toBe('database_busy')
    else told.push(result)
  }
  busy = false
  await emptying
  expect(told.length).toBeGreaterThan(0)
  for (const one of told) expect(one).toMatchObject({ missing: 0, extra: 0, changed: 0 })
  await rig.caughtUp(capture)
  await same()
})

test('without a capture under way, or when it ends, the comparison is refused and can be taken up again', async () => {
  await refill(100)
  const grant = await granted()
  const capture = await rig.begin(grant)
  await until(() => capture.sender())
  await capture.stop()
  const [left, right] = duplexPair()
  const delivery = crypto.randomUUID()
  const [sending, receiving] = await Promise.all([
    openSession(left, { role: 'sender', keys: provider, peer: consumer.identity, delivery }),
    openSession(right, { role: 'receiver', keys: consumer, peer: provider.identity, delivery }),
  ])
  const body = JSON.parse(grant.text) as Grant
  const { captures } = capture
  const halves = [
    answerCaptured(() => captures.sending.get(capture.delivery), sending),
    compareCaptured(body, captures.moments, receiving, { mend: false, scope: 'full' }),
  ]
  for (const half of await Promise.allSettled(halves)) expect(half).toMatchObject({ status: 'rejected', reason: { code: 'capture_away', resumable: true } })
})
