import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { changeSome } from './changes.ts'
import { copyFrom } from './copy.ts'
import { clientOf, databaseNames, databaseOf, type Passwords, type RoleName, type SeedReport, SHARED_SCHEMA, seedCity } from './databases.ts'
import { defectCounts, defectOf } from './registers/defects.ts'
import { legalEntityAt, legalEntityDefects } from './registers/legal-entities.ts'

const server = inject('pg')
const sizes = { legal_entity: 2000, sole_trader: 500, resident: 2000, taxpayer: 300 }
const TWINS = ['t_city_a_', 't_city_b_'] as const
const [CITY] = TWINS

const roles = databaseNames.flatMap((name): RoleName[] => [`${name}_owner`, `${name}_node`])
const passwords = Object.fromEntries(roles.map((role) => [role, `secret of '${role}'`])) as Passwords

const open: pg.Client[] = []
async function as(role: RoleName, prefix: string = CITY): Promise<pg.Client> {
  const client = clientOf(server, role, passwords[role], prefix)
  await client.connect()
  open.push(client)
  return client
}

let reports: SeedReport[] = []
beforeAll(async () => {
  reports = await seedCity(server, passwords, { sizes, prefix: CITY })
  await seedCity(server, passwords, { sizes, prefix: TWINS[1] })
})
afterAll(async () => {
  await Promise.all(open.map((client) => client.end()))
})

test('every database gets its rows, and a second start finds them and adds none', async () => {
  expect(reports.map(({ database, rows, alreadyThere }) => [database, rows, alreadyThere])).toEqual([
    ['t_city_a_market_supervision', 2500, false],
    ['t_city_a_public_security', 2000, false],
    ['t_city_a_taxation', 300, false],
  ])
  const again = await seedCity(server, passwords, { sizes, prefix: CITY })
  expect(again.map(({ rows, alreadyThere }) => [rows, alreadyThere])).toEqual([
    [0, true],
    [0, true],
    [0, true],
  ])
  const owner = await as('market_supervision_owner')
  const { rows } = await owner.query('select count(*)::int as entities from registration.legal_entity')
  expect(rows).toEqual([{ entities: 2000 }])
})

const DIGESTS: Record<string, RoleName> = {
  'registration.legal_entity': 'market_supervision_owner',
  'registration.sole_trader': 'market_supervision_owner',
  'population.resident': 'public_security_owner',
  'tax.taxpayer': 'taxation_owner',
}

async function digestOf(client: pg.Client, table: string): Promise<string> {
  const { rows } = await client.query<{ digest: string }>(`select sum(hash_record_extended(t, 0))::text as digest from ${table} t`)
  return rows[0]!.digest
}

test('two cities are the same, and stay so through the same changes', async () => {
  for (const [table, role] of Object.entries(DIGESTS)) {
    const digests = await Promise.all(TWINS.map(async (twin) => await digestOf(await as(role, twin), table)))
    expect(digests[0], table).toBe(digests[1])
  }
  const digests: string[] = []
  for (const twin of TWINS) {
    const owner = await as('market_supervision_owner', twin)
    await changeSome(owner, 60, 7)
    await changeSome(owner, 30, 8)
    digests.push(await digestOf(owner, 'registration.legal_entity'))
  }
  expect(digests[0]).toBe(digests[1])
})

const ITEM_TYPES: Record<string, string> = {
  'character varying': 'C',
  character: 'C',
  text: 'M',
  numeric: 'Y',
  integer: 'I',
  date: 'D',
  'timestamp with time zone': 'T',
}

test.each(catalogue.filter(({ source }) => source).map((entry) => [entry.content.name, entry] as const))(
  'the items of %s are the columns of its table',
  async (_, entry) => {
    const { database, schema, table } = entry.source!
    const owner = await as(`${database}_owner`)
    const { rows } = await owner.query(
      `select column_name, data_type, is_nullable = 'YES' as nullable, coalesce(character_maximum_length, numeric_precision)::int as length, col_description($1::regclass, ordinal_position::int) as comment,
            exists (select from pg_index where indrelid = $1::regclass and indisprimary and ordinal_position = any (indkey)) as key
       from information_schema.columns where table_schema = $2 and table_name = $3 order by ordinal_position`,
      [`${schema}.${table}`, schema, table],
    )
    expect(rows.map(({ column_name }) => column_name)).toEqual(entry.content.items.map(({ column }) => column))
    for (const [index, { data_type, length, comment, key, nullable }] of rows.entries()) {
      const item = entry.content.items[index]!
      expect([ITEM_TYPES[data_type], key, nullable], item.column).toEqual([item.type, item.key, item.nullable])
      expect(comment, item.column).toBe(item.description ? `${item.name}（${item.description}）` : item.name)
      if (item.type === 'C') expect(length, item.column).toBe(item.length)
    }
  },
)

test('a node reads its shared tables, and makes a role for each grant that reads granted columns and nothing else', async () => {
  const node = await as('market_supervision_node')
  const { rows } = await node.query('select count(*)::int > 0 as some from registration.legal_entity')
  expect(rows).toEqual([{ some: true }])
  const grant = 't_city_grant_1'
  await node.query(`create role ${grant}`)
  await node.query(`grant usage on schema registration to ${grant}`)
  await node.query(`grant select (uscc, name) on registration.legal_entity to ${grant}`)
  await node.query('begin read only')
  await node.query(`set local role ${grant}`)
  expect((await node.query('select uscc, name from registration.legal_entity limit 1')).rows).toHaveLength(1)
  await expect(node.query('select legal_rep_id from registration.legal_entity')).rejects.toThrow('permission denied for table legal_entity')
  await node.query('rollback')
  await node.query(`drop owned by ${grant}; drop role ${grant}`)
})

test.each([
  ['market_supervision_node', "update registration.legal_entity set name = ''", 'permission denied for table'],
  ['market_supervision_node', 'create table registration.mine (id int)', 'permission denied for schema registration'],
  ['market_supervision_node', 'create schema mine', 'permission denied for database'],
  ['market_supervision_node', 'set role t_city_a_market_supervision_owner', 'permission denied to set role'],
  ['taxation_node', "update tax.taxpayer set name = ''", 'permission denied for table'],
  ['taxation_node', 'create schema mine', 'permission denied for database'],
  ['taxation_owner', `create table ${SHARED_SCHEMA}.mine (id int)`, `permission denied for schema ${SHARED_SCHEMA}`],
] as const)('%s may not: %s', async (role, statement, refusal) => {
  const client = await as(role)
  await expect(client.query(statement)).rejects.toThrow(refusal)
})

test('the taxation node makes tables in its own schemas, and the department may be let read them', async () => {
  const node = await as('taxation_node')
  await node.query(`create table ${SHARED_SCHEMA}.t_city_delivered (id int primary key)`)
  await node.query(`grant usage on schema ${SHARED_SCHEMA} to t_city_a_taxation_owner`)
  await node.query(`grant select on ${SHARED_SCHEMA}.t_city_delivered to t_city_a_taxation_owner`)
  const owner = await as('taxation_owner')
  expect((await owner.query(`select * from ${SHARED_SCHEMA}.t_city_delivered`)).rows).toEqual([])
})

test.each(roles)('%s signs in to its own database only, with its own password only', async (role) => {
  await as(role)
  const elsewhere = databaseNames.find((name) => name !== databaseOf(role))!
  const stranger = clientOf(server, `${elsewhere}_node`, passwords[role], CITY)
  await expect(stranger.connect()).rejects.toThrow('password authentication failed')
  const neighbour = new pg.Client({ ...server, user: CITY + role, password: passwords[role], database: CITY + elsewhere })
  await expect(neighbour.connect()).rejects.toThrow('permission denied for database')
})

test('changes come after all that was, each at its own moment, and bear the defects their numbers tell', async () => {
  const owner = await as('market_supervision_owner')
  const before = await owner.query<{ count: number; latest: Date }>('select count(*)::int as count, max(updated_at) as latest from registration.legal_entity')
  const { count, latest } = before.rows[0]!
  const changes = await changeSome(owner, 90, 3)
  expect([changes.inserted.length, changes.updated.length, changes.inserted[0]]).toEqual([30, 60, count])
  const after = await owner.query<{ uscc: string; updated_at: Date }>(
    'select uscc, updated_at from registration.legal_entity where updated_at > $1 order by updated_at',
    [latest],
  )
  const expected = [...changes.inserted, ...changes.updated].map((index) => legalEntityAt(index).uscc)
  expect(after.rows.map(({ uscc }) => uscc)).toEqual(expected)
  expect(new Set(after.rows.map(({ updated_at }) => updated_at.getTime())).size).toBe(90)
  const defective = changes.inserted.filter((index) => defectOf(legalEntityDefects, index) === 'usccCheck').length
  expect(defective).toBe(defectCounts(legalEntityDefects, count + 30).usccCheck - defectCounts(legalEntityDefects, count).usccCheck)
  await expect(changeSome(owner, 10_000, 3)).rejects.toThrow('too many')
  expect((await owner.query('select count(*)::int as count from registration.legal_entity')).rows).toEqual([{ count: count + 30 }])
})

test('an administrator who is no superuser can make the city too', async () => {
  const superuser = new pg.Client({ ...server, database: 'postgres' })
  await superuser.connect()
  await superuser.query("create role t_city_admin login createrole createdb password 'secret'")
  await superuser.end()
  const admin = { ...server, user: 't_city_admin', password: 'secret' }
  for (const alreadyThere of [false, true]) {
    const made = await seedCity(admin, passwords, { sizes, prefix: 't_city_c_' })
    expect(made.map((report) => report.alreadyThere)).toEqual([alreadyThere, alreadyThere, alreadyThere])
  }
})

test('a COPY that the server refuses or whose lines run dry with an error keeps no row and leaves the connection in order', async () => {
  const node = await as('taxation_node')
  await node.query('create temp table line (n int)')
  await expect(copyFrom(node, 'copy line from stdin', ['1\n', 'two\n', '3\n'])).rejects.toThrow('invalid input syntax for type integer')
  const broken = function* () {
    yield '1\n'
    throw new Error('the source of lines broke')
  }
  await expect(copyFrom(node, 'copy line from stdin', broken())).rejects.toThrow('the source of lines broke')
  expect((await node.query('select * from line')).rows).toEqual([])
  expect(await copyFrom(node, 'copy line from stdin', ['1\n', '2\n'])).toBe(2)
  expect(await copyFrom(node, 'copy line from stdin', [])).toBe(0)
})

test('a COPY whose connection is cut says so', async () => {
  const [doomed, killer] = [await as('taxation_owner'), await as('taxation_owner')]
  await doomed.query('create temp table line (n int)')
  doomed.on('error', () => undefined)
  const { rows } = await doomed.query<{ pid: number }>('select pg_backend_pid() as pid')
  let killed: Promise<unknown> = Promise.resolve()
  const lines = function* () {
    yield '1\n'
    killed = killer.query('select pg_terminate_backend($1)', [rows[0]!.pid])
    for (let n = 0; n < 2000; n++) yield '1\n'.repeat(10_000)
  }
  await expect(copyFrom(doomed, 'copy line from stdin', lines())).rejects.toThrow()
  await killed
})
