import { Manifest, Receipt, type Signed } from '@zhenghe/wire/documents.ts'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Refusal } from '../refusal.ts'
import { testDatabase, testServer } from '../testing/databases.ts'
import { field } from '../testing/delivery.ts'
import { until } from '../testing/wait.ts'
import { compareRunning } from './testing/compare.ts'
import { captureRig } from './testing/rig.ts'
import type { RunningCapture } from './testing/run.ts'

/** A moment waits for the open transactions of the whole server, also for those of other tests. */
const source = testServer()
const target = testDatabase()
const rig = captureRig(source, target)
const fields = [field('k', 'int8', { key: true }), field('part', 'numeric', { key: true }), field('age', 'int4'), field('long', 'text')]
const key = (k: number) => [String(k), '1']

beforeAll(async () => {
  await source.query(
    `create table public.register (k int8, part numeric(6,2), age int4, long text, primary key (k, part)); alter table public.register alter column long set storage external`,
  )
})
beforeEach(async () => {
  await source.query(`truncate public.register; insert into public.register select g, 1, g % 100, null from generate_series(1, 1000) g`)
})

/** Follows for as long as the test lasts, as two nodes do: when the session ends and may be taken up again, it is. */
async function followed(sending = {}): Promise<{ capture: () => RunningCapture; ended: () => Refusal[]; grant: Signed }> {
  const grant = await rig.grant({ table: 'register', fields })
  let running = await rig.begin(grant, { sending })
  const reasons: Refusal[] = []
  const again = (one: RunningCapture): void => {
    void one.ended.then(async ([sent, received]) => {
      const reason = received.byPeer ? sent : received
      reasons.push(reason)
      if (!reason.resumable || reason.code === 'draining') return
      running = await rig.begin(grant, { delivery: one.delivery, sending })
      again(running)
    })
  }
  again(running)
  await until(() => running.sender())
  await target.query('alter table public.received add constraint grown_up check (age < 100)')
  return { capture: () => running, ended: () => reasons, grant }
}

const ages = async (where: string) =>
  (await target.query<{ k: string; age: number }>(`select k, age from public.received where ${where} order by k`)).map(({ k, age }) => [Number(k), age])
const settled = async (capture: () => RunningCapture): Promise<void> => {
  await until(
    async () =>
      capture().sender() &&
      (await rig.caughtUp(capture()).then(
        () => true,
        () => false,
      )),
    30_000,
  )
}

test('issue 3, poison row: a change that the target refuses is set aside by its key and what refuses it, the others of its batch are applied, and the signed period counts it as rejected', async () => {
  const { capture, ended } = await followed({ periodChanges: 1 })
  await source.query(
    `begin; update public.register set age = 7 where k <= 500; update public.register set age = 150 where k in (3, 400); insert into public.register values (5001, 1, 200, 'x'), (5002, 1, 20, 'y'); commit`,
  )
  await settled(capture)
  expect(ended().map(({ code }) => code)).toEqual(['row_refused'])
  expect(await ages('k in (2, 3, 400, 5001, 5002)')).toEqual([
    [2, 7],
    [3, 3],
    [400, 0],
    [5002, 20],
  ])
  expect(capture().refused).toEqual([3, 400, 5001].map((k) => ({ key: key(k), field: '', rule: 'target:grown_up' })))
  const period = await until(() => [...capture().periods.sent.values()].find(({ manifest }) => Manifest.parse(JSON.parse(manifest.text)).rejected > 0))
  const [manifest, receipt] = [Manifest.parse(JSON.parse(period.manifest.text)), Receipt.parse(JSON.parse(period.receipt.text))]
  expect(manifest).toMatchObject({ rejected: 3, reasons: { ':target:grown_up': 3 } })
  expect(manifest.read).toBe(manifest.filtered + manifest.rejected + manifest.sent)
  expect(receipt).toMatchObject({ received: manifest.sent, loaded: manifest.sent })
  expect(await compareRunning(capture())).toMatchObject({ changed: 2, missing: 1, extra: 0 })
})

test('a later change of the same key takes the place of the refused one where it holds the whole row; a part of a row waits behind it, and fetched whole it is mended', async () => {
  await source.query(`update public.register set long = repeat('长' || k, 900) where k <= 10`)
  const { capture } = await followed()
  await source.query('update public.register set age = 150, long = long || 1 where k in (1, 2, 3, 4)')
  await settled(capture)
  expect(capture().refused.map(({ key: [k] }) => k)).toEqual(['1', '2', '3', '4'])
  await source.query(
    `update public.register set age = 20, long = 'short' where k = 1; delete from public.register where k = 2; update public.register set age = 30 where k = 3; update public.register set age = 40 where k = 5`,
  )
  await settled(capture)
  expect(await ages('k <= 5')).toEqual([
    [1, 20],
    [3, 3],
    [4, 4],
    [5, 40],
  ])
  expect(capture().refused.map(({ key: [k] }) => k)).toEqual(['3', '4'])
  await target.query('alter table public.received drop constraint grown_up')
  const live = capture().captures.sending.get(capture().delivery)!
  expect(await live.fetch([key(3), key(4)])).toEqual([])
  expect(capture().refused).toEqual([])
  const columns = 'k, part, age, long'
  expect(await target.query(rig.sum(columns, 'received'))).toEqual(await source.query(rig.sum(columns, 'register')))
})

test('what waits is known after both sides have begun anew, and is forgotten when the table is emptied', async () => {
  const { capture } = await followed()
  await source.query('update public.register set age = 150 where k = 9')
  await settled(capture)
  await capture().cut()
  await settled(capture)
  expect(capture().refused).toEqual([{ key: key(9), field: '', rule: 'target:grown_up' }])
  await source.query('truncate public.register; insert into public.register values (9, 1, 9, null)')
  await settled(capture)
  expect(capture().refused).toEqual([])
  expect(await ages('true')).toEqual([[9, 9]])
})

test('more refused rows than are set aside stop the capture by name, with nothing of that batch applied', async () => {
  const { capture, ended, grant } = await followed()
  await source.query('update public.register set age = 150 where k <= 600; update public.register set age = 1 where k = 700')
  await until(() => ended().some(({ code }) => code === 'rows_refused'))
  expect(ended().at(-1)).toMatchObject({ code: 'rows_refused', resumable: false, message: expect.stringContaining('grown_up') })
  expect(await ages('age = 150')).toEqual([])
  await target.query('alter table public.received drop constraint grown_up')
  const again = await rig.begin(grant, { delivery: capture().delivery })
  await until(() => again.sender())
  await rig.caughtUp(again)
  expect((await ages('age = 150')).length).toBe(600)
})
