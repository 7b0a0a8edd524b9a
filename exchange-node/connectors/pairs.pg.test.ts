/** Every kind of store into every kind of store: the table of every type arrives bit by bit, and what the target cannot hold is refused by name. Another kind is one more line of STORES. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Grant, Signed } from '@zhenghe/wire/documents.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { deliver, draftGrant, type Outcome, signGrant } from '../testing/delivery.ts'
import { testMaria } from '../testing/mariadb.ts'
import { Folder } from './files/folder.ts'
import { FileSource } from './files/source.ts'
import { FileTarget } from './files/target.ts'
import { MariaSource } from './mariadb/source.ts'
import { MariaTarget } from './mariadb/target.ts'
import { REFUSED_EDGES } from './mariadb/testing.ts'
import { PostgresSource } from './postgres/source.ts'
import { PostgresTarget } from './postgres/target.ts'
import { SqliteSource } from './sqlite/source.ts'
import { SqliteTarget } from './sqlite/target.ts'
import type { Store } from './testing/conformance.ts'
import { CREATE, EDGES, FIELDS, FILL } from './testing/every-type.ts'
import { boundTo, differences, type Rows, rowsOf } from './testing/rows.ts'

const root = mkdtempSync(path.join(tmpdir(), 'pairs-'))
const origin = testDatabase()
const maria = testMaria()
afterAll(() => rmSync(root, { recursive: true, force: true }))

const sqlite = path.join(root, 'register.db')
const folder = () => new Folder(root)
const files = (format: 'csv' | 'jsonl'): Store => ({
  ...{ schema: format, sourceName: (table) => `${table}.${format}` },
  ...{ source: () => new FileSource(folder), target: () => new FileTarget(folder, format) },
})
const STORES: Readonly<Record<string, Store>> = {
  PostgreSQL: { source: () => new PostgresSource(origin.address), target: () => new PostgresTarget(origin.address) },
  MariaDB: { schema: maria.database, refuses: REFUSED_EDGES, source: () => new MariaSource(maria.url()), target: () => new MariaTarget(maria.url()) },
  SQLite: { schema: 'main', refuses: ['minus zero'], source: () => new SqliteSource(sqlite), target: () => new SqliteTarget(sqlite) },
  CSV: files('csv'),
  'JSON Lines': files('jsonl'),
}

const ROWS = 200
const [EVERY, EDGE] = ['every', 'edge']
type Named = { name: string; store: Store }
const ALL: Named[] = Object.entries(STORES).map(([name, store]) => ({ name, store }))
const SOURCES = ALL.filter(({ store }) => store.source)
const holds = ({ store }: Named, what: string) => !(store.refuses ?? []).includes(what)
/** The row of an edge has its number as key. */
const numbered = EDGES.map(({ what }, at) => ({ what, id: String(at + 1) }))
const only = (ids: readonly string[]): Pick<Grant, 'filter'> => ({ filter: { op: 'in', field: 'id', values: [...ids] } })

/** The tables stand in PostgreSQL under these names, in every other store under names of their own, so that nothing is in its own way. */
const tableOf = (name: string, table: string) => (name === 'PostgreSQL' ? table : `${table}_held`)

/** Bound once: a store of files looks into all of them to do so. */
const bound = new Map<string, Promise<Grant['source']>>()

async function granted({ name, store }: Named, table: string, more: Partial<Grant> = {}): Promise<Signed> {
  const { schema = 'public', source, sourceName = (one) => one } = store
  const binding = bound.get(`${name} ${table}`) ?? boundTo(source!(), { schema, table: sourceName(tableOf(name, table)) })
  bound.set(`${name} ${table}`, binding)
  return signGrant({ ...(await draftGrant(origin.address, { table, fields: FIELDS })), ...more, source: await binding })
}

async function carry(from: Named, to: Named, table: string, into: string, more?: Partial<Grant>): Promise<Outcome> {
  const { schema = 'public', target } = to.store
  return deliver({ source: from.store.source!(), target: target(), grant: await granted(from, table, more), schema, table: into })
}

const arrived = ({ store: { schema = 'public', target } }: Named, table: string) => rowsOf(target(), { schema, table })
let original: Record<string, Rows>

beforeAll(async () => {
  await origin.query(`${CREATE(EVERY)}; ${CREATE(EDGE)}`)
  await origin.query(`${FILL(EVERY, 1, ROWS)}; ${FILL(EDGE, 1, EDGES.length)}; analyze`)
  for (const [at, { column, sql }] of EDGES.entries()) await origin.query(`update ${EDGE} set ${column} = ${sql} where id = ${at + 1}`)
  const postgres = ALL[0]!
  original = { [EVERY]: await arrived(postgres, EVERY), [EDGE]: await arrived(postgres, EDGE) }
  for (const store of SOURCES.slice(1)) {
    await carry(postgres, store, EVERY, tableOf(store.name, EVERY))
    await carry(postgres, store, EDGE, tableOf(store.name, EDGE), only(numbered.filter(({ what }) => holds(store, what)).map(({ id }) => id)))
  }
  for (const store of SOURCES) for (const table of [EVERY, EDGE]) await granted(store, table)
}, 60_000)

const subset = (rows: Rows, ids: readonly string[]): Rows => new Map([...rows].filter(([id]) => ids.includes(id)))

describe.each(SOURCES)('from $name', (from) => {
  const file = from.name.toLowerCase().replaceAll(' ', '_')

  test.each(ALL)('into $name: every type and every value both can hold arrive bit by bit', async (to) => {
    await carry(from, to, EVERY, `from_${file}`)
    expect(differences(await arrived(to, `from_${file}`), original[EVERY]!)).toEqual([])
    const both = numbered.filter(({ what }) => holds(from, what) && holds(to, what)).map(({ id }) => id)
    await carry(from, to, EDGE, `edge_from_${file}`, only(both))
    expect(differences(await arrived(to, `edge_from_${file}`), subset(original[EDGE]!, both))).toEqual([])
  })

  const refused = ALL.flatMap((to) => numbered.filter(({ what }) => holds(from, what) && !holds(to, what)).map((edge) => ({ to, into: to.name, ...edge })))
  test.each(refused)('into $into: $what is refused by name, and nothing of it arrives', async ({ to, id }) => {
    await expect(carry(from, to, EDGE, `refused_${file}`, only([id]))).rejects.toMatchObject({ code: 'target_value', resumable: false })
    expect((await to.store.target().tables()).filter(({ table }) => table.includes(`refused_${file}`))).toEqual([])
  })
})
