import { randomUUID } from 'node:crypto'
import type { Receipt, Signed } from '@zhenghe/wire/documents.ts'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadTable } from '../../target/load.ts'
import { testDatabase } from '../../testing/databases.ts'
import { deliver, draftGrant, type Ends, field, signGrant, whenLanded } from '../../testing/delivery.ts'
import { testMaria } from '../../testing/mariadb.ts'
import type { Target, TargetConnector, TargetRequest } from '../connector.ts'
import { Ledger } from './ledger.ts'
import { withSession } from './session.ts'
import { MariaSource } from './source.ts'
import { qualified } from './sql.ts'
import { indexWhole, oldTable } from './swap.ts'
import { MariaTarget } from './target.ts'
import { grantOn } from './testing.ts'

const ROWS = 20_000
const origin = testDatabase()
const store = testMaria()
const fields = [field('k', 'text', { key: true }), field('n', 'int8'), field('t', 'text')]
let ends: Ends

beforeAll(async () => {
  await origin.query(`create table public.register (k text primary key, n int8, t text);
    insert into public.register select md5(g::text), g, repeat('政', g % 50) from generate_series(1, ${ROWS}) g; analyze register`)
  const grant = signGrant(await draftGrant(origin.address, { table: 'register', fields }))
  ends = { grant, source: origin.address, target: new MariaTarget(store.url()), schema: store.database, table: 'received', pagesPerRange: 8 }
})

/** Both sides by the same words: rows, and a digest over all of them in order. */
async function expectExact(table = 'received'): Promise<void> {
  const [there] = await store.query<{ n: number; sum: string; length: number }>(
    `select count(*) as n, sum(n) as sum, sum(char_length(t)) as length, min(k) as low from ${table}`,
  )
  const [here] = await origin.query<{ n: string }>(
    `select count(*)::int as n, sum(n)::text as sum, sum(char_length(t))::text as length, min(k collate "C") as low from register`,
  )
  expect({ ...there, length: String(there!.length) }).toEqual(here)
}

async function leftovers(): Promise<string[]> {
  const rows = await store.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = database() and table_name like 'received%' order by 1`,
  )
  return rows.map(({ name }) => name)
}

async function powerFailure(): Promise<void> {
  await store.server.kill()
  await store.server.start()
}

test.each([1, 5, 15])(
  'a target database killed after %i ranges recovers with its ledger, and the load goes on from there',
  async (after) => {
    const delivery = randomUUID()
    let crashed: Promise<void> | undefined
    await expect(deliver({ ...ends, delivery, ...whenLanded(after, () => (crashed = powerFailure())) })).rejects.toMatchObject({ resumable: true })
    await crashed
    const { evidence } = await deliver({ ...ends, delivery })
    expect(JSON.parse(evidence.receipt.text)).toMatchObject({ loaded: ROWS, target: { rows: ROWS } })
    await expectExact()
    expect(await leftovers()).toEqual(['received'])
  },
  60_000,
)

test('a source database killed in the middle is taken up again, and the load ends exact', async () => {
  await store.query('create table sent (k varchar(40) character set ascii primary key, n bigint, t text)')
  await store.query(`insert into sent select md5(seq), seq, repeat('政', seq % 50) from seq_1_to_${ROWS}`)
  await store.query('analyze table sent')
  const grant = signGrant(await grantOn(store.url(), store.database, 'sent', fields))
  const back = { source: new MariaSource(store.url()), target: origin.address, grant, delivery: randomUUID(), table: 'back', pagesPerRange: 4 }
  let crashed: Promise<void> | undefined
  await expect(deliver({ ...back, ...whenLanded(3, () => (crashed = powerFailure()), 4000) })).rejects.toMatchObject({
    resumable: true,
  })
  await crashed
  await deliver(back)
  expect(
    await origin.query(`(select k, n, t from back except select * from register) union all (select * from register except select k, n, t from back)`),
  ).toEqual([])
}, 60_000)

/** What has happened of the end of a load when the power fails. */
const STEPS = ['indexed', 'announced', 'half renamed', 'renamed', 'recorded'] as const

/** A target whose end is carried out up to a step, by the same statements, and no further. */
function failingAfter(step: (typeof STEPS)[number]): TargetConnector {
  const whole = new MariaTarget(store.url())
  const finish = async (request: TargetRequest, receipt: Receipt, manifest: Signed, checkpoint: string | null) => {
    const { name, delivery, grant } = request
    const [load, old] = [loadTable(name, delivery), oldTable(name, delivery)]
    await withSession(store.url(), 'target', async (session) => {
      const ledger = new Ledger(session, store.database)
      const done = STEPS.indexOf(step)
      await indexWhole(session, load, name, grant.fields, grant.resource.name)
      if (done >= 1) await ledger.announce(delivery, { receipt, manifest, checkpoint })
      if (done >= 2) await session.query(`rename table ${qualified(name)} to ${qualified(old)}`)
      if (done >= 3) await session.query(`rename table ${qualified(load)} to ${qualified(name)}`)
      if (done >= 4)
        await session.transaction(async () => {
          await ledger.recordTarget(session, name, grant.id, delivery, checkpoint)
          await ledger.recordEnd(receipt, manifest)
        })
    })
    await powerFailure()
    throw new Error('connection ended: the power failed')
  }
  return {
    look: () => whole.look(),
    tables: () => whole.tables(),
    discard: (delivery) => whole.discard(delivery),
    receiptHeld: (delivery) => whole.receiptHeld(delivery),
    open: async (request) => {
      const target = await whole.open(request)
      return new Proxy(target, {
        get: (_, key) => {
          if (key === 'finish') return (receipt: Receipt, manifest: Signed, checkpoint: string | null) => finish(request, receipt, manifest, checkpoint)
          const value = target[key as keyof Target]
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
}

describe.each(STEPS)('a power failure when the end of a load was %s', (step) => {
  test.each(['the delivery is taken up again', 'its receipt is asked for', 'another load begins'])(
    'loses nothing: %s',
    async (then) => {
      const delivery = randomUUID()
      await origin.query(`update register set n = n + 1 where k in (select k from register limit 10)`)
      await expect(deliver({ ...ends, delivery, target: failingAfter(step) })).rejects.toMatchObject({ resumable: true })
      const store_ = new MariaTarget(store.url())
      if (then === 'its receipt is asked for') {
        const held = await store_.receiptHeld(delivery)
        expect(held === undefined).toBe(step === 'indexed')
        if (held) expect(held.receipt).toMatchObject({ delivery, loaded: ROWS })
      }
      if (then === 'another load begins') await deliver(ends)
      else {
        const { evidence } = await deliver({ ...ends, delivery })
        expect(JSON.parse(evidence.receipt.text)).toMatchObject({ delivery, loaded: ROWS })
      }
      await expectExact()
      await (
        await store_.open({ delivery, mode: 'snapshot', grant: { fields } as never, name: { schema: store.database, table: 'received' }, memoryMiB: 64 })
      ).end()
      expect(await leftovers()).toEqual(['received'])
    },
    60_000,
  )
})

test('a range that is committed ten times at once lands once', async () => {
  const target = new MariaTarget(store.url())
  const grant = JSON.parse(ends.grant.text)
  const table = await target.open({ delivery: randomUUID(), mode: 'snapshot', grant, name: { schema: store.database, table: 'raced' }, memoryMiB: 64 })
  await table.check()
  await table.begin({
    kind: 'plan',
    grant: { id: grant.id, version: 1 },
    mode: 'snapshot',
    ranges: [{ n: 0, from: null, to: null }],
    columns: [],
    keys: [],
    totalRows: 0,
    snapshot: '',
    cursor: null,
  })
  const counts = { n: 0, read: 0, filtered: 0, rejected: 0, sent: 0, bytes: 0, digest: '0'.repeat(64), snapshot: '', masked: {}, reasons: {} }
  const sinks = await Promise.all(Array.from({ length: 10 }, () => table.sink({ kind: 'load' })))
  const outcomes = await Promise.allSettled(sinks.map((sink) => sink.commit(counts)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await table.done()).toEqual([counts])
  await Promise.all(sinks.map((sink) => sink.abort()))
  await table.forget()
  await table.end()
})

test('two deliveries to one table do not mix: the second waits, and both end exact', async () => {
  await Promise.all([deliver(ends), deliver(ends)])
  await expectExact()
}, 60_000)

test('the old table keeps its indexes and rights, and a quota that is used up is told before anything is sent', async () => {
  await store.query('alter table received add index by_number (n, k(5)), add unique index once (n, k)')
  await store.server.query(`create user clerk; grant select on ${store.database}.received to clerk`)
  await deliver(ends)
  const [made] = await store.query<Record<string, string>>('show create table received')
  expect(made!['Create Table']).toMatch(/UNIQUE KEY `once` \(`n`,`k`\)[\s\S]*KEY `by_number` \(`n`,`k`\(5\)\)/)
  expect(await store.server.query(`show grants for clerk`)).toHaveLength(2)
  const full = deliver({
    ...ends,
    receiving: { target: { store: new MariaTarget(store.url()), name: { schema: store.database, table: 'received' }, memoryMiB: 64, quotaBytes: 1 << 20 } },
  })
  await expect(full).rejects.toMatchObject({ code: 'target_room' })
  await expectExact()
}, 60_000)

test('keys that differ in case or in blanks at the end are different keys', async () => {
  await origin.query(
    `create table keys (k text primary key, n int8, t text); insert into keys values ('a', 1, ''), ('A', 2, ' '), ('a ', 3, null), ('Ä', 4, 'x')`,
  )
  const grant = signGrant(await draftGrant(origin.address, { table: 'keys', fields }))
  await deliver({ ...ends, grant, table: 'keys' })
  expect(await store.query('select k, n from `keys` order by n')).toEqual([
    { k: 'a', n: 1 },
    { k: 'A', n: 2 },
    { k: 'a ', n: 3 },
    { k: 'Ä', n: 4 },
  ])
  await origin.query(`update keys set k = repeat('长', 800) where n = 4`)
  await expect(deliver({ ...ends, grant, table: 'keys' })).rejects.toMatchObject({
    code: 'target_value',
    message: expect.stringContaining('longer than the 768 characters of a key'),
  })
})

test('a table of somebody else, a trigger and a view in the way are refused by name', async () => {
  await store.query(`create table foreign_rows (k varchar(768) primary key, n bigint, t longtext); insert into foreign_rows values ('a', 1, '')`)
  await expect(deliver({ ...ends, table: 'foreign_rows' })).rejects.toMatchObject({ code: 'target_not_ours' })
  await store.query(`create view looked_at as select * from received`)
  await expect(deliver({ ...ends, table: 'looked_at' })).rejects.toMatchObject({ code: 'target_incompatible' })
  await store.query(`create trigger watch after insert on received for each row set @seen = 1`)
  await expect(deliver(ends)).rejects.toMatchObject({ code: 'target_dependents', message: expect.stringContaining('the trigger watch') })
  await store.query('drop trigger watch')
  await deliver(ends)
  expect(await store.query('select count(*) as n from looked_at')).toEqual([{ n: ROWS }])
}, 60_000)
