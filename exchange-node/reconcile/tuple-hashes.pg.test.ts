import { beforeAll, expect, test } from 'vitest'
import type { TargetConnector } from '../connectors/connector.ts'
import { PostgresTarget } from '../connectors/postgres/target.ts'
import { testDatabase } from '../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant } from '../testing/delivery.ts'

const source = testDatabase()
const target = testDatabase()
let ends: Ends

/** A PostgreSQL that hides its own hash, as any other store has none. */
class WithoutHashes extends PostgresTarget implements TargetConnector {
  override async open(request: Parameters<PostgresTarget['open']>[0]) {
    const opened = await super.open(request)
    Object.defineProperty(opened, 'recordHashes', { value: undefined })
    return opened
  }
}

beforeAll(async () => {
  await source.query(`create table register (id int8 primary key, name text, amount numeric, phone text, code text)`)
  await source.query(
    `insert into register select n, '企业' || n, n * 1.50, '1380000' || lpad(n::text, 4, '0'), case when n % 100 = 0 then 'x' else '12345' end from generate_series(1, 5000) n`,
  )
  const fields = [
    field('id', 'int8', { key: true }),
    field('name', 'text', { mask: { kind: 'name' } }),
    field('amount', 'numeric'),
    field('phone', 'text', { mask: { kind: 'middle', head: 3, tail: 4 } }),
    field('code', 'text', { rules: [{ kind: 'digits' }] }),
  ]
  const filter = { op: 'le', field: 'id', value: 4500 } as const
  const grant = signGrant(await draftGrant(source.address, { table: 'register', fields, filter }))
  ends = { source: source.address, target: new WithoutHashes(target.address), grant }
  await deliver(ends)
})

test('rows compare by tuples after masks, rules and filter, as by the database’s own hash', async () => {
  const rows = { sourceRows: 4455, rows: 4455, missing: 0, extra: 0, changed: 0 }
  expect(await compare(ends, false)).toMatchObject(rows)
  expect(await compare({ ...ends, target: target.address }, false)).toMatchObject(rows)
})

test('a number written with another scale is the same number', async () => {
  await target.query('update received set amount = amount * 1.000')
  expect(await compare(ends, false)).toMatchObject({ changed: 0 })
})

test('what differs is found by its key, sampled and mended', async () => {
  await target.query(`update received set name = '李**' where id = 7`)
  await target.query('delete from received where id between 100 and 102')
  await target.query(`insert into received select -id, name, amount, phone, code from received where id = 9`)
  expect(await compare(ends, true)).toMatchObject({ missing: 2, extra: 1, changed: 1, mended: 4, rows: 4455 })
  expect(await compare(ends, false)).toMatchObject({ missing: 0, extra: 0, changed: 0 })
})
