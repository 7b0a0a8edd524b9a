import { beforeEach, describe, expect, test } from 'vitest'
import { compareRunning } from '../../capture/testing/compare.ts'
import { captureRig } from '../../capture/testing/rig.ts'
import { testDatabase } from '../../testing/databases.ts'
import { field, signGrant } from '../../testing/delivery.ts'
import { testMaria } from '../../testing/mariadb.ts'
import { until } from '../../testing/wait.ts'
import { comparePositions } from './binlog/position.ts'
import { MariaSource } from './source.ts'
import { grantOn, purgeLog } from './testing.ts'

const store = testMaria(['--binlog-row-metadata=FULL'])
const target = testDatabase()
const source = {
  get address() {
    return store.url()
  },
  query: store.query,
}
const rig = captureRig(source, target, {
  mark: async () => {
    const [row] = await store.query<{ File: string; Position: number }>('show master status')
    await store.query('create table if not exists marks (n int); insert into marks values (1)')
    return `${row!.File}:${row!.Position}`
  },
  reached: (position, mark) => comparePositions(position, mark) > 0,
})
const fields = [field('id', 'int8', { key: true }), field('name', 'text'), field('amount', 'numeric'), field('at', 'timestamp')]
const granted = async () => signGrant(await grantOn(store.url(), store.database, 'register', fields))
const insert = (from: number, to: number) =>
  `insert into register select seq, concat('企业', seq), seq / 8, '2026-01-01' + interval seq minute, seq from seq_${from}_to_${to}`

beforeEach(() =>
  store.query(`create or replace table register (id bigint primary key, name varchar(40), amount decimal(12,3), at datetime, other int); ${insert(1, 1000)}`),
)

async function expectSame(): Promise<void> {
  const here = await store.query(`select cast(id as char) as id, name, cast(amount as char) as amount, cast(at as char) as at from register order by id + 0`)
  const there = await target.query(`select id::text, name, amount::text, at::text from public.received order by received.id`)
  expect(there).toEqual(here)
}

/** Writes without a pause, through failures of the server, until it is told to stop. */
function writing(): { stop(): Promise<void> } {
  let busy = true
  const work = (async () => {
    for (let n = 0; busy; n++)
      await store
        .query(
          `insert into register values (${100_000 + n}, 'w', 1, now(), 0); begin; update register set name = 'u${n}' where id = ${1 + ((n * 37) % 1000)};
           delete from register where id = ${2 + ((n * 53) % 1000)}; commit; update register set id = ${200_000 + n} where id = ${100_000 + n} and ${n} % 3 = 0`,
        )
        .catch(() => undefined)
  })()
  return {
    stop: () => {
      busy = false
      return work
    },
  }
}

test('a source tells that it can be followed where its settings and the rights of the login allow it', async () => {
  expect(await new MariaSource(store.url()).look()).toMatchObject({ captures: true })
  await store.server.query(`create user reader identified by 'r'; grant select on ${store.database}.* to reader; grant binlog monitor on *.* to reader`)
  expect(await new MariaSource(store.url('reader', 'r')).look()).toMatchObject({ captures: false })
  await store.server.query('grant replication slave on *.* to reader')
  expect(await new MariaSource(store.url('reader', 'r')).look()).toMatchObject({ captures: true })
  await store.server.query('set global binlog_row_metadata = minimal')
  const refused = await rig.begin(await granted()).catch((error: unknown) => error)
  expect(await new MariaSource(store.url()).look()).toMatchObject({ captures: false })
  await store.server.query('set global binlog_row_metadata = full')
  expect(refused).toMatchObject({ code: 'binlog_settings', message: expect.stringContaining('set global binlog_row_metadata = FULL') })
})

test('a capture begins with a load and goes on with every insert, update, delete and changed key behind it', async () => {
  const capture = await rig.begin(await granted())
  await until(() => capture.sender())
  await store.query(`${insert(5001, 5001)}; update register set name = concat(name, '!') where id % 3 = 0; delete from register where id % 5 = 0;
    update register set id = id + 10000 where id <= 4`)
  await rig.caughtUp(capture)
  await expectSame()
  expect(capture.sender()).toMatchObject({ changes: 1 + 334 + 200 + 4, keptBytes: 0 })
})

test('changes made while the load runs are neither lost nor doubled', async () => {
  await store.query(insert(1001, 20_000))
  const writer = writing()
  const capture = await rig.begin(await granted())
  await until(() => capture.sender())
  await writer.stop()
  await rig.caughtUp(capture)
  await expectSame()
})

test('issue 3 §6: while a capture follows a busy table both sides are compared as of one moment of the log, and what differs is mended by the capture', async () => {
  const capture = await rig.begin(await granted())
  await until(() => capture.sender())
  await rig.caughtUp(capture)
  const writer = writing()
  for (let round = 0; round < 4; round++) expect(await compareRunning(capture), `round ${round}`).toMatchObject({ missing: 0, extra: 0, changed: 0 })
  await target.query(`insert into public.received values (900001, 'nobody', 1, now())`)
  expect(await compareRunning(capture, { mend: true })).toMatchObject({ extra: 1, mended: 1 })
  await writer.stop()
  await rig.caughtUp(capture)
  await expectSame()
})

test('issue 3 §2, DDL: rows written between two changes of the table, before anybody looked, are read as they were written', async () => {
  await store.query(`create or replace table shaped (id int primary key, place point, kind enum('a','b'), tags set('x','y','z'), t varchar(20) character set gbk, b binary(4), other int) character set utf8mb4;
    insert into shaped values (1, point(1,1), 'b', 'x,z', '中文', x'0100', 1)`)
  const shaped = [field('id', 'int8', { key: true }), field('kind', 'text'), field('tags', 'text'), field('t', 'text'), field('b', 'bytea')]
  const grant = signGrant(await grantOn(store.url(), store.database, 'shaped', shaped))
  const first = await rig.begin(grant)
  await until(() => first.sender())
  await first.cut()
  await store.query(`insert into shaped values (2, null, 'a', 'y', '汉字', x'0a', 1);
    alter table shaped modify kind enum('b','a'), modify tags set('z','y','x'), modify t varchar(20) character set utf8mb4, modify id bigint, drop column place;
    insert into shaped values (3, 'b', 'z', '字', x'0b', 2); update shaped set other = 3 where id = 2;
    alter table shaped add column place point after id, modify kind enum('a','b'), modify tags set('x','y','z'), modify t varchar(20) character set gbk, modify id int;
    insert into shaped values (4, point(2,2), 'a', 'x,y', '末', x'0c', 4)`)
  const again = await rig.begin(grant, { delivery: first.delivery })
  await until(() => again.sender())
  await rig.caughtUp(again)
  const here = await store.query(`select id, kind, tags, t, lower(hex(b)) as b from shaped order by id`)
  expect(await target.query(`select id::int, kind, tags, t, encode(b, 'hex') as b from public.received order by 1`)).toEqual(here)
})

test('TRUNCATE empties the table at its place among the changes', async () => {
  const capture = await rig.begin(await granted())
  await until(() => capture.sender())
  await store.query(`update register set name = 'gone'; truncate table register; ${insert(7, 9)}`)
  await rig.caughtUp(capture)
  await expectSame()
})

test('a row that leaves the filter is taken away, one that enters comes, and what was never granted is not named', async () => {
  await store.query(`create or replace table part (id int primary key, area varchar(10), n int, name varchar(20));
    insert into part select seq, if(seq % 2 = 0, '东', '西'), seq, '张三丰' from seq_1_to_100`)
  const part = [
    field('id', 'int4', { key: true }),
    field('area', 'text'),
    field('n', 'int4', { rules: [{ kind: 'notNull' }] }),
    field('name', 'text', { mask: { kind: 'name' } }),
  ]
  const grant = signGrant(await grantOn(store.url(), store.database, 'part', part, { filter: { op: 'eq', field: 'area', value: '东' } }))
  const capture = await rig.begin(grant, { sending: { periodChanges: 1 } })
  await until(() => capture.sender())
  await store.query(`update part set area = '东' where id = 1; update part set area = '西' where id = 2; update part set name = '欧阳修' where id in (3, 4);
    delete from part where id in (5, 6); update part set id = 1000 where id = 8; update part set id = 1001 where id = 7; update part set n = null where id = 10;
    insert into part values (2001, '西', 1, 'x'), (2002, '东', null, 'x')`)
  await rig.caughtUp(capture)
  expect(await target.query('select id, area, n, name from public.received order by id')).toEqual(
    await store.query(`select id, area, n, concat(left(name, 1), '**') as name from part where area = '东' and n is not null order by id`),
  )
  expect(capture.sender()).toMatchObject({ changes: 11, rejected: 2 })
  await until(() => capture.periods.sent.size > 1)
  const signed = [...capture.periods.sent].filter(([n]) => n > 0).map(([, { manifest }]) => JSON.parse(manifest.text) as { filtered: number })
  expect(signed.reduce((sum, { filtered }) => sum + filtered, 0)).toBe(4)
})

describe('a capture goes on where the target stands, with nothing lost and nothing twice', () => {
  test('when the session is cut and both nodes begin anew, while others write', async () => {
    const grant = await granted()
    const writer = writing()
    let capture = await rig.begin(grant)
    for (let cut = 0; cut < 3; cut++) {
      await until(() => (capture.sender()?.changes ?? 0) > 50)
      await capture.cut()
      capture = await rig.begin(grant, { delivery: capture.delivery })
    }
    await writer.stop()
    await until(() => capture.sender())
    await rig.caughtUp(capture)
    await expectSame()
  })

  test('when the server is killed in the middle of writing', async () => {
    const grant = await granted()
    const writer = writing()
    const first = await rig.begin(grant)
    await until(() => (first.sender()?.changes ?? 0) > 50)
    await store.server.kill()
    expect((await first.ended)[0]).toMatchObject({ resumable: true })
    await store.server.start()
    const again = await rig.begin(grant, { delivery: first.delivery })
    await until(() => (again.sender()?.changes ?? 0) > 100)
    await writer.stop()
    await rig.caughtUp(again)
    await expectSame()
  }, 60_000)

  test('when files of the log are removed that an idle table no longer needs', async () => {
    const grant = await granted()
    const first = await rig.begin(grant)
    await until(() => first.sender())
    await store.query('flush binary logs')
    const [row] = await store.query<{ File: string }>('show master status')
    await until(() => first.sender()?.position.startsWith(row!.File))
    await first.stop()
    await purgeLog(store)
    await store.query(`update register set name = 'after'`)
    const again = await rig.begin(grant, { delivery: first.delivery })
    await until(() => again.sender())
    await rig.caughtUp(again)
    await expectSame()
  })
})

test('a log that was removed before the target had it is refused by name: only a new load helps', async () => {
  const grant = await granted()
  const first = await rig.begin(grant)
  await until(() => first.sender())
  await first.stop()
  await store.query(`update register set name = 'never told'; flush binary logs`)
  await purgeLog(store)
  const again = await rig.begin(grant, { delivery: first.delivery })
  expect(await again.ended).toMatchObject([
    { code: 'slot_lost', resumable: false, message: expect.stringMatching(/has removed binlog\.\d+.*new load/) },
    { code: 'slot_lost', byPeer: true },
  ])
  const anew = await rig.begin(grant)
  await until(() => anew.sender())
  await expectSame()
})

test('rows of a distributed transaction that is only prepared are refused, never taken for committed', async () => {
  const grant = await granted()
  const capture = await rig.begin(grant)
  await until(() => capture.sender())
  await store.query(`xa begin 'one'; ${insert(6001, 6001)}; xa end 'one'; xa commit 'one' one phase`)
  await rig.caughtUp(capture)
  await expectSame()
  await store.query(`xa begin 'two'; update register set name = 'perhaps'; xa end 'two'; xa prepare 'two'; xa rollback 'two'`)
  expect((await capture.ended)[0]).toMatchObject({ code: 'slot_lost', message: expect.stringContaining('xa prepare') })
  await expectSame()
})

describe('columns that change', () => {
  test('nobody was granted may come and go, whether or not anybody follows', async () => {
    const grant = await granted()
    const first = await rig.begin(grant)
    await until(() => first.sender())
    await store.query(`alter table register add column more enum('a', 'b') default 'b' first; update register set name = 'one' where id < 50`)
    await rig.caughtUp(first)
    await first.stop()
    await store.query(
      `update register set name = 'two' where id > 900; alter table register drop column more, drop column other; update register set amount = 1 where id = 7`,
    )
    const again = await rig.begin(grant, { delivery: first.delivery })
    await until(() => again.sender())
    await rig.caughtUp(again)
    await expectSame()
  })

  test('that are granted stop the capture before that statement; a person accepts the new shape, and it goes on without a gap', async () => {
    const grant = await granted()
    const capture = await rig.begin(grant)
    await until(() => capture.sender())
    await store.query(
      `update register set name = 'before'; alter table register modify name varchar(80); update register set name = repeat('长', 70) where id < 10`,
    )
    const [sent, got] = await capture.ended
    expect(sent).toMatchObject({ code: 'schema_changed', resumable: false, message: expect.stringContaining('name is varchar(80) now') })
    expect(got).toMatchObject({ code: 'schema_changed', byPeer: true })
    expect(await target.query('select distinct name from public.received')).toEqual([{ name: 'before' }])
    await expect(rig.begin(grant, { delivery: capture.delivery })).rejects.toMatchObject({ code: 'source_changed' })
    const again = await rig.begin(grant, { delivery: capture.delivery, accepted: capture.changed[0]! })
    await until(() => again.sender())
    await store.query(`update register set name = concat(name, '!') where id > 900`)
    await rig.caughtUp(again)
    await expectSame()
  })

  test('that are granted and dropped cannot be accepted; what was committed before is delivered', async () => {
    const capture = await rig.begin(await granted())
    await until(() => capture.sender())
    await store.query(`update register set name = 'before'; alter table register drop column amount; update register set name = 'behind'`)
    expect((await capture.ended)[0]).toMatchObject({ code: 'schema_changed', message: expect.stringContaining('the granted column amount is gone') })
    expect(capture.changed).toEqual([''])
    expect(await target.query('select distinct name from public.received')).toEqual([{ name: 'before' }])
  })
})
