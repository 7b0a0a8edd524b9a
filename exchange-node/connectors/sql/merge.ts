/** An increment: loaded into a table beside the target, merged by key, checked and recorded, in one transaction. */
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'
import { loadTable } from '../../target/load.ts'
import type { Dialect, Field, SqlSession } from './dialect.ts'
import { list, qualified } from './statement.ts'
import { insertColumns, keysOf } from './table.ts'

/** One at a time: the target is held. */
export function stagingOf(target: TargetName, delivery: string): TargetName {
  const { schema, table } = loadTable(target, delivery)
  return { schema, table: table.replace('__load_', '__inc_') }
}

/**
 * New keys are inserted, others take the staged row where it is not older by the cursor. `s` is what is staged, `t` the target; the key and the cursor that decide are never
 * what is set, so it does not matter in which order a database sets columns.
 */
export function mergeSql(dialect: Dialect, target: TargetName, staging: TargetName, fields: readonly Field[], cursor: string): string {
  const columns = insertColumns(dialect, fields).map(({ column }) => dialect.identifier(column))
  const keys = keysOf(dialect, fields)
  const others = columns.filter((column) => !keys.includes(column))
  const at = dialect.identifier(dialect.columnOf(cursor))
  const newer = `s.${at} >= t.${at}`
  const set = `update set ${list(others.map((column) => `t.${column} = s.${column}`))}`
  const updates =
    others.length === 0
      ? ''
      : dialect.mergeWhen === 'and'
        ? ` when matched and ${newer} then ${set.replaceAll(' t.', ' ')}`
        : ` when matched then ${set} where ${newer}`
  return `merge into ${qualified(dialect, target)}${dialect.mergeHint} t using ${qualified(dialect, staging)} s on (${keys.map((key) => `t.${key} = s.${key}`).join(' and ')})${updates}
    when not matched then insert (${list(columns)}) values (${list(columns.map((column) => `s.${column}`))})${dialect.mergeEnd}`
}

/** Refuses `counts_differ` where not every staged row is then in the target, as it came or newer. */
export async function merge(
  session: SqlSession,
  target: TargetName,
  staging: TargetName,
  { fields, cursor, sent }: { fields: readonly Field[]; cursor: string; sent: number },
): Promise<void> {
  const { dialect } = session
  await session.run(mergeSql(dialect, target, staging, fields, cursor))
  const on = keysOf(dialect, fields)
    .map((key) => `t.${key} = s.${key}`)
    .join(' and ')
  const at = dialect.identifier(dialect.columnOf(cursor))
  const [row] = await session.query(
    `select count(*) from ${qualified(dialect, staging)} s join ${qualified(dialect, target)} t on ${on} where t.${at} >= s.${at}`,
  )
  const landed = Number(row?.[0])
  if (landed !== sent)
    throw refusal('counts_differ', `${sent} rows of the increment were sent, ${landed} are in the target: nothing was changed; deliver again`)
}
