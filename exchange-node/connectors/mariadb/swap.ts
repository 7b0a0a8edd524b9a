/**
 * The end of a whole load: the load takes the table's name. MariaDB and MySQL commit at every change of a table, so rows and ledger cannot change together; instead the end is
 * announced with all its evidence, carried out by one atomic RENAME, and recorded. Whatever is interrupted, whoever opens the target next completes it from what he finds.
 */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { loadTable } from '../../target/load.ts'
import type { Intent, Ledger } from './ledger.ts'
import type { Session } from './session.ts'
import { comment, identifier, list, qualified } from './sql.ts'
import { dropTable, exists, primaryKey, type TargetName } from './table.ts'

type Field = Pick<GrantField, 'name' | 'key'>
type IndexRow = { name: string; column: string | null; part: number | null; unique: number | string; type: string }

/** Beside the table until the new one is recorded. */
export function oldTable(target: TargetName, delivery: string): TargetName {
  const { schema, table } = loadTable(target, delivery)
  return { schema, table: table.replace('__load_', '__old_') }
}

/** The key, the title, and the indexes that the old table has. Refuses `duplicate_keys`. May be called again. */
export async function indexWhole(session: Session, load: TargetName, target: TargetName, fields: readonly Field[], title: string): Promise<void> {
  const own = await indexesOf(session, load)
  if (own.has('PRIMARY')) return
  const kept = (await exists(session, target))
    ? [...(await indexesOf(session, target))].filter(([name]) => name !== 'PRIMARY').map(([, sql]) => `add ${sql}`)
    : []
  const obsolete = [...own.keys()].map((name) => `drop index ${identifier(name)}`)
  await session.query(`alter table ${qualified(load)} ${list([...obsolete, `add ${primaryKey(fields)}`, `comment = ${quoted(title)}`, ...kept])}`)
}

function quoted(title: string): string {
  return comment([...title].slice(0, 1000).join(''))
}

/** By name, as `alter table … add` takes them. An index on an expression is left out: it says nothing of its columns. */
async function indexesOf(session: Session, { schema, table }: TargetName): Promise<Map<string, string>> {
  const rows = await session.query<IndexRow>(
    `select index_name as name, column_name as \`column\`, sub_part as part, non_unique = 0 as \`unique\`, index_type as type from information_schema.statistics
     where table_schema = ? and table_name = ? order by index_name, seq_in_index`,
    [schema, table],
  )
  const indexes = new Map<string, string>()
  for (const [name, parts] of Map.groupBy(rows, (row) => row.name)) {
    const [{ unique, type }] = parts as [IndexRow]
    if (name !== 'PRIMARY' && parts.some(({ column }) => column === null)) continue
    const kind = /FULLTEXT|SPATIAL/.test(type) ? `${type} ` : Number(unique) === 1 ? 'unique ' : ''
    const columns = parts.map(({ column, part }) => `${identifier(column ?? 'id')}${part === null ? '' : `(${Math.trunc(part)})`}`)
    indexes.set(name, `${kind}index ${identifier(name)} (${list(columns)})`)
  }
  return indexes
}

/** Announces the end, and carries it out. */
export async function swap(session: Session, ledger: Ledger, target: TargetName, intent: Intent): Promise<void> {
  await ledger.announce(intent.receipt.delivery, intent)
  await complete(session, ledger, target, intent)
}

/** From whatever state it was left in: announced, renamed by half, renamed, recorded. The caller holds the target. */
export async function complete(session: Session, ledger: Ledger, target: TargetName, { receipt, manifest, checkpoint }: Intent): Promise<void> {
  const { delivery, grant } = receipt
  const [load, old] = [loadTable(target, delivery), oldTable(target, delivery)]
  if (await exists(session, load)) {
    const away = (await exists(session, target)) ? `${qualified(target)} to ${qualified(old)}, ` : ''
    await session.query(`rename table ${away}${qualified(load)} to ${qualified(target)}`)
  }
  await session.transaction(async () => {
    await ledger.recordTarget(session, target, grant.id, delivery, checkpoint)
    await ledger.recordEnd(receipt, manifest)
  })
  await dropTable(session, old)
}

/** Completes what was announced for a target and interrupted, and clears away the table that the last load replaced. The caller holds the target. */
export async function completeAll(session: Session, ledger: Ledger, target: TargetName): Promise<void> {
  for (const intent of await ledger.intents(target)) await complete(session, ledger, target, intent)
  const last = await ledger.lastDelivery(target)
  if (last) await dropTable(session, oldTable(target, last))
}
