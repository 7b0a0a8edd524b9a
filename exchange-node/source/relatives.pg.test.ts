import { expect, test } from 'vitest'
import { PostgresSource } from '../connectors/postgres/source.ts'
import { testDatabase } from '../testing/databases.ts'
import { deliver, draftGrant, field, signGrant } from '../testing/delivery.ts'

const source = testDatabase()
const target = testDatabase()

test('a database that speaks the protocol and lacks a function is refused by its name and the function’s, not by a failed statement', async () => {
  await source.query(`create table t (id int8 primary key); insert into t values (1)`)
  const grant = signGrant(await draftGrant(source.address, { table: 't', fields: [field('id', 'int8', { key: true })] }))
  const ends = { source: source.address, target: target.address, grant }
  await deliver(ends)
  for (const [name, args] of [
    ['pg_export_snapshot', ''],
    ['pg_control_system', ''],
    ['hash_record_extended', 'record, int8'],
  ]) {
    await source.query(`alter function pg_catalog.${name}(${args}) rename to hidden`)
    const missing = { code: 'database_too_old', message: expect.stringMatching(new RegExp(`«PostgreSQL .*» and has no ${name}, so`)) }
    await expect(deliver(ends)).rejects.toMatchObject(missing)
    await expect(new PostgresSource(source.address).tables()).rejects.toMatchObject(missing)
    await source.query(`alter function pg_catalog.hidden(${args}) rename to ${name}`)
  }
  await deliver(ends)
})
