import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant } from '../testing/delivery.ts'

const source = testDatabase()
const target = testDatabase()
let ends: Ends

beforeAll(async () => {
  await source.query('create table register (id int8 primary key, name text, changed timestamptz not null)')
  await source.query(`insert into register select n, '企业' || n, timestamptz '2026-01-01Z' + n * interval '1 s' from generate_series(1, 2000) n`)
  const fields = [field('id', 'int8', { key: true }), field('name', 'text'), field('changed', 'timestamptz', { nullable: false })]
  ends = {
    source: source.address,
    target: target.address,
    grant: signGrant(await draftGrant(source.address, { table: 'register', fields, cursor: 'changed' })),
  }
  await deliver(ends)
})

test('keys and change times alone find what was changed, lost or added by the rules, and nothing else', async () => {
  await target.query(`update received set name = '改过' where id = 1`)
  await source.query(`update register set name = '新名', changed = now() where id = 2`)
  await source.query('delete from register where id = 3')
  expect(await compare(ends, false, 'versions')).toMatchObject({ changed: 1, extra: 1, missing: 0 })
  expect(await compare(ends, false, 'full')).toMatchObject({ changed: 2, extra: 1, missing: 0 })
})
