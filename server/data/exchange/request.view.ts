/** Requests as people see them. */
import { maskPhone } from '../../assurance/organizations/rules.ts'
import { clocksOf } from '../../kernel/clock/clock.ts'
import type { ClockView } from '../../kernel/clock/contract.ts'
import type { RequestHead, RequestStep, RequestView } from './request.contract.ts'
import { stateOfRequest } from './request.rules.ts'
import * as store from './request.store.ts'
import type { Context } from './sight.ts'
import type { RequestRow } from './tables.ts'

export async function headsOf(ctx: Context, rows: readonly RequestRow[]): Promise<RequestHead[]> {
  const clocks = await clocksOf(
    ctx,
    rows.map(({ clock }) => clock),
  )
  return rows.map((row) => headOf(row, clocks))
}

function headOf(row: RequestRow, clocks: ReadonlyMap<string, ClockView>): RequestHead {
  const { id, number, entry, entryName, entryCode, provider, providerName, consumer, consumerName, shareType, askedAt, wish } = row
  return {
    ...{ id, number, entry, entryName, entryCode, provider, providerName, consumer, consumerName, shareType, askedAt },
    state: stateOfRequest(row),
    fields: wish.fields.length,
    answeredAt: row.grantedAt ?? row.refusedAt,
    clock: clocks.get(row.clock) ?? null,
  }
}

export async function viewOf(ctx: Context, row: RequestRow): Promise<RequestView> {
  const [head] = await headsOf(ctx, [row])
  const [grant] = await store.grantsOfRequests(ctx.db, [row.id])
  const { wish, entryVersion, filterWords, supplement, refusal } = row
  return {
    ...head!,
    wish: partyTo(ctx, row) ? wish : withoutContacts(wish),
    ...{ entryVersion, filterWords, supplement, refusal },
    grant: grant?.id ?? null,
    steps: await store.stepsOf(ctx.db, row.id),
  }
}

function withoutContacts({ application, ...wish }: RequestRow['wish']): RequestRow['wish'] {
  const hidden = application && { ...application, userPhone: maskPhone(application.userPhone), userEmail: '' }
  return { ...wish, phone: maskPhone(wish.phone), ...(hidden ? { application: hidden } : {}) }
}

/** The contact's telephone is for the two units that have to talk. */
const partyTo = ({ actor }: Context, { provider, consumer }: RequestRow): boolean => actor.unit === provider || actor.unit === consumer

/** Notes who did what with a request, and names it in the ledger. */
export async function noteStep(ctx: Context, request: string, act: RequestStep['act'], note = ''): Promise<void> {
  await store.addStep(ctx.db, { request, at: ctx.now, act, by: ctx.actor.id, byName: ctx.actor.name, note })
  ctx.about('exchange.request', request)
}
