/** The SQL of this module, on its own tables only. */
import { type ColumnType, type Kysely, type Selectable, sql } from 'kysely'
import type { Id, Moment } from '../../kernel/contract.ts'
import type { ApplicationTables } from './application.store.ts'
import type { NatsPlace, Node, Store, TableInfo } from './contract.ts'
import type { NodeHealth } from './health.contract.ts'
import { stateOf } from './rules.ts'

type Json<T> = ColumnType<T, string | undefined, string>
type NodeTable = {
  id: Id
  unit: Id
  name: string
  tokenHash: Buffer
  tokenExpiresAt: Moment
  sign: string | null
  seal: string | null
  fingerprint: string | null
  gmSign: ColumnType<string | null, string | undefined, string>
  gmSeal: ColumnType<string | null, string | undefined, string>
  gmFingerprint: ColumnType<string | null, string | undefined, string>
  version: string | null
  listen: string | null
  nats: ColumnType<NatsPlace | null, string | null | undefined, string | null>
  stores: Json<Store[]>
  health: ColumnType<NodeHealth | null, undefined, string | null>
  approvers: ColumnType<string[], string[] | undefined>
  clockSkewSeconds: number | null
  lastSeenAt: Moment | null
  madeAt: Moment
  joinedAt: Moment | null
  confirmedAt: Moment | null
  confirmedBy: Id | null
  revokedAt: Moment | null
  revokeReason: string | null
}
export type NodeRow = Selectable<NodeTable>
export type Tables = ApplicationTables & {
  'nodes.node': NodeTable
  'nodes.nonce': { node: Id; nonce: string; expiresAt: Moment }
  'nodes.schemaOrder': { id: Id; node: Id; store: string; askedAt: Moment; askedBy: Id; answeredAt: Moment | null }
  'nodes.schema': { node: Id; store: string; readAt: Moment | null; trouble: string | null; tables: Json<TableInfo[]> }
}
type Db = Kysely<Tables>
type Token = { tokenHash: Buffer; tokenExpiresAt: Moment }

export function asNode(row: NodeRow): Node {
  const { id, unit, name, sign, seal, fingerprint, version, listen, nats, stores, approvers, clockSkewSeconds, lastSeenAt, madeAt, revokedAt } = row
  const { gmSign, gmSeal, gmFingerprint } = row
  const gm = gmSign && gmSeal ? { gm: { sign: gmSign, seal: gmSeal } } : {}
  const identity = sign && seal ? { id, name, sign, seal, ...gm } : null
  const seen = { version, listen, nats, stores, approvers, clockSkewSeconds, lastSeenAt }
  return { id, unit, name, state: stateOf(row), identity, fingerprint, gmFingerprint, ...seen, madeAt, revokedAt }
}

export function nodes(db: Db, unit: Id | undefined): Promise<NodeRow[]> {
  const all = db.selectFrom('nodes.node').selectAll().orderBy('name').orderBy('madeAt')
  return (unit ? all.where('unit', '=', unit) : all).execute()
}

export function node(db: Db, id: Id): Promise<NodeRow | undefined> {
  return db.selectFrom('nodes.node').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Holds the row until the transaction ends. */
export function lock(db: Db, id: Id): Promise<NodeRow | undefined> {
  return db.selectFrom('nodes.node').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** The node that waits for this token, held until the transaction ends. */
export function lockByToken(db: Db, tokenHash: Buffer): Promise<NodeRow | undefined> {
  return db.selectFrom('nodes.node').selectAll().where('tokenHash', '=', tokenHash).forUpdate().executeTakeFirst()
}

export function insert(db: Db, node: Pick<NodeRow, 'id' | 'unit' | 'name' | 'madeAt'> & Token): Promise<NodeRow> {
  return db
    .insertInto('nodes.node')
    .values({ ...node, ...NOT_YET_JOINED })
    .returningAll()
    .executeTakeFirstOrThrow()
}

const NOT_YET_JOINED = {
  ...{ sign: null, seal: null, fingerprint: null, version: null, listen: null, clockSkewSeconds: null, lastSeenAt: null },
  ...{ joinedAt: null, confirmedAt: null, confirmedBy: null, revokedAt: null, revokeReason: null },
}

/** Gives a new token to a node of this name that never joined and whose token has expired; undefined where there is none. */
export function renewToken(db: Db, { unit, name }: Pick<NodeRow, 'unit' | 'name'>, token: Token, now: Moment): Promise<NodeRow | undefined> {
  return db
    .updateTable('nodes.node')
    .set(token)
    .where('unit', '=', unit)
    .where('name', '=', name)
    .where('joinedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .where('tokenExpiresAt', '<=', now)
    .returningAll()
    .executeTakeFirst()
}

type Joined = Pick<NodeRow, 'sign' | 'seal' | 'fingerprint' | 'version' | 'listen' | 'joinedAt' | 'lastSeenAt'>
type Decided = Pick<NodeRow, 'confirmedAt' | 'confirmedBy'> | Pick<NodeRow, 'revokedAt' | 'revokeReason'>
export type GmKeys = { gmSign: string; gmSeal: string; gmFingerprint: string }
export type Change = (Joined & Partial<GmKeys>) | GmKeys | Decided

export function change(db: Db, id: Id, change: Change): Promise<NodeRow> {
  return db.updateTable('nodes.node').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}

export type Beat = Pick<NodeRow, 'version' | 'listen' | 'nats' | 'stores' | 'approvers' | 'clockSkewSeconds' | 'lastSeenAt'> & {
  health?: NodeHealth | undefined
}
export async function recordBeat(db: Db, id: Id, { stores, nats, health, ...beat }: Beat): Promise<void> {
  await db
    .updateTable('nodes.node')
    .set({ ...beat, stores: JSON.stringify(stores), nats: nats && JSON.stringify(nats), health: health ? JSON.stringify(health) : null })
    .where('id', '=', id)
    .execute()
}

/** Whether the nonce is new; then it is kept until it expires. */
export async function rememberNonce(db: Db, nonce: Tables['nodes.nonce']): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('nodes.nonce')
    .values(nonce)
    .onConflict((once) => once.constraint('nonce_once').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function forgetNonces(db: Db, before: Moment): Promise<void> {
  await db.deleteFrom('nodes.nonce').where('expiresAt', '<', before).execute()
}

/** The order that waits for this store: a new one, or the one somebody has asked already. */
export async function orderSchema(db: Db, order: Omit<Tables['nodes.schemaOrder'], 'answeredAt'>): Promise<Id> {
  const { id } = await db
    .insertInto('nodes.schemaOrder')
    .values({ ...order, answeredAt: null })
    .onConflict((once) => once.columns(['node', 'store']).where('answeredAt', 'is', null).doUpdateSet({ store: order.store }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export function waitingOrders(db: Db, node: Id): Promise<{ id: Id; store: string }[]> {
  return db
    .selectFrom('nodes.schemaOrder')
    .select(['id', 'store'])
    .where('node', '=', node)
    .where('answeredAt', 'is', null)
    .orderBy('askedAt')
    .orderBy('id')
    .execute()
}

/** One of the node's orders, held until the transaction ends. */
export function lockOrder(db: Db, id: Id, node: Id): Promise<Selectable<Tables['nodes.schemaOrder']> | undefined> {
  return db.selectFrom('nodes.schemaOrder').selectAll().where('id', '=', id).where('node', '=', node).forUpdate().executeTakeFirst()
}

export async function answerOrder(db: Db, id: Id, now: Moment): Promise<void> {
  await db.updateTable('nodes.schemaOrder').set({ answeredAt: now }).where('id', '=', id).execute()
}

/** Replaces what was read of a store. */
export async function replaceSchema(db: Db, node: Id, store: string, readAt: Moment, read: readonly TableInfo[]): Promise<void> {
  const tables = JSON.stringify(read)
  await db
    .insertInto('nodes.schema')
    .values({ node, store, readAt, trouble: null, tables })
    .onConflict((before) => before.columns(['node', 'store']).doUpdateSet({ readAt, trouble: null, tables }))
    .execute()
}

/** Notes that a read failed; what was read before stays. */
export async function noteTrouble(db: Db, node: Id, store: string, trouble: string): Promise<void> {
  await db
    .insertInto('nodes.schema')
    .values({ node, store, readAt: null, trouble })
    .onConflict((before) => before.columns(['node', 'store']).doUpdateSet({ trouble }))
    .execute()
}

export function schema(db: Db, node: Id, store: string): Promise<Selectable<Tables['nodes.schema']> | undefined> {
  return db.selectFrom('nodes.schema').selectAll().where('node', '=', node).where('store', '=', store).executeTakeFirst()
}

export type TablePlace = { id: Id; store: string; schema: string; table: string }
/** One table of what was read, without fetching the others. */
export async function table(db: Db, { id, store, schema, table }: TablePlace): Promise<{ readAt: Moment; table: TableInfo } | undefined> {
  const { rows } = await sql<{ readAt: Moment; table: TableInfo }>`
    select s.read_at, t.value as "table" from nodes.schema s, jsonb_array_elements(s.tables) t
    where s.node = ${id} and s.store = ${store} and t.value ->> 'schema' = ${schema} and t.value ->> 'table' = ${table} limit 1`.execute(db)
  return rows[0]
}
