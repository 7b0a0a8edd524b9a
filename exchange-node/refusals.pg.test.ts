import { randomBytes } from 'node:crypto'
import { type Duplex, duplexPair, Transform } from 'node:stream'
import type { Grant } from '@zhenghe/wire/documents.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PostgresTarget } from './connectors/postgres/target.ts'
import { withClient } from './pg/connect.ts'
import { roleOf } from './source/role.ts'
import { type TestDatabase, testDatabase } from './testing/databases.ts'
import { deliver, draftGrant, type Ends, field, signGrant, whenLanded } from './testing/delivery.ts'

const source = testDatabase()
const target = testDatabase()
const ends = { source: source.address, target: target.address }
const suffix = randomBytes(4).toString('hex')
const login = { provider: `t_provider_${suffix}`, consumer: `t_consumer_${suffix}` }

const fields = [
  field('k', 'text', { key: true }),
  field('name', 'text', { mask: { kind: 'name' } }),
  field('n', 'int8'),
  field('at', 'timestamptz', { nullable: false }),
]
const draft = (more: Partial<Grant> = {}) => draftGrant(ends.source, { table: 'register', fields, ...more })
const code = (expected: string, resumable = false) => expect.objectContaining({ code: expected, resumable })
const attempt = async (more: Partial<Ends> = {}, grant?: Grant) => deliver({ ...ends, grant: signGrant(grant ?? (await draft())), pagesPerRange: 4, ...more })
const received = () => target.query('select count(*)::int as n from public.received')
const as = (database: TestDatabase, user: string) => ({ ...database.address, user, password: suffix })

beforeAll(async () => {
  for (const user of Object.values(login)) await source.query(`create role ${user} login password '${suffix}'`)
})
beforeEach(async () => {
  await source.query(`drop table if exists public.register cascade; create table public.register (k text primary key, name text, n int8, at timestamptz not null, secret text);
    insert into public.register select md5(g::text), '企业' || g, g, '2026-01-01', 'never granted' from generate_series(1, 20000) g`)
  await target.query('drop schema public cascade; create schema public; drop schema if exists zhenghe_exchange cascade')
})
afterAll(async () => {
  for (const database of [source, target]) for (const user of Object.values(login)) await database.query(`drop owned by ${user} cascade`)
  for (const user of Object.values(login)) await source.query(`drop role ${user}`)
})

describe('the grant', () => {
  test('tampered with, signed by a stranger, over, or for another node, moves nothing', async () => {
    const grant = await draft()
    const signed = signGrant(grant)
    const wider = { ...signed, text: signed.text.replace('"column":"n"', '"column":"secret"') }
    await expect(deliver({ ...ends, grant: wider })).rejects.toEqual(code('bad_signature'))
    await expect(deliver({ ...ends, grant: signed, sending: { approvers: [Buffer.alloc(32, 7).toString('base64url')] } })).rejects.toEqual(
      code('unknown_approver'),
    )
    await expect(attempt({}, { ...grant, notAfter: '2020-01-01T00:00:00Z' })).rejects.toEqual(code('expired'))
    await expect(attempt({}, { ...grant, provider: { ...grant.provider, node: { ...grant.provider.node, id: grant.id } } })).rejects.toEqual(
      code('not_for_node'),
    )
  })

  test('with a filter on a field that is not granted is refused though an approver signed it', async () => {
    await expect(attempt({}, await draft({ filter: { op: 'eq', field: 'secret', value: 'x' } }))).rejects.toEqual(code('bad_filter'))
  })
})

describe('the source', () => {
  test('with a granted column changed or gone since it was bound is refused; another column may come and go', async () => {
    const grant = await draft()
    await source.query('alter table public.register drop column secret, add column other int')
    await attempt({}, grant)
    await source.query('alter table public.register alter column n type int4')
    await expect(attempt({}, grant)).rejects.toEqual(code('source_changed'))
    await source.query('alter table public.register drop column n')
    await expect(attempt({}, grant)).rejects.toEqual(code('source_changed'))
    await source.query('drop table public.register')
    await expect(attempt({}, grant)).rejects.toEqual(code('source_missing'))
  })

  test('a type that would be read as another is refused: timestamp is never granted as timestamptz', async () => {
    await source.query('alter table public.register alter column at type timestamp')
    await expect(attempt()).rejects.toEqual(code('source_type'))
  })

  test('the database itself refuses a column that is not granted, and any change, under the role of the grant', async () => {
    const grant = await draft()
    await attempt({}, grant)
    const under = (sql: string) =>
      withClient(ends.source, 'test', async (client) => {
        await client.query(`begin; set local role "${roleOf(grant)}"`)
        return client.query(sql)
      })
    expect((await under('select k, ctid from public.register limit 1')).rows).toHaveLength(1)
    for (const sql of [
      'select secret from public.register',
      'select * from public.register',
      'delete from public.register',
      'create table public.x ()',
      'select register from public.register',
    ]) {
      await expect(under(sql), sql).rejects.toThrow('permission denied')
    }
  })

  test('a new version of a grant takes the role of the one before with it', async () => {
    const grant = await draft()
    await attempt({}, grant)
    await attempt({ table: 'fewer' }, { ...grant, version: 2, fields: fields.slice(0, 2) })
    const roles = await source.query(`select rolname from pg_roles where rolname like $1`, [`${roleOf(grant).slice(0, -1)}%`])
    expect(roles).toEqual([{ rolname: roleOf({ ...grant, version: 2 }) }])
  })

  test('a login without the right to make roles is told the statements its administrator must run, and these do', async () => {
    await source.query(`grant select on public.register to ${login.provider}`)
    const grant = await draft()
    const node = { source: as(source, login.provider) }
    const advice = await attempt(node, grant).then(String, (error: Error) => error.message)
    expect(advice).toContain('alter role')
    for (const statement of advice.slice(advice.indexOf('alter role')).split(';').filter(Boolean)) await source.query(statement)
    await attempt(node, grant)
    expect(await received()).toEqual([{ n: 20_000 }])
    await withClient(node.source, 'test', (client) => client.query(`drop owned by "${roleOf(grant)}"; drop role "${roleOf(grant)}"`))
  })

  test('a row that no frame can carry is refused by its length', async () => {
    await source.query(`update public.register set name = repeat('长', 3000000) where n = 7`)
    await expect(attempt()).rejects.toEqual(code('row_too_long'))
  })

  test('two rows with one key are found before anything is swapped in', async () => {
    await source.query(`alter table public.register drop constraint register_pkey; insert into public.register select * from public.register limit 1`)
    await expect(attempt()).rejects.toEqual(code('duplicate_keys'))
    expect(await target.query(`select relname from pg_class where relname like 'received%'`)).toEqual([])
  })

  test('that goes away in the middle leaves a load that is taken up again', async () => {
    const grant = await draft()
    const delivery = '7d444840-9dc0-11d1-b245-5ffdce74fad2'
    await expect(attempt({ delivery, ...cutAfter(source, 3) }, grant)).rejects.toEqual(code('database_gone', true))
    const { evidence } = await attempt({ delivery }, grant)
    expect(JSON.parse(evidence.receipt.text)).toMatchObject({ loaded: 20_000 })
    expect(await received()).toEqual([{ n: 20_000 }])
  })
})

describe('an encoding nobody knows', () => {
  const ascii = testDatabase('SQL_ASCII')
  test('is refused', async () => {
    await ascii.query('create table public.register (k text primary key, name text, n int8, at timestamptz not null)')
    const grant = await draftGrant(ascii.address, { table: 'register', fields })
    await expect(deliver({ ...ends, source: ascii.address, grant: signGrant(grant) })).rejects.toEqual(code('source_encoding'))
  })
})

describe('the target', () => {
  test('without rights is refused with what to grant', async () => {
    await expect(attempt({ target: as(target, login.consumer) })).rejects.toEqual(code('target_rights'))
    await target.query(`create schema zhenghe_exchange authorization ${login.consumer}`)
    await expect(attempt({ target: as(target, login.consumer) })).rejects.toEqual(code('target_rights'))
    await target.query(`grant create, usage on schema public to ${login.consumer}`)
    await attempt({ target: as(target, login.consumer) })
    expect(await received()).toEqual([{ n: 20_000 }])
  })

  test('without room is refused before anything is sent', async () => {
    const name = { schema: 'public', table: 'received' }
    await source.query('analyze public.register')
    await expect(attempt({ receiving: { target: { store: new PostgresTarget(target.address), name, quotaBytes: 8 << 20, memoryMiB: 64 } } })).rejects.toEqual(
      code('target_room', true),
    )
  })

  test('that holds rows of its own, other columns, or has views on it is not replaced', async () => {
    await target.query('create table public.received (k text, mine int); insert into public.received values (1, 2)')
    await expect(attempt()).rejects.toEqual(code('target_not_ours'))
    await target.query('truncate public.received')
    await expect(attempt()).rejects.toEqual(code('target_incompatible'))
    await target.query('drop table public.received')
    await attempt()
    await target.query('create view public.seen as select * from public.received')
    await expect(attempt()).rejects.toEqual(code('target_dependents'))
    expect(await received()).toEqual([{ n: 20_000 }])
  })

  test('that goes away in the middle leaves a load that is taken up again, without the ranges that have landed', async () => {
    const grant = await draft()
    const delivery = '7d444840-9dc0-11d1-b245-5ffdce74fad3'
    await expect(attempt({ delivery, ...cutAfter(target, 3) }, grant)).rejects.toEqual(code('database_gone', true))
    const [{ n: landed }] = (await target.query('select count(*)::int as n from zhenghe_exchange.range_ledger')) as [{ n: number }]
    expect(landed).toBeGreaterThan(0)
    await attempt({ delivery }, grant)
    expect(await received()).toEqual([{ n: 20_000 }])
  })

  test('a delivery that is done is not done twice: the same receipt is told again', async () => {
    const grant = await draft()
    const first = await attempt({}, grant)
    await source.query('delete from public.register')
    const again = await attempt({ delivery: first.delivery }, grant)
    expect(again.evidence).toEqual(first.evidence)
    expect(await received()).toEqual([{ n: 20_000 }])
  })

  test('a newer load clears away what an older one left', async () => {
    const grant = await draft()
    await expect(attempt(cutAfter(source, 3), grant)).rejects.toEqual(code('database_gone', true))
    await attempt({}, grant)
    expect(await target.query(`select relname from pg_class where relname like 'received%' and relkind = 'r'`)).toEqual([{ relname: 'received' }])
  })
})

describe('the line', () => {
  test('that is cut in the middle leaves a load that is taken up again', async () => {
    const grant = await draft()
    const delivery = '7d444840-9dc0-11d1-b245-5ffdce74fad4'
    await expect(attempt({ delivery, line: brokenLine(400_000, 'cut') }, grant)).rejects.toEqual(code('connection_lost', true))
    await attempt({ delivery }, grant)
    expect(await received()).toEqual([{ n: 20_000 }])
  })

  test('with one bit changed is refused, and nothing of it is swapped in', async () => {
    await expect(attempt({ line: brokenLine(400_000, 'flip') })).rejects.toEqual(code('tampered'))
    expect(await target.query(`select relname from pg_class where relname like 'received%'`)).toEqual([])
  })
})

test('a node that is stopped ends the ranges under way; the rest is sent later', async () => {
  const grant = await draft()
  const delivery = '7d444840-9dc0-11d1-b245-5ffdce74fad5'
  const stop = new AbortController()
  const watch = { progress: () => undefined, rejections: (range: number) => range === 6 && stop.abort() }
  await expect(attempt({ delivery, sending: { stop: stop.signal, watch } }, grant)).rejects.toEqual(code('draining', true))
  const ranges: number[] = []
  await attempt({ delivery, sending: { watch: { progress: () => undefined, rejections: (range) => ranges.push(range) } } }, grant)
  expect(ranges).not.toContain(0)
  expect(await received()).toEqual([{ n: 20_000 }])
})

/** Ends every connection of the node to a database as soon as so many ranges have landed. */
function cutAfter(database: TestDatabase, ranges: number): Pick<Ends, 'sending' | 'receiving'> {
  const backends = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'zhenghe%'`
  return whenLanded(ranges, () => database.query(backends).catch(() => undefined))
}

/** A line on which, after so many bytes, the connection is lost or a bit falls over. */
function brokenLine(after: number, what: 'cut' | 'flip'): () => [Duplex, Duplex] {
  return () => {
    const [left, middleLeft] = duplexPair()
    const [middleRight, right] = duplexPair()
    let passed = 0
    const fault = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const before = passed
        passed += chunk.length
        if (before < after && passed >= after) {
          if (what === 'cut') return void [left, right, middleLeft, middleRight].forEach((stream) => void stream.destroy())
          chunk[chunk.length - 1]! ^= 1
        }
        done(null, chunk)
      },
    })
    for (const stream of [left, right, middleLeft, middleRight, fault]) stream.on('error', () => undefined)
    middleLeft.pipe(fault).pipe(middleRight)
    middleRight.pipe(middleLeft)
    return [left, right]
  }
}
