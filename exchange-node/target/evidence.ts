import type { Signed } from '@zhenghe/wire/documents.ts'
import type { NodeKeys } from '@zhenghe/wire/keys.ts'
import { signDocument } from '@zhenghe/wire/sign.ts'
import { RECEIPT } from '@zhenghe/wire/signed.ts'
import type pg from 'pg'
import { one } from '../pg/connect.ts'
import { checkpointOf, findDelivery } from './ledger.ts'

/** The receipt of a delivery that ended at this target, whatever became of the word about it; and how far increments reach there. */
export async function receiptHeld(client: pg.Client, delivery: string, keys: NodeKeys): Promise<{ receipt: Signed; checkpoint: string | null } | undefined> {
  const { there } = await one<{ there: boolean }>(client, `select to_regclass('zhenghe_exchange.target') is not null as there`)
  const found = there ? await findDelivery(client, delivery) : undefined
  if (!found?.receipt) return undefined
  const { target, grant } = found.receipt
  return { receipt: signDocument(RECEIPT, found.receipt, keys.sign), checkpoint: await checkpointOf(client, target, grant) }
}
