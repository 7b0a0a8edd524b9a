/** The departments' own databases: a PostgreSQL apart from the platform's, with a role for each owner and each node. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { type Postgres, startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import pg from 'pg'
import { databaseNames, type Passwords, type RoleName, type SeedReport, type Sizes, seedCity } from './city/databases.ts'
import { remembered } from './home.ts'

export type Departments = { server: Postgres; passwords: Passwords; seeded: SeedReport[] }

const newPasswords = (): Passwords =>
  Object.fromEntries(
    databaseNames.flatMap((name) => [`${name}_owner`, `${name}_node`]).map((role) => [role, randomBytes(24).toString('base64url')]),
  ) as Passwords

/** Starts the departments' PostgreSQL and fills what is missing. */
export async function openDepartments(home: string, sizes: Partial<Sizes> = {}): Promise<Departments> {
  const server = await startPostgres({
    dir: path.join(home, 'departments-db'),
    settings: { max_wal_size: '4GB', shared_buffers: '256MB', wal_level: 'logical' },
  })
  const passwords = remembered(home, 'departments', newPasswords)
  const seeded = await seedCity(server, passwords, { sizes })
  await allowCapture(server)
  return { server, passwords, seeded }
}

/** The administrator of market supervision's database lets its node follow the log. */
async function allowCapture(server: Postgres): Promise<void> {
  const admin = new pg.Client({ ...server, database: 'postgres' })
  await admin.connect()
  await admin.query(`alter role ${'market_supervision_node' satisfies RoleName} replication`).finally(() => admin.end())
}
