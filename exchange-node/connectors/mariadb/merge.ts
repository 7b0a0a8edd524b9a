/** An increment: loaded into a temporary table, merged by key, checked and recorded, in one transaction. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { Session } from './session.ts'
import { identifier, list, qualified } from './sql.ts'
import type { TargetName } from './table.ts'
import { numericFields, SCALES } from './types.ts'

type Field = Pick<GrantField, 'name' | 'type' | 'key'>

function stagingOf({ schema }: TargetName): string {
  return `${identifier(schema)}.zhenghe_increment`
}

/** A temporary table like the target, its key as well: two rows with one key are refused. Ahead of the transaction, which it would end. */
export async function stageRows(session: Session, target: TargetName): Promise<void> {
  await session.query(`drop temporary table if exists ${stagingOf(target)}`)
  await session.query(`create temporary table ${stagingOf(target)} like ${qualified(target)}`)
}

/**
 * Brings the staged rows into the target: new keys are inserted, others take the staged row where it is not older by the cursor. Refuses `counts_differ` where not every
 * staged row is then in the target, as it came or newer.
 */
export async function merge(session: Session, target: TargetName, fields: readonly Field[], cursor: string, sent: number): Promise<void> {
  const columns = [...fields.map(({ name }) => identifier(name)), ...(numericFields(fields) > 0 ? [SCALES] : [])]
  const keys = fields.filter(({ key }) => key).map(({ name }) => identifier(name))
  const [table, at] = [qualified(target), identifier(cursor)]
  const others = columns.filter((column) => !keys.includes(column) && column !== at)
  const newer = (column: string) => `${column} = if(values(${at}) >= ${table}.${at}, values(${column}), ${table}.${column})`
  // the cursor last: the others are decided by what it was
  const updates = keys.includes(at) ? others.map(newer) : [...others, at].map(newer)
  await session.run(
    `insert into ${table} (${list(columns)}) select ${list(columns)} from ${stagingOf(target)}
     on duplicate key update ${list(updates.length > 0 ? updates : [`${keys[0]} = values(${keys[0]})`])}`,
  )
  const on = keys.map((key) => `t.${key} = s.${key}`).join(' and ')
  const { landed } = await session.one<{ landed: number | string }>(
    `select count(*) as landed from ${stagingOf(target)} s join ${table} t on ${on} and t.${at} >= s.${at}`,
  )
  if (Number(landed) !== sent)
    throw refusal('counts_differ', `${sent} rows of the increment were sent, ${landed} are in the target: nothing was changed; deliver again`)
}
