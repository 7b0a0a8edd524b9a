import type { Id } from '../../kernel/contract.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as nodes } from '../nodes/contract.ts'
import type { ApiView } from './api.contract.ts'
import * as store from './api.store.ts'
import { refusals } from './contract.ts'
import { gatewayOf } from './endpoint/gateway.ts'
import { offerOf } from './offer.ts'
import { stateOfVersion } from './rules.ts'
import type { Context } from './sight.ts'

const refuse = refuser(refusals)

/** An interface as whoever asks may see it: drafts to its publishers alone. Refuses `gateway.unknown`. */
export async function viewOfApi(ctx: Context, id: Id): Promise<ApiView> {
  const [head] = await store.apiPage(ctx.db, { text: '', id }, undefined, 1)
  const api = await store.findApi(ctx.db, id)
  if (!head || !api) return refuse('gateway.unknown')
  const publisher = ctx.may('gateway.publish', { unit: api.provider, division: api.providerDivision }) || api.provider === ctx.actor.unit
  const rows = (await store.versions(ctx.db, id)).filter(({ publishedAt }) => publishedAt || publisher)
  const newest = rows[0]
  if (!newest) return refuse('gateway.unknown')
  const { breakers, tunnels } = ctx.local(gatewayOf)
  const { definition } = newest
  const upstream = definition.kind === 'registered' ? await store.upstream(ctx.db, definition.upstream) : undefined
  const offer = definition.kind === 'generated' ? await offerOf(ctx, definition.entry).catch(() => undefined) : undefined
  const node = offer && (await ctx.ask(nodes.nodes, {})).find((one) => one.id === offer.binding.node)
  const shown = upstream && { ...upstream, baseUrl: publisher ? upstream.baseUrl : '' }
  return {
    ...head,
    draft: head.draft && publisher,
    versions: rows.map((row) => ({
      ...{ n: row.n, state: stateOfVersion(row), definition: row.definition, madeAt: row.madeAt, publishedAt: row.publishedAt },
      ...{ deprecation: row.deprecation, withdrawal: row.withdrawal, breaker: breakers.view(id, row.n, new Date(ctx.now)) },
    })),
    upstream: shown ?? null,
    node: node?.identity ? { id: node.id, name: node.name, sign: node.identity.sign, connected: tunnels.connected(node.id) } : null,
    titles: Object.fromEntries(offer?.content.items.map(({ column, name }) => [column, name]) ?? []),
    keys: offer?.binding.keys ?? [],
  }
}
