/** Which connector stands behind the address of a store, by the scheme of it. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import pg from 'pg'
import type { Capture, CaptureOptions } from '../capture/capture.ts'
import { discardCapture, PostgresCapture } from '../capture/postgres/capture.ts'
import { refusal } from '../refusal.ts'
import { AddressProblem } from './address.ts'
import type { SourceConnector, TargetConnector } from './connector.ts'
import { loginOf as damengLogin } from './dameng/address.ts'
import { Folder, folderAddress } from './files/folder.ts'
import { S3, s3Address } from './files/s3.ts'
import { Sftp, sftpAddress } from './files/sftp.ts'
import { FileSource } from './files/source.ts'
import { FileTarget, writtenFormat } from './files/target.ts'
import type { Api } from './http/api.ts'
import type { Push } from './http/push-file.ts'
import { HttpSource } from './http/source.ts'
import { HttpTarget } from './http/target.ts'
import { kafkaAddress } from './kafka/address.ts'
import { KafkaSource } from './kafka/source.ts'
import { KafkaTarget } from './kafka/target.ts'
import type { Topics } from './kafka/topics.ts'
import { MariaCapture } from './mariadb/binlog/capture.ts'
import { isMariaAddress } from './mariadb/session.ts'
import { MariaSource } from './mariadb/source.ts'
import { MariaTarget } from './mariadb/target.ts'
import { loginOf as oracleLogin } from './oracle/address.ts'
import { PostgresSource } from './postgres/source.ts'
import { PostgresTarget } from './postgres/target.ts'
import type { SqlStore } from './sql/dialect.ts'
import { SqlSource } from './sql/source.ts'
import { SqlTarget } from './sql/target.ts'
import { sqliteAddress } from './sqlite/file.ts'
import { SqliteSource } from './sqlite/source.ts'
import { SqliteTarget } from './sqlite/target.ts'
import { configurationOf } from './sqlserver/address.ts'

/** An address, and what describes the store besides it: an API that is read from, one that rows are put into, or topics. */
type Located = { url: string; api?: Api | undefined; push?: Push | undefined; topics?: Topics | undefined }
type Kind = {
  /** what the store is called while nobody can ask it */
  product: string
  /** how an address of the kind looks */
  example: string
  /** Throws where the address cannot be read; an `AddressProblem` where it can say why. */
  check(url: string): unknown
  source(url: string, located: Located): SourceConnector
  target(url: string, located: Located): TargetConnector
}

const postgres: Kind = {
  product: 'PostgreSQL',
  example: 'postgres://user:password@host:5432/database',
  check(url) {
    if (!new pg.Client({ connectionString: url }).database) throw new AddressProblem('the address names no database')
  },
  source: (url) => new PostgresSource(url),
  target: (url) => new PostgresTarget(url),
}
const mariadb: Kind = {
  product: 'MariaDB',
  example: 'mariadb://user:password@host:3306/database',
  check(url) {
    if (!isMariaAddress(url)) throw new AddressProblem('the address names no user or no database')
  },
  source: (url) => new MariaSource(url),
  target: (url) => new MariaTarget(url),
}
const folder: Kind = {
  product: '文件夹',
  example: 'file:///srv/exchange?format=csv',
  check: (url) => [folderAddress(url), writtenFormat(url)],
  source: (url) => new FileSource(() => new Folder(folderAddress(url))),
  target: (url) => new FileTarget(() => new Folder(folderAddress(url)), writtenFormat(url)),
}
const sftp: Kind = {
  product: 'SFTP',
  example: 'sftp://user:password@host:22/folder?hostKey=SHA256:…&format=csv',
  check: (url) => [sftpAddress(url), writtenFormat(url)],
  source: (url) => new FileSource(() => new Sftp(sftpAddress(url))),
  target: (url) => new FileTarget(() => new Sftp(sftpAddress(url)), writtenFormat(url)),
}
const s3: Kind = {
  product: 'S3',
  example: 's3://keyId:secret@host/bucket/prefix?region=cn-north-1&format=csv',
  check: (url) => [s3Address(url), writtenFormat(url)],
  source: (url) => new FileSource(() => new S3(s3Address(url))),
  target: (url) => new FileTarget(() => new S3(s3Address(url)), writtenFormat(url)),
}
const sqlite: Kind = {
  product: 'SQLite',
  example: 'sqlite:///srv/register.db',
  check: sqliteAddress,
  source: (url) => new SqliteSource(sqliteAddress(url)),
  target: (url) => new SqliteTarget(sqliteAddress(url)),
}
const sqlserver = sqlKind({
  product: 'SQL Server',
  example: 'sqlserver://user:password@host:1433/database',
  check: configurationOf,
  load: async (url) => new (await import('./sqlserver/session.ts')).SqlServer(url),
})
const oracle = sqlKind({
  product: 'Oracle',
  example: 'oracle://user:password@host:1521/service',
  check: oracleLogin,
  load: async (url) => new (await import('./oracle/session.ts')).Oracle(url),
})
const dameng = sqlKind({
  product: '达梦',
  example: 'dm://user:password@host:5236/schema',
  check: damengLogin,
  load: async (url) => new (await import('./dameng/session.ts')).Dameng(url),
})
const http: Kind = {
  product: 'HTTP API',
  example: 'https://host/path',
  check(url) {
    const { username, password } = new URL(url)
    if (username || password) throw new AddressProblem('the login of an API stands in the headers of its file, not in the address')
  },
  source: (url, { api }) => new HttpSource(url, api!),
  target: (url, { push }) => new HttpTarget(url, push!),
}
const kafka: Kind = {
  product: 'Kafka',
  example: 'kafka://user:password@host:9092,host2:9092?tls=required&sasl=scram-sha-512',
  check: kafkaAddress,
  source: (url, { topics }) => new KafkaSource(kafkaAddress(url), topics),
  target: (url) => new KafkaTarget(kafkaAddress(url)),
}

type SqlKind = Pick<Kind, 'product' | 'example' | 'check'> & { load(url: string): Promise<SqlStore> }

/** A database that stands on the shared core. Its driver is loaded when the first connection is opened: most nodes need none of them. */
function sqlKind({ load, ...kind }: SqlKind): Kind {
  const store = (url: string): SqlStore => {
    let loading: Promise<SqlStore> | undefined
    const loaded = () => {
      loading ??= load(url)
      return loading
    }
    return { open: async (side, timeoutMs) => (await loaded()).open(side, timeoutMs), enter: async (session, user) => (await loaded()).enter?.(session, user) }
  }
  return { ...kind, source: (url) => new SqlSource(store(url)), target: (url) => new SqlTarget(store(url)) }
}

/** A connector is named here and nowhere else. */
const KINDS: Readonly<Record<string, Kind>> = {
  postgres,
  postgresql: postgres,
  mariadb,
  mysql: mariadb,
  file: folder,
  sftp,
  s3,
  sqlite,
  sqlserver,
  oracle,
  dm: dameng,
  kafka,
  http,
  https: http,
}

export function openSource(located: Located): SourceConnector {
  return kindOf(located.url).source(located.url, located)
}

export function openTarget(located: Located): TargetConnector {
  return kindOf(located.url).target(located.url, located)
}

/** The changes of a granted table, found to be such as can be followed. The caller ends it. Throws a `Refusal`, or the driver's error. */
export async function openCapture({ url }: Located, grant: Grant, options: CaptureOptions): Promise<Capture> {
  if (kindOf(url) === postgres) return PostgresCapture.prepare(url, grant, options)
  if (kindOf(url) === mariadb) return MariaCapture.prepare(url, grant, options)
  throw refusal(
    'capture_unsupported',
    `the changes of a store of the kind ${productOf({ url })} are not followed by its log: subscribe to increments or whole loads`,
  )
}

/** Removes what an ended capture has left at its source; only PostgreSQL keeps anything for one. */
export async function dropCapture({ url }: Located, delivery: string): Promise<void> {
  if (kindOf(url) === postgres) await discardCapture(url, delivery)
}

/** What a store is while nobody can ask it. */
export function productOf({ url }: Located): string {
  return kindOf(url).product
}

/** What is wrong with an address, and what a good one looks like; nothing of the address itself. Undefined where it can be used. */
export function addressProblem({ url }: Located): string | undefined {
  const kind = KINDS[schemeOf(url)]
  if (!kind) return `the address begins with none of ${Object.keys(KINDS).join('://, ')}://`
  try {
    kind.check(url)
    return undefined
  } catch (error) {
    const why = error instanceof AddressProblem ? `${error.message}. ` : ''
    return `${why}It looks like ${kind.example}, special characters written as %XX`
  }
}

function kindOf(url: string): Kind {
  const kind = KINDS[schemeOf(url)]
  if (!kind) throw new AddressProblem('there is no connector for the scheme of this address')
  return kind
}

function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*):\/\//.exec(url)?.[1] ?? ''
}

/** The setting that names a file which describes the store besides its address; undefined where none does. */
export function describedBy(url: string): 'api' | 'topics' | undefined {
  const kind = kindOf(url)
  return kind === http ? 'api' : kind === kafka ? 'topics' : undefined
}
