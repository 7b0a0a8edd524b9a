import type { Id } from '../../kernel/contract.ts'
import { doneTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import type { QuarantineRow, quarantineEndpoints } from './quarantine.contract.ts'
import * as store from './quarantine.store.ts'
import type { Context } from './sight.ts'
import type { QuarantineRowInTable, Tables } from './tables.ts'

const refuse = refuser(refusals)

export const quarantineActions: Actions<typeof quarantineEndpoints, Tables> = {
  async quarantine(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, units: providersOf(ctx) }
    const rows = await store.quarantinePage(ctx.db, filter, after ? decodeCursor<[string]>(after)[0] : undefined, limit + 1)
    const reasons = await store.reasonsOf(ctx.db, filter)
    const total = reasons.reduce((sum, reason) => sum + reason.rows, 0)
    const page = pageFrom(rows, limit, total, ({ id }) => [id])
    return { ...page, items: page.items.map(asRow), reasons, unlisted: await store.unlisted(ctx.db, filter) }
  },

  async quarantinedRow(ctx, { id }) {
    return asRow((await store.quarantinedRow(ctx.db, id, providersOf(ctx))) ?? refuse('exchange.unknown'))
  },

  async settleQuarantine(ctx, { ids, state, note }) {
    const deliveries = await store.settleRows(ctx.db, { ids, units: providersOf(ctx), state, note, by: ctx.actor.id, at: ctx.now })
    const touched = [...new Set(deliveries)]
    for (const id of touched) ctx.about('exchange.delivery', id)
    for (const id of await store.settledDeliveries(ctx.db, touched)) await doneTodo(ctx, id, 'exchange.quarantine')
    return { settled: deliveries.length }
  },
}

/** The units whose own quarantine the caller handles: nobody handles that of a whole division, a right that holds everywhere means the own unit. */
export function providersOf({ reach, actor }: Context): readonly Id[] {
  const mine = reach('exchange.quarantine')
  if (mine !== 'everywhere') return mine.units
  return actor.unit ? [actor.unit] : []
}

function asRow(row: QuarantineRowInTable): QuarantineRow {
  const { id, delivery, entry, entryName, rowKey, field, rule, value, at, note } = row
  const settled = row.dismissedAt ? 'dismissed' : 'open'
  return { id, delivery, entry, entryName, rowKey, field, rule, value, at, note, state: row.mendedAt ? 'mended' : settled }
}
