import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../pg/connect.ts'
import { testDatabase } from '../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant } from '../testing/delivery.ts'
import { testMaria } from '../testing/mariadb.ts'
import { MAY_MOUNT, smallDisk, unmountAfterAll } from '../testing/small-disk.ts'
import type { TargetConnector } from './connector.ts'
import { Folder } from './files/folder.ts'
import { Sftp, sftpAddress } from './files/sftp.ts'
import { FileTarget } from './files/target.ts'
import { startSftp } from './files/testing/sshd.ts'
import { MariaTarget } from './mariadb/target.ts'
import { PostgresTarget } from './postgres/target.ts'
import { SqliteTarget } from './sqlite/target.ts'

const [SMALL, LARGE] = [8, 96]
const ROWS = 30_000

const root = mkdtempSync(path.join(tmpdir(), 'disk-'))
chmodSync(root, 0o755) // servers go through it as their own users
const SPACE = `small_${randomUUID().slice(0, 8)}`
// hooks run from the last to the first: disks are taken away while what lies on them is still held, then servers and databases end
afterAll(() => rmSync(root, { recursive: true, force: true }))
afterAll(() => withClient({ ...source.address, database: 'postgres' }, 'test', (client) => client.query(`drop tablespace if exists ${SPACE}`)))
const source = testDatabase()
const postgres = testDatabase()
const maria = testMaria()
const sftp = await startSftp()
afterAll(() => sftp.stop())
unmountAfterAll()

/** A target on a disk of its own, and how to make room there. */
type Full = { name: string; make(): Promise<{ target: TargetConnector; schema: string; grow(mebibytes: number): void }> }
const TARGETS: Full[] = [
  {
    name: 'PostgreSQL',
    make: async () => {
      const [server] = await postgres.query<{ folder: string }>(`select setting as folder from pg_settings where name = 'data_directory'`)
      const { uid, gid } = statSync(server!.folder)
      const place = path.join(root, 'tablespace')
      const grow = smallDisk(place, SMALL, `${uid}:${gid}`)
      await postgres.query(`create tablespace ${SPACE} location '${place}'`)
      await postgres.query(`alter database ${postgres.address.database} set default_tablespace = ${SPACE}`)
      return { target: new PostgresTarget(postgres.address), schema: 'public', grow }
    },
  },
  {
    name: 'MariaDB',
    make: async () => {
      const [server] = await maria.query<{ folder: string }>('select @@datadir as folder')
      const grow = smallDisk(path.join(server!.folder, maria.database), SMALL, 'mysql')
      return { target: new MariaTarget(maria.url()), schema: maria.database, grow }
    },
  },
  {
    name: 'SQLite',
    make: async () => {
      const grow = smallDisk(path.join(root, 'sqlite'), SMALL)
      return { target: new SqliteTarget(path.join(root, 'sqlite', 'register.db')), schema: 'main', grow }
    },
  },
  {
    name: 'a folder',
    make: async () => {
      const grow = smallDisk(path.join(root, 'folder'), SMALL)
      return { target: new FileTarget(() => new Folder(path.join(root, 'folder'))), schema: 'in', grow }
    },
  },
  {
    name: 'an SFTP server',
    make: async () => {
      const grow = smallDisk(path.join(sftp.folder, 'small'), SMALL)
      return { target: new FileTarget(() => new Sftp(sftpAddress(sftp.url('/small')))), schema: 'in', grow }
    },
  },
]
const FIELDS = [field('id', 'int8', { key: true }), field('name', 'text')]
let grant: Ends['grant']

beforeAll(async () => {
  await source.query(`create table register (id int8 primary key, name text);
    insert into register select n, string_agg(md5(n::text || m::text), '') from generate_series(1, ${ROWS}) n, generate_series(1, 12) m group by n; analyze register`)
  grant = signGrant(await draftGrant(source.address, { table: 'register', fields: FIELDS, limits: { rejectShare: 0, connections: 2 } }))
})

describe.skipIf(!MAY_MOUNT)('a disk that is full', () => {
  test.each(TARGETS)('of $name is told as such; with more room the same delivery goes on and ends exact', { timeout: 90_000 }, async ({ make }) => {
    const { grow, ...where } = await make()
    const ends: Ends = { source: source.address, grant, delivery: randomUUID(), table: 'register', pagesPerRange: 64, ...where }
    await expect(deliver(ends)).rejects.toMatchObject({ code: 'target_room', resumable: true })
    await expect(deliver(ends)).rejects.toMatchObject({ code: 'target_room', resumable: true })
    grow(LARGE)
    const { evidence } = await deliver(ends)
    expect(JSON.parse(evidence.receipt.text)).toMatchObject({ loaded: ROWS })
    expect(await compare(ends, false)).toMatchObject({ rows: ROWS, missing: 0, extra: 0, changed: 0 })
    await postgres.query(`alter database ${postgres.address.database} reset default_tablespace`)
  })
})
