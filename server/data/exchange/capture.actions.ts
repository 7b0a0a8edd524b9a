import { Manifest, Receipt, type SuiteName } from '@zhenghe/wire/documents.ts'
import { openDocument } from '@zhenghe/wire/sign.ts'
import { MANIFEST, RECEIPT } from '@zhenghe/wire/signed.ts'
import { endClock } from '../../kernel/clock/clock.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import type { CapturePeriod, captureEndpoints } from './capture.contract.ts'
import * as store from './capture.store.ts'
import { refusals } from './contract.ts'
import { demandState } from './delivery.actions.ts'
import { Delivered } from './delivery.contract.ts'
import { stateOfDelivery } from './delivery.rules.ts'
import * as deliveries from './delivery.store.ts'
import { balance, evidenceOf, headOf } from './delivery.view.ts'
import { heldBy, opened } from './evidence.actions.ts'
import { demandStanding } from './grant.view.ts'
import { demandActive } from './node-state.ts'
import { reconciliationOpen } from './reconciliation.store.ts'
import { type Context, demandAt, sees, sightOf } from './sight.ts'
import { lockSubscription } from './subscription.store.ts'
import type { Tables } from './tables.ts'
import { meetTrouble } from './trouble.ts'

const refuse = refuser(refusals)

export const captureActions: Actions<typeof captureEndpoints, Tables> = {
  async capturePeriods(ctx, { id, after, limit }) {
    const row = await deliveries.findDelivery(ctx.db, id)
    if (!row || !sees(sightOf(ctx), row)) return refuse('exchange.unknown')
    const before = after ? decodeCursor<[number]>(after)[0] : undefined
    const periods = periodsOf(await store.periodPage(ctx.db, id, before, limit + 1), row.suite)
    return pageFrom(periods, limit, await store.periodTotal(ctx.db, id), ({ n }) => [n])
  },

  async pauseCapture(ctx, { id }) {
    const known = demandAt(ctx, 'exchange.receive', await deliveries.findDelivery(ctx.db, id), 'consumer', 'provider')
    await lockSubscription(ctx.db, known.subscription)
    const row = (await deliveries.lockDelivery(ctx.db, id)) ?? refuse('exchange.unknown')
    demandState(row, 'pause')
    if (row.mode !== 'capture') refuse('exchange.wrong_state', { state: 'no_capture' })
    if (await reconciliationOpen(ctx.db, row.subscription)) refuse('exchange.reconciliation_running')
    await deliveries.changeDelivery(ctx.db, id, {
      pausedAt: ctx.now,
      pausedBy: ctx.actor.id,
      runningSince: null,
      waitingSince: null,
      retryAt: null,
      attempts: 0,
    })
    await doneTodo(ctx, id, 'exchange.waiting')
    ctx.about('exchange.delivery', id)
    return headOf((await deliveries.findDelivery(ctx.db, id)) ?? refuse('exchange.unknown'))
  },

  async acceptSchema(ctx, { id }) {
    const known = demandAt(ctx, 'exchange.answer', await deliveries.findDelivery(ctx.db, id), 'provider')
    await lockSubscription(ctx.db, known.subscription)
    const row = (await deliveries.lockDelivery(ctx.db, id)) ?? refuse('exchange.unknown')
    const state = stateOfDelivery(row)
    if (state !== 'stopped' || !row.proposedShape || row.subscriptionStoppedAt) return refuse('exchange.wrong_state', { state })
    demandStanding(row, ctx.now)
    await demandActive(ctx, [row.sender, row.receiver])
    const acceptedShape = `${row.acceptedShape} ${row.proposedShape}`.trim()
    await deliveries.changeDelivery(ctx.db, id, {
      acceptedShape,
      proposedShape: null,
      stoppedAt: null,
      pausedAt: null,
      pausedBy: null,
      runningSince: null,
      retryAt: null,
      attempts: 0,
    })
    await doneTodo(ctx, id)
    ctx.about('exchange.delivery', id, { accepted: row.proposedShape })
    return headOf((await deliveries.findDelivery(ctx.db, id)) ?? refuse('exchange.unknown'))
  },

  async period(ctx, { id, n, kind, signed }) {
    const row = await heldBy(ctx, id, kind === 'manifest' ? 'sender' : 'receiver')
    const body =
      kind === 'manifest'
        ? await opened(ctx, row.suite, (key) => openDocument(MANIFEST, signed, key, Manifest))
        : await opened(ctx, row.suite, (key) => openDocument(RECEIPT, signed, key, Receipt))
    demandPeriod(row, n, body)
    ctx.about('exchange.delivery', id, { period: n, [kind]: signed.signature })
    const before = await store.periodDocuments(ctx.db, id, n)
    if (before.find((one) => one.kind === kind)?.text === signed.text) return {}
    await store.keepPeriod(ctx.db, { delivery: id, n, kind, at: ctx.now, ...signed })
    await settle(ctx, row, n)
    return {}
  },

  async captureDropped(ctx, { id }) {
    const row = await deliveries.lockDelivery(ctx.db, id)
    if (row?.sender !== ctx.actor.id) return refuse('exchange.unknown')
    await deliveries.changeDelivery(ctx.db, id, { droppedAt: ctx.now })
    ctx.about('exchange.delivery', id, { dropped: true })
    return {}
  },
}

/** The load is an ordinary snapshot; every later period names its number. */
function demandPeriod(row: deliveries.DeliveryWithGrant, n: number, { delivery, grant, mode, period }: Manifest | Receipt): void {
  const kind = n === 0 ? mode === 'snapshot' && period === undefined : mode === 'capture' && period === n
  const fits = row.mode === 'capture' && delivery === row.id && grant.id === row.grantId && grant.version === row.grantVersion && kind
  if (!fits) refuse('exchange.bad_evidence')
}

/** 对账 of a period, once both sides have handed in their documents: its sums count for the delivery, or the delivery stops. */
async function settle(ctx: Context, row: deliveries.DeliveryWithGrant, n: number): Promise<void> {
  const [period] = periodsOf(await store.periodDocuments(ctx.db, row.id, n), row.suite)
  if (!period?.balance) return
  const { agrees, rejected, loaded, ...sums } = period.balance
  ctx.about('exchange.delivery', row.id, { period: n, rejected, loaded, ...sums, agrees })
  if (!agrees) {
    const detail = `the two signed documents of period ${n} do not balance: sent ${sums.sent}, received ${sums.received}, applied ${loaded}`
    await meetTrouble(ctx, row, { side: 'platform', code: 'not_balanced', detail, resumable: false })
    return
  }
  await deliveries.changeDelivery(ctx.db, row.id, { rejected: row.rejected + rejected, loaded: row.loaded + loaded, startedAt: row.startedAt ?? ctx.now })
  if (rejected > 0) {
    const to = { unit: row.provider, right: 'exchange.quarantine' }
    await putTodo(ctx, { kind: 'exchange.quarantine', subject: row.id, to, params: { rows: row.rejected + rejected, entry: row.entryName } })
  }
  if (n > 0) return
  if (row.deliverClock) await endClock(ctx, row.deliverClock)
  ctx.emit(Delivered, { delivery: row.id, grant: row.grantId, provider: row.provider, consumer: row.consumer, rows: loaded })
}

/** In the order of the rows, which stand by number. */
function periodsOf(rows: readonly store.PeriodDocument[], suite: SuiteName): CapturePeriod[] {
  const numbers = [...new Set(rows.map(({ n }) => n))]
  return numbers.map((n) => {
    const evidence = evidenceOf(rows.filter((row) => row.n === n))
    return { n, ...evidence, balance: balance(evidence, suite) }
  })
}
