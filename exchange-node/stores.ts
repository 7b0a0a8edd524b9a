/** The databases behind this node, as the platform may know them: never an address, never a password. */
import { captureGauges } from './capture/sweep.ts'
import type { Store } from './config.ts'
import { openSource, openTarget, productOf } from './connectors/open.ts'
import type { StoreReport } from './control.ts'
import { hoursOf } from './hours.ts'
import { explain, Refusal, refusal } from './refusal.ts'
import { type SourceTable, shapeOf } from './source/schema.ts'

const LONGEST_TROUBLE = 500
const MOST_TABLES = 2000
/** The platform takes 4 MiB. */
const MOST_BYTES = 3_500_000
const NARROW = 'name the schemas to show in «schemas» of this store in the configuration of the node'
const KIND = { source: 'source_missing', target: 'target_missing' } as const

/** Refuses `source_missing` or `target_missing` where the configuration has no such store. */
export function storeOf(stores: readonly Store[], role: Store['role'], id: string): Store {
  const found = stores.find((store) => store.id === id && store.role === role)
  if (found) return found
  throw refusal(KIND[role], `this node has no ${role} called «${id}»: add it to the configuration of the node, or order by another name`)
}

function connectorOf(store: Store) {
  return store.role === 'source' ? openSource(store) : openTarget(store)
}

/** Whether a database answers, and what it is. Never rejects. */
export async function lookAt(store: Store): Promise<StoreReport> {
  const { id, role } = store
  const told = hoursOf(store)?.report()
  const hours = told ? { hours: told } : {}
  try {
    const look = await connectorOf(store).look()
    const gauges = look.captures ? await captureGauges(store) : []
    return { id, role, ...look, reachable: true, ...(gauges.length > 0 ? { gauges } : {}), ...hours }
  } catch (error) {
    const trouble = explain(error, role).message.slice(0, LONGEST_TROUBLE)
    return { id, role, product: productOf(store), database: '', reachable: false, trouble, ...hours }
  }
}

/** A table as the platform's catalogue takes it. `canonical` is the wire type, `length` the characters that fit: 18 of `character varying(18)`. */
export type TableInfo = {
  schema: string
  table: string
  comment: string
  rows: number
  bytes: number
  shape: string
  columns: { name: string; type: string; canonical: string; nullable: boolean; key: boolean; length: number | null; comment: string }[]
}

/** The tables and views of a store, of its named schemas where it names some. Throws a `Refusal`. */
export async function readStore(store: Store): Promise<TableInfo[]> {
  const { schemas, role } = store
  try {
    const shown = (await connectorOf(store).tables()).filter(({ schema }) => !schemas || schemas.includes(schema)).map(tableInfo)
    if (shown.length > MOST_TABLES || JSON.stringify(shown).length > MOST_BYTES)
      throw new Refusal('schema_too_large', `the database shows ${shown.length} tables, more than the catalogue takes at once: ${NARROW}`, false)
    return shown
  } catch (error) {
    throw explain(error, role)
  }
}

function tableInfo({ schema, table, comment, estimatedRows, bytes, columns }: SourceTable): TableInfo {
  return {
    ...{ schema, table, bytes, comment: comment ?? '', rows: Math.round(estimatedRows), shape: shapeOf(columns) },
    columns: columns.map(({ column, dbType, type, nullable, key, comment: words }) => ({
      ...{ name: column, type: dbType, canonical: type, nullable, key, length: lengthOf(dbType), comment: words ?? '' },
    })),
  }
}

function lengthOf(dbType: string): number | null {
  const [, length] = /^(?:character varying|character|varchar|char|bit|bit varying)\((\d+)\)/.exec(dbType) ?? []
  return length ? Number(length) : null
}
