/** Nodes as the exchange needs them: active, with their keys. */
import type { NodeIdentity } from '@zhenghe/wire/documents.ts'
import type { Id } from '../../kernel/contract.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as nodes, type Store } from '../nodes/contract.ts'
import { refusals } from './contract.ts'
import type { Context } from './sight.ts'

const refuse = refuser(refusals)
export type ActiveNode = { id: Id; identity: NodeIdentity; stores: readonly Store[] }

/** The unit's own node of this id; refuses `exchange.no_node` where it has no such node or the node is not active. */
export async function activeNodeOf(ctx: Context, id: Id, unit: Id): Promise<ActiveNode> {
  const found = (await ctx.ask(nodes.nodes, { unit })).find((node) => node.id === id)
  return found?.state === 'active' && found.identity ? { id, identity: found.identity, stores: found.stores } : refuse('exchange.no_node')
}

/** Refuses `exchange.no_capture` unless the node tells that it can follow the changes of this source. */
export async function demandCaptures(ctx: Context, node: Id, store: string): Promise<void> {
  if (!(await mayCapture(ctx, node, store))) refuse('exchange.no_capture')
}

/** Whether the node tells that it can follow the changes of this source. */
export async function mayCapture(ctx: Context, node: Id, store: string): Promise<boolean> {
  const found = (await ctx.ask(nodes.nodes, {})).find(({ id }) => id === node)
  return found?.stores.some(({ id, role, captures }) => id === store && role === 'source' && captures) ?? false
}

/** When a source may be read, as its node last told; null where at any time. */
export async function sourceHours(ctx: Context, node: Id, store: string): Promise<NonNullable<Store['hours']> | null> {
  const found = (await ctx.ask(nodes.nodes, {})).find(({ id }) => id === node)
  return found?.stores.find(({ id, role }) => id === store && role === 'source')?.hours ?? null
}

/** Refuses `exchange.no_node` unless every one of these nodes is active. */
export async function demandActive(ctx: Context, ids: readonly Id[]): Promise<void> {
  const known = new Map((await ctx.ask(nodes.nodes, {})).map(({ id, state }) => [id, state]))
  if (ids.some((id) => known.get(id) !== 'active')) refuse('exchange.no_node')
}
