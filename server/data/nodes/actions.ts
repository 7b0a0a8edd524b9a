import type { GmIdentity } from '@zhenghe/wire/documents.ts'
import { fingerprint } from '@zhenghe/wire/keys.ts'
import { sm2Text } from '@zhenghe/wire/signed.ts'
import { isSm2Public } from '@zhenghe/wire/sm2.ts'
import { contract as organizations, type Unit } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions, Ctx } from '../../kernel/module.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { applicationActions } from './application.actions.ts'
import { type contract, NodeJoined, NodeRevoked, refusals, SchemaOrdered } from './contract.ts'
import { prepareNode, sha256 } from './enrolment.ts'
import { type acts, allows, joining, sameFingerprint, skewSeconds, stateOf } from './rules.ts'
import * as store from './store.ts'

const refuse = refuser(refusals)
type Context = Ctx<store.Tables>

export const actions: Actions<typeof contract, store.Tables> = {
  ...applicationActions,

  async nodes(ctx, { unit }) {
    const rows = await store.nodes(ctx.db, unit)
    const units = await unitsOf(ctx, rows)
    return rows.map((row) => ({ ...store.asNode(row), unitName: nameOf(units, row) })).sort((a, b) => a.unitName.localeCompare(b.unitName, 'zh'))
  },

  async node(ctx, { id }) {
    const row = (await store.node(ctx.db, id)) ?? refuse('nodes.unknown')
    return { ...store.asNode(row), unitName: nameOf(await unitsOf(ctx, [row]), row) }
  },

  async enrol(ctx, { unit, name }) {
    await demand(ctx, 'nodes.operate', unit)
    const { row, token } = await prepareNode(ctx, { unit, name })
    return { node: store.asNode(row), token }
  },

  async join(ctx, { token, gm, ...shown }) {
    const row = (await store.lockByToken(ctx.db, sha256(token))) ?? refuse('nodes.bad_token')
    const which = joining(row, shown, ctx.now) ?? refuse('nodes.bad_token')
    const { unit, id, name } = row
    ctx.about('nodes.node', id, { fingerprint: fingerprint(shown.sign) })
    if (which === 'first') {
      await store.change(ctx.db, id, { ...shown, ...(gm ? gmColumns(gm) : {}), fingerprint: fingerprint(shown.sign), joinedAt: ctx.now, lastSeenAt: ctx.now })
      await putTodo(ctx, { kind: 'nodes.confirm', subject: id, to: { unit, right: 'nodes.operate' }, params: { name } })
      ctx.emit(NodeJoined, { node: id, unit })
    }
    const { uscc, name: unitName } = (await unitsOf(ctx, [row])).get(unit) ?? refuse('nodes.bad_token')
    return { node: id, name, unit: { uscc, name: unitName }, serverTime: ctx.now }
  },

  async confirm(ctx, { id, fingerprint: compared }) {
    const row = await held(ctx, id, 'confirm')
    if (!sameFingerprint(compared, row.fingerprint ?? '')) refuse('nodes.fingerprint_differs')
    await doneTodo(ctx, id, 'nodes.confirm')
    return store.asNode(await store.change(ctx.db, id, { confirmedAt: ctx.now, confirmedBy: ctx.actor.id }))
  },

  async revoke(ctx, { id, reason }) {
    const { unit } = await held(ctx, id, 'revoke')
    await doneTodo(ctx, id)
    ctx.emit(NodeRevoked, { node: id, unit, reason })
    return store.asNode(await store.change(ctx.db, id, { revokedAt: ctx.now, revokeReason: reason }))
  },

  async readSchema(ctx, { id, store: name }) {
    const row = (await store.node(ctx.db, id)) ?? refuse('nodes.unknown')
    await demand(ctx, 'nodes.read_schema', row.unit)
    requireState(row, 'readSchema')
    if (!row.stores.some((one) => one.id === name)) refuse('nodes.unknown')
    const order = await store.orderSchema(ctx.db, { id: ctx.newId(), node: id, store: name, askedAt: ctx.now, askedBy: ctx.actor.id })
    ctx.about('nodes.node', id)
    ctx.emit(SchemaOrdered, { node: id, order })
    return { order }
  },

  async schema(ctx, { id, store: name }) {
    const row = await readable(ctx, id)
    const read = await store.schema(ctx.db, id, name)
    if (!read && !row.stores.some((one) => one.id === name)) refuse('nodes.unknown')
    const pending = (await store.waitingOrders(ctx.db, id)).some((order) => order.store === name)
    return { readAt: read?.readAt ?? null, pending, trouble: read?.trouble ?? null, tables: read?.tables ?? [] }
  },

  async table(ctx, place) {
    await readable(ctx, place.id)
    return (await store.table(ctx.db, place)) ?? refuse('nodes.unknown')
  },

  async beat({ db, actor, now }, { clock, ...beat }) {
    await store.recordBeat(db, actor.id, { ...beat, clockSkewSeconds: skewSeconds(clock, now), lastSeenAt: now })
    const row = (await store.node(db, actor.id)) ?? refuse('nodes.unknown')
    return { serverTime: now, gm: row.gmFingerprint }
  },

  async showGmKeys(ctx, { gm }) {
    const row = (await store.lock(ctx.db, ctx.actor.id)) ?? refuse('nodes.unknown')
    const shown = gmColumns(gm)
    ctx.about('nodes.node', row.id, { gmFingerprint: shown.gmFingerprint })
    const known = row.gmSign !== null
    if (known && (row.gmSign !== shown.gmSign || row.gmSeal !== shown.gmSeal)) refuse('nodes.gm_keys_differ')
    if (!known) await store.change(ctx.db, row.id, shown)
    return { fingerprint: shown.gmFingerprint }
  },

  schemaOrders: ({ db, actor }) => store.waitingOrders(db, actor.id),

  async schemaRead(ctx, { order: id, tables, trouble }) {
    const order = (await store.lockOrder(ctx.db, id, ctx.actor.id)) ?? refuse('nodes.unknown')
    ctx.about('nodes.node', order.node, { store: order.store, tables: tables.length })
    if (order.answeredAt) return {}
    await store.answerOrder(ctx.db, id, ctx.now)
    if (trouble) await store.noteTrouble(ctx.db, order.node, order.store, trouble)
    else await store.replaceSchema(ctx.db, order.node, order.store, ctx.now, tables)
    return {}
  },
}

/** Refuses `nodes.bad_gm_keys` where a key is no point of the curve. */
function gmColumns({ sign, seal }: GmIdentity): store.GmKeys {
  if (!isSm2Public(sign) || !isSm2Public(seal)) refuse('nodes.bad_gm_keys')
  return { gmSign: sign, gmSeal: seal, gmFingerprint: fingerprint(sm2Text(sign)) }
}

async function unitsOf(ctx: Context, rows: readonly { unit: Id }[]): Promise<ReadonlyMap<Id, Unit>> {
  const units = await ctx.ask(organizations.unitsById, { ids: [...new Set(rows.map(({ unit }) => unit))] })
  return new Map(units.map((unit) => [unit.id, unit]))
}

const nameOf = (units: ReadonlyMap<Id, Unit>, { unit }: { unit: Id }): string => units.get(unit)?.name ?? ''

async function mayIn(ctx: Context, right: string, unit: Id): Promise<boolean> {
  const known = (await unitsOf(ctx, [{ unit }])).get(unit) ?? refuse('nodes.unknown')
  return ctx.may(right, { unit, division: known.division })
}

async function demand(ctx: Context, right: string, unit: Id): Promise<void> {
  if (!(await mayIn(ctx, right, unit))) throw new Refusal('kernel.forbidden', { right })
}

function requireState(row: store.NodeRow, act: keyof typeof acts): void {
  const state = stateOf(row)
  if (!allows(state, act)) refuse('nodes.wrong_state', { state })
}

/** The locked row of a node that the caller operates and whose state allows the act. */
async function held(ctx: Context, id: Id, act: keyof typeof acts): Promise<store.NodeRow> {
  const row = (await store.lock(ctx.db, id)) ?? refuse('nodes.unknown')
  await demand(ctx, 'nodes.operate', row.unit)
  requireState(row, act)
  ctx.about('nodes.node', id)
  return row
}

/** A node whose schemas the caller may read; to others it is unknown. */
async function readable(ctx: Context, id: Id): Promise<store.NodeRow> {
  const row = (await store.node(ctx.db, id)) ?? refuse('nodes.unknown')
  return (await mayIn(ctx, 'nodes.read_schema', row.unit)) ? row : refuse('nodes.unknown')
}
