import { createHash } from 'node:crypto'
import { canonical } from '@zhenghe/wire/canonical.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { significant } from '../../kernel/rights.ts'
import { refusals } from './contract.ts'
import type { ListRow, listEndpoints } from './list.contract.ts'
import { csvOf, facetsOf, fileName, narrowed } from './list.rules.ts'
import * as store from './list.store.ts'
import { ownUnit } from './sight.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)
type Endpoints = Pick<typeof listEndpoints, 'list' | 'exported' | 'editions' | 'edition' | 'publish'>

export const listActions: Actions<Endpoints, Tables> = {
  async list(ctx, { list, offset, limit, ...filter }) {
    const all = await store.rowsOf(ctx.db, list, ctx.today)
    const found = narrowed(all, filter)
    return { total: found.length, rows: found.slice(offset, offset + limit), ...facetsOf(all, filter) }
  },

  async exported(ctx, { list, ...filter }) {
    const rows = narrowed(await store.rowsOf(ctx.db, list, ctx.today), filter)
    return { name: fileName(list, ctx.today), csv: csvOf(list, rows), rows: rows.length }
  },

  editions: ({ db }, { list }) => store.editionsOf(db, list),

  async edition(ctx, { id }) {
    return (await store.findEdition(ctx.db, id)) ?? refuse('demand.unknown')
  },

  async publish(ctx, { list, note }) {
    const unit = await ownUnit(ctx, 'demand.analyse')
    const division = significant(unit.division)
    const last = await store.lastEdition(ctx.db, list, division)
    const placed = await store.rowsOf(ctx.db, list, ctx.today)
    const rows = placed.filter((row) => row.division.startsWith(division)).map(({ division: _, ...row }): ListRow => row)
    const digest = createHash('sha256').update(canonical(rows)).digest('hex')
    if (last?.digest === digest) refuse('demand.unchanged')
    const edition = await store.insertEdition(ctx.db, {
      ...{ id: ctx.newId(), list, division, number: (last?.number ?? 0) + 1, publishedAt: ctx.now, publishedByName: ctx.actor.name, note },
      ...{ rows: JSON.stringify(rows), rowCount: rows.length, digest },
    })
    ctx.about('demand.edition', edition.id, { list, number: edition.number, digest })
    return edition
  },
}
