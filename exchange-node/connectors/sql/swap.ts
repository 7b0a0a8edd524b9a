/**
 * The end of a whole load: the load takes the table's name. It is announced with all its evidence, carried out and recorded; whatever is interrupted, whoever opens the target
 * next completes it from what he finds. Where a change of names is part of a transaction all of it is one, and the announcement is only ever found undone or gone.
 */
import type { TargetName } from '../../target/ledger.ts'
import { loadTable } from '../../target/load.ts'
import type { Field, SqlSession } from './dialect.ts'
import type { Intent, Ledger } from './ledger.ts'
import { qualified } from './statement.ts'
import { dropTable, exists, keyIndex, primaryKey } from './table.ts'

/** Beside the table until the new one is recorded. */
export function oldTable(target: TargetName, delivery: string): TargetName {
  const { schema, table } = loadTable(target, delivery)
  return { schema, table: table.replace('__load_', '__old_') }
}

/** The key, and the indexes and rights that the old table has. Refuses `duplicate_keys`. May be called again. */
export async function indexWhole(session: SqlSession, load: TargetName, target: TargetName, fields: readonly Field[], delivery: string): Promise<void> {
  const { dialect } = session
  const [own] = await dialect.readTables(session, load)
  if (own && own.keyColumns.length > 0) return
  const obsolete = keyIndex(load)
  if ((await dialect.indexesOf(session, load)).includes(obsolete)) await session.run(dialect.dropIndex(load, obsolete))
  await session.run(`alter table ${qualified(dialect, load)} add ${primaryKey(dialect, fields)}`)
  if (!(await exists(session, target))) return
  for (const statement of await dialect.inherit(session, target, load, delivery.replaceAll('-', '').slice(-6))) await session.run(statement)
}

/** Announces the end, and carries it out. */
export async function swap(session: SqlSession, ledger: Ledger, target: TargetName, intent: Intent): Promise<void> {
  await ledger.announce(intent.receipt.delivery, intent)
  await complete(session, ledger, target, intent)
}

/** From whatever state it was left in: announced, renamed by half, renamed, recorded. The caller holds the target. */
export async function complete(session: SqlSession, ledger: Ledger, target: TargetName, { receipt, manifest, checkpoint }: Intent): Promise<void> {
  const { delivery, grant } = receipt
  const [load, old] = [loadTable(target, delivery), oldTable(target, delivery)]
  const rename = (table: TargetName, to: TargetName) => {
    const { sql, values } = session.dialect.rename(table, to.table)
    return session.run(sql, values)
  }
  await session.begin()
  try {
    if (await exists(session, load)) {
      if (await exists(session, target)) await rename(target, old)
      await rename(load, target)
    }
    await ledger.recordTarget(session, target, grant.id, delivery, checkpoint)
    await ledger.recordEnd(session, receipt, manifest)
    await session.commit()
  } catch (error) {
    await session.rollback().catch(() => undefined)
    throw error
  }
  await dropTable(session, old)
}

/** Completes what was announced for a target and interrupted, and clears away the table that the last load replaced. The caller holds the target. */
export async function completeAll(session: SqlSession, ledger: Ledger, target: TargetName): Promise<void> {
  for (const intent of await ledger.intents(target)) await complete(session, ledger, target, intent)
  const last = await ledger.lastDelivery(target)
  if (last) await dropTable(session, oldTable(target, last))
}
