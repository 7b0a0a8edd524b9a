import { Manifest, Receipt, type Signed, type SuiteName } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { nodeSigningKey, openDocument } from '@zhenghe/wire/sign.ts'
import { MANIFEST, RECEIPT } from '@zhenghe/wire/signed.ts'
import { endClock } from '../../kernel/clock/clock.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as nodes } from '../nodes/contract.ts'
import { refusals } from './contract.ts'
import { Delivered } from './delivery.contract.ts'
import { deliveryAllows, flowSince, stateOfDelivery } from './delivery.rules.ts'
import * as store from './delivery.store.ts'
import { balance, evidenceOf } from './delivery.view.ts'
import { addFlow } from './flow.store.ts'
import type { nodeEndpoints } from './node.contract.ts'
import type { Context } from './sight.ts'
import { changeSubscription, lockSubscription } from './subscription.store.ts'
import type { Tables } from './tables.ts'
import { meetTrouble } from './trouble.ts'

const refuse = refuser(refusals)

/** How the two nodes of a delivery hand in what they signed, and what becomes of it. */
export const evidenceActions: Pick<Actions<typeof nodeEndpoints, Tables>, 'manifest' | 'receipt'> = {
  async manifest(ctx, { id, signed }) {
    const row = await heldBy(ctx, id, 'sender')
    demandFit(row, await opened(ctx, row.suite, (key) => openDocument(MANIFEST, signed, key, Manifest)))
    await keep(ctx, row, 'manifest', signed)
    return {}
  },

  async receipt(ctx, { id, signed, cursor }) {
    const row = await heldBy(ctx, id, 'receiver')
    demandFit(row, await opened(ctx, row.suite, (key) => openDocument(RECEIPT, signed, key, Receipt)))
    await keep(ctx, { ...row, reached: cursor ?? row.reached }, 'receipt', signed)
    return {}
  },
}

/** The delivery, of which the caller must be this side; held after its subscription, as everybody does. */
export async function heldBy(ctx: Context, id: Id, side: 'sender' | 'receiver'): Promise<store.DeliveryWithGrant> {
  const known = await store.findDelivery(ctx.db, id)
  if (known?.[side] !== ctx.actor.id) return refuse('exchange.unknown')
  await lockSubscription(ctx.db, known.subscription)
  return (await store.lockDelivery(ctx.db, id)) ?? refuse('exchange.unknown')
}

/** What the calling node signed, checked with the key of the grant's suite that it is registered with. */
export async function opened<T>(ctx: Context, suite: SuiteName, read: (key: string) => T): Promise<T> {
  const { identity } = await ctx.ask(nodes.node, { id: ctx.actor.id })
  if (!identity) return refuse('exchange.bad_signature')
  try {
    return read(nodeSigningKey(identity, suite))
  } catch (error) {
    if (error instanceof WireError)
      return refuse(error.code === 'bad_document' || error.code === 'not_exact' ? 'exchange.bad_evidence' : 'exchange.bad_signature')
    throw error
  }
}

function demandFit(row: store.DeliveryWithGrant, { delivery, grant, mode }: Manifest | Receipt): void {
  const fits = delivery === row.id && grant.id === row.grantId && grant.version === row.grantVersion && mode === row.mode
  if (!fits) refuse('exchange.bad_evidence')
}

/** Keeps one side's document; the second one settles the delivery. The same again is welcome: an answer may have been lost. */
async function keep(ctx: Context, row: store.DeliveryWithGrant, kind: store.Document['kind'], signed: Signed): Promise<void> {
  ctx.about('exchange.delivery', row.id, { [kind]: signed.signature })
  const before = (await store.documentsOf(ctx.db, row.id)).find((one) => one.kind === kind)
  if (before?.text === signed.text) return
  const state = stateOfDelivery(row)
  if (!deliveryAllows(state, 'handIn')) refuse('exchange.wrong_state', { state })
  await store.keepDocument(ctx.db, { delivery: row.id, kind, at: ctx.now, ...signed })
  await store.changeDelivery(ctx.db, row.id, { reached: row.reached })
  await settle(ctx, row)
}

async function settle(ctx: Context, row: store.DeliveryWithGrant): Promise<void> {
  const evidence = evidenceOf(await store.documentsOf(ctx.db, row.id))
  const sums = balance(evidence, row.suite)
  if (!evidence.manifest || !evidence.receipt || !sums) return
  const { agrees, ...counts } = sums
  ctx.about('exchange.delivery', row.id, { ...counts, agrees, manifest: evidence.manifest.signed.signature, receipt: evidence.receipt.signed.signature })
  const { rejected, loaded } = counts
  const { bytes } = evidence.receipt.body
  await store.changeDelivery(ctx.db, row.id, { rejected, loaded, bytes, startedAt: row.startedAt ?? evidence.receipt.body.startedAt })
  if (rejected > 0 && !row.replay) {
    const to = { unit: row.provider, right: 'exchange.quarantine' }
    await putTodo(ctx, { kind: 'exchange.quarantine', subject: row.id, to, params: { rows: rejected, entry: row.entryName } })
  }
  if (agrees) await finish(ctx, row, { rows: loaded, bytes })
  else await meetTrouble(ctx, row, { side: 'platform', code: 'not_balanced', detail: sentence(counts), resumable: false })
}

async function finish(ctx: Context, row: store.DeliveryWithGrant, moved: { rows: number; bytes: number }): Promise<void> {
  await addFlow(ctx.db, row.id, ctx.now, flowSince(row.receiverProgress, moved))
  await store.changeDelivery(ctx.db, row.id, { doneAt: ctx.now, waitingSince: null, runningSince: null })
  await doneTodo(ctx, row.id, 'exchange.waiting')
  if (row.reached !== null) await changeSubscription(ctx.db, row.subscription, { cursor: row.reached })
  if (row.deliverClock) await endClock(ctx, row.deliverClock)
  ctx.emit(Delivered, { delivery: row.id, grant: row.grantId, provider: row.provider, consumer: row.consumer, rows: moved.rows })
}

const sentence = (counts: Readonly<Record<string, unknown>>): string =>
  `the two signed documents do not balance: ${Object.entries(counts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}`
