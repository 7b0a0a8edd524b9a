import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { freePort, type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withClient } from '../../pg/connect.ts'
import { testDatabase } from '../../testing/databases.ts'
import { draftGrant, field, signGrant } from '../../testing/delivery.ts'
import { until } from '../../testing/wait.ts'
import { captureRig } from '../testing/rig.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-visible-'))
const target = testDatabase()
let cluster: Postgres
const address = () => {
  const { host, port, user, password } = cluster
  return { host, port, user, password, database: 'postgres' }
}
/** A cluster of its own: it is told to wait for a standby that is not there. */
const source = {
  get address() {
    return address()
  },
  query: <Row>(sql: string): Promise<Row[]> => withClient(address(), 'test', async (client) => (await client.query(sql)).rows as Row[]),
}
const rig = captureRig(source, target)

beforeAll(async () => {
  fs.chmodSync(folder, 0o755)
  cluster = await startPostgres({ dir: path.join(folder, 'source'), port: await freePort(), settings: { shared_buffers: '32MB' } })
})
afterAll(async () => {
  await cluster.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

test('a row that has to be asked for is not asked for before its transaction can be seen, so that neither an older state of it nor none is taken for the new one', async () => {
  await source.query(`create table public.register (k int8 primary key, name text, long text); alter table public.register alter column long set storage external;
    insert into public.register select g, 'old', repeat('长' || g, 900) from generate_series(1, 20) g`)
  const fields = [field('k', 'int8', { key: true }), field('name', 'text', { rules: [{ kind: 'notNull' }] }), field('long', 'text')]
  const capture = await rig.begin(signGrant(await draftGrant(source.address, { table: 'register', fields })))
  await until(() => capture.sender())
  await source.query(`alter system set synchronous_standby_names = 'nobody'`)
  await source.query('select pg_reload_conf()')
  const waiting = Promise.all([
    source.query('update public.register set k = -k where k <= 5'),
    source.query(`update public.register set name = 'new' where k > 15`),
  ])
  await until(async () => (await source.query(`select from pg_stat_activity where wait_event = 'SyncRep'`)).length === 2)
  await until(
    async () => (await source.query<{ told: boolean }>('select bool_and(sent_lsn >= pg_current_wal_lsn()) as told from pg_stat_replication'))[0]?.told,
  )
  await source.query(`alter system reset synchronous_standby_names`)
  await source.query('select pg_reload_conf()')
  await waiting
  await rig.caughtUp(capture)
  const columns = 'k, name, long'
  expect(await target.query(rig.sum(columns, 'received'))).toEqual(await source.query(rig.sum(columns, 'register')))
})
