/**
 * The source databases of three departments and the roles beside them. Every database is seeded in one transaction: a start that was
 * killed leaves either nothing or everything, and the next start does only what is missing.
 */
import pg from 'pg'
import { copyFrom } from './copy.ts'
import { legalEntityAt, legalEntityTable } from './registers/legal-entities.ts'
import { residentAt, residentTable } from './registers/residents.ts'
import { soleTraderAt, soleTraderTable } from './registers/sole-traders.ts'
import { chunksOf, qualified, type Table } from './registers/table.ts'
import { taxpayerAt, taxpayerTable } from './registers/taxpayers.ts'

export type DatabaseName = 'market_supervision' | 'public_security' | 'taxation'
/** Who may sign in to a database: the department that owns it, and its exchange node. */
export type RoleName = `${DatabaseName}_${'owner' | 'node'}`
export type Passwords = Readonly<Record<RoleName, string>>
export type Server = { host: string; port: number; user: string; password: string }

type Register = { table: Table; rowAt: (index: number) => object; rows: number }
type Blueprint = {
  name: DatabaseName
  title: string
  registers: readonly Register[]
  /** Schemas the node owns, to receive what others share and to keep its own record of it. */
  receives: readonly string[]
}

/** Rows of each register. */
export const SIZES = { legal_entity: 300_000, sole_trader: 80_000, resident: 300_000, taxpayer: 60_000 } as const
export type Sizes = Readonly<Record<keyof typeof SIZES, number>>

/** The schema at the target into which shared tables are delivered. */
export const SHARED_SCHEMA = 'shared'
/** The schema in which the exchange node keeps its ranges and checkpoints beside what it delivers. */
export const NODE_SCHEMA = 'zhenghe_exchange'

function blueprints(sizes: Sizes): readonly Blueprint[] {
  return [
    {
      name: 'market_supervision',
      title: '市场监督管理业务库',
      registers: [
        { table: legalEntityTable, rowAt: legalEntityAt, rows: sizes.legal_entity },
        { table: soleTraderTable, rowAt: soleTraderAt, rows: sizes.sole_trader },
      ],
      receives: [],
    },
    { name: 'public_security', title: '人口管理业务库', registers: [{ table: residentTable, rowAt: residentAt, rows: sizes.resident }], receives: [] },
    {
      name: 'taxation',
      title: '税收征管业务库',
      registers: [{ table: taxpayerTable, rowAt: taxpayerAt, rows: sizes.taxpayer }],
      receives: [SHARED_SCHEMA, NODE_SCHEMA],
    },
  ]
}

export const databaseNames: readonly DatabaseName[] = blueprints(SIZES).map(({ name }) => name)

export type SeedReport = { database: string; rows: number; seconds: number; alreadyThere: boolean }

export type SeedOptions = {
  sizes?: Partial<Sizes>
  /** Put before the names of databases and roles, so that several cities can live in one cluster: `t_` makes `t_taxation`, `t_taxation_node`. */
  prefix?: string
}

/**
 * Makes the three databases, their roles and their rows, where they are missing; the roles get these passwords in any case. `admin` may
 * create roles and databases: a superuser or a role with CREATEROLE and CREATEDB on PostgreSQL 16 or later.
 */
export async function seedCity(admin: Server, passwords: Passwords, { sizes, prefix = '' }: SeedOptions = {}): Promise<SeedReport[]> {
  const plans = blueprints({ ...SIZES, ...sizes })
  await withClient({ ...admin, database: 'postgres' }, async (client) => {
    for (const plan of plans) await createDatabase(client, plan, prefix, passwords)
  })
  return await Promise.all(plans.map((plan) => seedDatabase(admin, plan, prefix)))
}

/** A client for one database of the city as one of its roles, not yet connected. */
export function clientOf(server: Pick<Server, 'host' | 'port'>, role: RoleName, password: string, prefix = ''): pg.Client {
  return new pg.Client({ host: server.host, port: server.port, database: prefix + databaseOf(role), user: prefix + role, password })
}

/** The database that role signs in to. */
export function databaseOf(role: RoleName): DatabaseName {
  return role.replace(/_(owner|node)$/, '') as DatabaseName
}

async function withClient<T>(config: pg.ClientConfig, act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    // Whoever creates a role without being superuser may act as it only when this says so.
    await client.query("set createrole_self_grant = 'set, inherit'")
    return await act(client)
  } finally {
    await client.end()
  }
}

async function createDatabase(client: pg.Client, { name, receives }: Blueprint, prefix: string, passwords: Passwords): Promise<void> {
  const database = prefix + name
  const owner = `${database}_owner`
  const node = `${database}_node`
  await createRole(client, owner, passwords[`${name}_owner`])
  await createRole(client, node, passwords[`${name}_node`])
  // For every grant it serves, a node makes a role that may read the granted columns and nothing else, and acts as that role.
  await client.query(`alter role ${node} createrole`)
  await client.query(`alter role ${node} set createrole_self_grant = 'set, inherit'`)
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
  if (!rowCount) await client.query(`create database ${database} owner ${owner}`)
  await client.query(`revoke all on database ${database} from public`)
  // Increments are gathered in a temporary table before they are merged.
  await client.query(`grant connect${receives.length > 0 ? ', temporary' : ''} on database ${database} to ${node}`)
}

async function createRole(client: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
  await client.query(`${rowCount ? 'alter' : 'create'} role ${role} login password ${client.escapeLiteral(password)}`)
}

async function seedDatabase(admin: Server, plan: Blueprint, prefix: string): Promise<SeedReport> {
  const started = performance.now()
  const database = prefix + plan.name
  return await withClient({ ...admin, database }, async (client) => {
    const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [plan.registers[0]!.table.schema])
    let rows = 0
    if (!rowCount) {
      await client.query('begin')
      await client.query("set local synchronous_commit = off; set local maintenance_work_mem = '128MB'")
      rows = await fill(client, plan, database)
      await client.query('commit')
    }
    return { database, rows, seconds: (performance.now() - started) / 1000, alreadyThere: Boolean(rowCount) }
  })
}

async function fill(client: pg.Client, plan: Blueprint, database: string): Promise<number> {
  const node = `${database}_node`
  for (const schema of plan.receives) await client.query(`create schema ${schema} authorization ${node}`)
  await client.query(`set local role ${database}_owner`)
  await client.query(`comment on database ${database} is ${client.escapeLiteral(plan.title)}`)
  const schemas = new Set(plan.registers.map(({ table }) => table.schema))
  for (const schema of schemas) {
    await client.query(`create schema ${schema}`)
    await client.query(`grant usage on schema ${schema} to ${node} with grant option`)
  }
  let rows = 0
  for (const register of plan.registers) {
    rows += await fillTable(client, register)
    await client.query(`grant select on ${qualified(register.table)} to ${node} with grant option`)
  }
  return rows
}

async function fillTable(client: pg.Client, { table, rowAt, rows }: Register): Promise<number> {
  const name = qualified(table)
  const columns = table.columns.map((column) => `${column.name} ${column.type}${column.nullable ? '' : ' not null'}`)
  await client.query(`create table ${name} (${columns.join(', ')})`)
  const comments = table.columns.map((column) => {
    const comment = column.note ? `${column.title}（${column.note}）` : column.title
    return `comment on column ${name}.${column.name} is ${client.escapeLiteral(comment)}`
  })
  await client.query([`comment on table ${name} is ${client.escapeLiteral(table.title)}`, ...comments].join('; '))
  const loaded = await copyFrom(client, `copy ${name} from stdin with (freeze)`, chunksOf(rowAt, 0, rows))
  const key = table.columns.filter((column) => column.key).map((column) => column.name)
  await client.query(`alter table ${name} add primary key (${key.join(', ')})`)
  await client.query(`analyze ${name}`)
  return loaded
}
