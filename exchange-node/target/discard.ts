import type pg from 'pg'
import { one } from '../pg/connect.ts'
import { forgetDelivery, type TargetName } from './ledger.ts'
import { dropTable, loadTable } from './load.ts'

/** Removes what an unfinished delivery has left at a target: its load and its ledger lines. A delivery that is done stays. */
export async function discard(client: pg.Client, delivery: string): Promise<void> {
  const { there } = await one<{ there: boolean }>(client, `select to_regclass('zhenghe_exchange.delivery') is not null as there`)
  if (!there) return
  const { rows } = await client.query<TargetName>(
    'select target_schema as schema, target_table as table from zhenghe_exchange.delivery where id = $1 and receipt is null',
    [delivery],
  )
  for (const target of rows) await dropTable(client, loadTable(target, delivery))
  await forgetDelivery(client, delivery)
}
