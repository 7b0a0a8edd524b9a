/** Deliveries as people see them. */
import { Manifest, Receipt, type Signed, type SuiteName } from '@zhenghe/wire/documents.ts'
import { signedDigest } from '@zhenghe/wire/sign.ts'
import type { DeliveryHead, DeliveryView, Trouble } from './delivery.contract.ts'
import { balanceOf, progressOf, stateOfDelivery } from './delivery.rules.ts'
import * as store from './delivery.store.ts'
import type { Context } from './sight.ts'

export function headOf(row: store.DeliveryWithGrant): DeliveryHead {
  const { id, number, subscription, entry, entryName, provider, providerName, consumer, consumerName, mode, replay, suite } = row
  const { orderedAt, startedAt } = row
  const state = stateOfDelivery(row)
  return {
    ...{ id, number, subscription, grant: row.grantId, entry, entryName, provider, providerName, consumer, consumerName, mode, replay, suite, state },
    ...{ orderedAt, startedAt },
    endedAt: row.doneAt ?? row.stoppedAt ?? row.cancelledAt,
    retryAt: state === 'ordered' || state === 'waiting' ? row.retryAt : null,
    progress: progressOf(row.senderProgress, row.receiverProgress),
    ...{ rejected: row.rejected, loaded: row.loaded },
    trouble: state === 'waiting' || state === 'stopped' ? troubleOf(row) : null,
  }
}

function troubleOf({
  troubleAt: at,
  troubleSide: side,
  troubleCode: code,
  troubleDetail: detail,
  troubleResumable: resumable,
}: store.DeliveryWithGrant): Trouble | null {
  return at ? { at, side, code, detail, resumable } : null
}

export async function viewOfDelivery({ db }: Pick<Context, 'db'>, row: store.DeliveryWithGrant): Promise<DeliveryView> {
  const evidence = evidenceOf(await store.documentsOf(db, row.id))
  return {
    ...headOf(row),
    troubles: await store.troublesOf(db, row.id),
    ...evidence,
    balance: balance(evidence, row.suite),
    schemaProposed: row.proposedShape !== null && row.proposedShape !== '' && row.stoppedAt !== null,
    target: { store: row.store, schema: row.targetSchema, table: row.targetTable },
    route: row.route,
  }
}

export type Evidence = Pick<DeliveryView, 'manifest' | 'receipt'>

/** Both documents as they were signed, with what they say. */
export function evidenceOf(documents: readonly Omit<store.Document, 'delivery'>[]): Evidence {
  const of = (kind: store.Document['kind']) => documents.find((one) => one.kind === kind)
  const [manifest, receipt] = [of('manifest'), of('receipt')]
  return {
    manifest: manifest ? { body: Manifest.parse(JSON.parse(manifest.text)), signed: signedOf(manifest), at: manifest.at } : null,
    receipt: receipt ? { body: Receipt.parse(JSON.parse(receipt.text)), signed: signedOf(receipt), at: receipt.at } : null,
  }
}

const signedOf = ({ text, key, signature }: Signed): Signed => ({ text, key, signature })

/** Null until both sides have handed in their documents. @param suite of the grant */
export function balance({ manifest, receipt }: Evidence, suite: SuiteName): DeliveryView['balance'] {
  return manifest && receipt ? balanceOf(manifest.body, receipt.body, signedDigest(manifest.signed, suite)) : null
}
