/** A whole load: a new table without index beside the old one, filled range by range, given its key last and swapped in by one transaction. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type pg from 'pg'
import { one, transaction } from '../pg/connect.ts'
import { type CopyIn, copyIn } from '../pg/copy-in.ts'
import { identifier, list, qualified, text, typeName } from '../pg/sql.ts'
import { refusal } from '../refusal.ts'
import type { TargetName } from './ledger.ts'
import type { ExistingTable } from './preflight.ts'

type Field = Pick<GrantField, 'name' | 'type' | 'key' | 'nullable' | 'title'>

const UNIQUE_VIOLATION = '23505'
const NAME_BYTES = 40

/** `legal_entity__load_a1650867728950`: beside the table it will become; the end of the delivery's id, where UUIDs of one minute differ. */
export function loadTable({ schema, table }: TargetName, delivery: string): TargetName {
  const short = Buffer.from(table)
    .subarray(0, NAME_BYTES)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
  return { schema, table: `${short}__load_${delivery.replaceAll('-', '').slice(-14)}` }
}

export function nameOf({ schema, table }: TargetName): string {
  return qualified(schema, table)
}

/** Of each page, in percent, the part that rows fill where they will be changed: a row changed within its page touches no index. */
const ROOM_TO_CHANGE = 85

/** Its rows are only read once it is whole, so nothing is vacuumed or analysed meanwhile. @param changing rows will be changed in place after the load */
export async function createLoadTable(client: pg.Client, load: TargetName, fields: readonly Field[], changing = false): Promise<void> {
  const columns = fields.map(({ name, type, nullable }) => `${identifier(name)} ${typeName(type)}${nullable ? '' : ' not null'}`)
  await client.query(`create table ${nameOf(load)} (${list(columns)}) with (autovacuum_enabled = false${changing ? `, fillfactor = ${ROOM_TO_CHANGE}` : ''})`)
}

export function copyInSql(table: string, fields: readonly Pick<Field, 'name'>[]): string {
  return `copy ${table} (${list(fields.map(({ name }) => identifier(name)))}) from stdin (format binary)`
}

/** The rows of one range on their way into a table, in a transaction that the caller ends. */
export class RangeLoad {
  readonly #copy: CopyIn
  #tail: Promise<void> = Promise.resolve()
  #waiting = 0
  #rows = 0
  #bytes = 0

  private constructor(copy: CopyIn) {
    this.#copy = copy
  }

  /** @param before runs inside the transaction, ahead of the rows */
  static async begin(client: pg.Client, sql: string, before?: string): Promise<RangeLoad> {
    await client.query(`begin; ${before ?? ''}`)
    return new RangeLoad(await copyIn(client, sql))
  }

  /** Resolves while few frames wait for the database, so that one slow range does not hold up the others. */
  async write(payload: Buffer, rows: number): Promise<void> {
    this.#rows += rows
    this.#bytes += payload.length
    this.#waiting++
    this.#tail = this.#tail.then(() => this.#copy.write(payload)).finally(() => this.#waiting--)
    this.#tail.catch(() => undefined) // told by the next write or the end
    if (this.#waiting > 2) await this.#tail
  }

  /** Ends the rows, with the transaction still open. Refuses `counts_differ` where the database counted other rows than the sender. */
  async end({ n, sent, bytes }: RangeCounts): Promise<void> {
    await this.#tail
    const rows = await this.#copy.end()
    if (rows !== sent || rows !== this.#rows || this.#bytes !== bytes) {
      throw refusal(
        'counts_differ',
        `range ${n}: the sender tells of ${sent} rows in ${bytes} bytes, ${this.#rows} in ${this.#bytes} came, ${rows} were loaded`,
      )
    }
  }
}

export async function tableExists(client: pg.Client, table: TargetName): Promise<boolean> {
  return (await one<{ there: boolean }>(client, 'select to_regclass($1) is not null as there', [nameOf(table)])).there
}

export async function dropTable(client: pg.Client, table: TargetName): Promise<void> {
  await client.query(`drop table if exists ${nameOf(table)}`)
}

export async function countRows(client: pg.Client, table: TargetName): Promise<number> {
  return (await one<{ rows: number }>(client, `select count(*)::float8 as rows from ${nameOf(table)}`)).rows
}

type Finish = {
  target: TargetName
  load: TargetName
  fields: readonly Field[]
  title: string
  existing: ExistingTable | undefined
  /** for building the key */
  memoryMiB: number
  /** writes the end of the delivery, inside the transaction */
  end: () => Promise<void>
}

/** Key, statistics, swap and end mark in one transaction: before it the old table serves, after it the new one, with the old one's grants and indexes. */
export async function finishLoad(client: pg.Client, finish: Finish): Promise<void> {
  const { load, fields, memoryMiB } = finish
  const keys = fields.filter(({ key }) => key).map(({ name }) => identifier(name))
  await transaction(client, 'begin', async () => {
    await client.query(`set local maintenance_work_mem = '${Math.trunc(memoryMiB)}MB'`)
    await client.query(`alter table ${nameOf(load)} add constraint ${identifier(`${load.table}_pkey`)} primary key (${list(keys)})`).catch(explainDuplicate)
    await client.query(`alter table ${nameOf(load)} reset (autovacuum_enabled); analyze ${nameOf(load)}`)
    await swap(client, finish)
    await finish.end()
  })
}

function explainDuplicate(error: Error & { code?: string; detail?: string }): never {
  if (error.code !== UNIQUE_VIOLATION) throw error
  throw refusal(
    'duplicate_keys',
    `the source holds two rows with the same key (${error.detail ?? error.message}): mend them there, or choose a key that is unique, then load again`,
    error,
  )
}

async function swap(client: pg.Client, { target, load, fields, title, existing }: Finish): Promise<void> {
  const [old, fresh] = [nameOf(target), nameOf(load)]
  const grants = existing ? await grantsOf(client, existing, fresh) : []
  const statements = [
    ...(existing ? [`alter table ${fresh} owner to ${identifier(existing.owner)}`, ...grants, `drop table ${old}`] : []),
    `alter table ${fresh} rename to ${identifier(target.table)}`,
    `alter table ${old} rename constraint ${identifier(`${load.table}_pkey`)} to ${identifier(
      `${Buffer.from(target.table)
        .subarray(0, 58)
        .toString('utf8')
        .replace(/\ufffd+$/, '')}_pkey`,
    )}`,
    `comment on table ${old} is ${text(title)}`,
    ...fields.map((field) => `comment on column ${old}.${identifier(field.name)} is ${text(field.title)}`),
    ...(existing?.indexes ?? []),
  ]
  for (const statement of statements) await client.query(statement)
}

/** The old table's rights, said again for the new one. */
async function grantsOf(client: pg.Client, { oid }: ExistingTable, fresh: string): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('grant %s%s on %s to %s%s', privilege_type, columns, $2::text, case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
                   case when is_grantable then ' with grant option' else '' end) as statement
     from (select acl.grantee, acl.privilege_type, acl.is_grantable, '' as columns from pg_class c, aclexplode(c.relacl) acl where c.oid = $1 and acl.grantee <> c.relowner
           union all select acl.grantee, acl.privilege_type, acl.is_grantable, ' (' || quote_ident(a.attname) || ')'
           from pg_attribute a, aclexplode(a.attacl) acl where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped) rights`,
    [oid, fresh],
  )
  return rows.map(({ statement }) => statement)
}
