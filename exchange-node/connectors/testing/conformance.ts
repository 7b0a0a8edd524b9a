/**
 * What every connector must keep, whatever it is made of. A connector's test calls `conformance` with what it takes to reach its store; the other side is always a real
 * PostgreSQL. A store that is a source as well gives back what it took.
 */
import { randomUUID } from 'node:crypto'
import { duplexPair } from 'node:stream'
import type { Signed } from '@zhenghe/wire/documents.ts'
import { beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, signGrant, whenLanded } from '../../testing/delivery.ts'
import type { SourceConnector, TargetConnector } from '../connector.ts'
import { PostgresSource } from '../postgres/source.ts'
import { PostgresTarget } from '../postgres/target.ts'
import { CREATE, EDGES, FIELDS, FILL } from './every-type.ts'
import { boundTo, differences, type Named, type Rows, rowsOf } from './rows.ts'

export type Store = {
  /** Called when the tests run, each time anew. */
  target: () => TargetConnector
  source?: () => SourceConnector
  /** under which name the source shows what the target calls so */
  sourceName?: (table: string) => string
  /** under which name it shows a column */
  sourceColumn?: (field: string) => string
  /** schema (database, folder, prefix of topics) that tables are made in; «public» by default */
  schema?: string
  /** what the store holds, where its target cannot be asked */
  rows?: (name: Named) => Promise<Rows>
  /** edges (`what` of every-type.ts) that this store cannot hold, and refuses with `target_value` */
  refuses?: readonly string[]
  /** what the store cannot do, as its documents say */
  without?: readonly ('increments' | 'mending')[]
}

const ROWS = 3000

/** Registers the tests of one store. */
export function conformance(name: string, store: Store): void {
  const suite = new Suite(store, testDatabase(), testDatabase())
  describe(`${name} as a target`, () => {
    beforeAll(() => suite.begin())
    loads(suite)
    changes(suite)
    edges(suite)
    if (store.source)
      test('what it holds is read back byte for byte, as a source', async () => {
        await deliver(suite.ends)
        await suite.backAgain(suite.made)
      })
  })
}

class Suite {
  readonly store: Store
  readonly origin: TestDatabase
  readonly #arrival: TestDatabase
  made = ''
  ends!: Ends

  constructor(store: Store, origin: TestDatabase, arrival: TestDatabase) {
    this.store = store
    this.origin = origin
    this.#arrival = arrival
  }

  async begin(): Promise<void> {
    this.made = await this.table(ROWS)
    this.ends = await this.endsOf(this.made)
  }

  /** A table of every type in the PostgreSQL that rows come from. */
  async table(rows: number): Promise<string> {
    const made = `every_${randomUUID().slice(0, 8)}`
    await this.origin.query(CREATE(made))
    if (rows > 0) await this.origin.query(FILL(made, 1, rows))
    await this.origin.query(`analyze ${made}`)
    return made
  }

  /** From PostgreSQL into the store, a fresh connector each time it is asked for. */
  async endsOf(table: string): Promise<Ends> {
    const { schema = 'public' } = this.store
    const grant = await this.#granted(new PostgresSource(this.origin.address), { schema: 'public', table })
    return { source: this.origin.address, target: this.store.target(), grant, schema, table, pagesPerRange: 8 }
  }

  /** How the store's table differs from the one rows came from. */
  async differences(table: string): Promise<string[]> {
    const { schema = 'public', target, rows = (name) => rowsOf(target(), name) } = this.store
    return differences(await rows({ schema, table }), await this.#original(table))
  }

  /** From the store into another PostgreSQL, as a granted delivery; nothing is lost on the way. */
  async backAgain(table: string): Promise<void> {
    const { schema = 'public', source, sourceName = (name) => name, sourceColumn = (name) => name } = this.store
    const from = source!()
    const fields = FIELDS.map((field) => ({ ...field, column: sourceColumn(field.column) }))
    const back = { source: from, target: this.#arrival.address, grant: await this.#granted(from, { schema, table: sourceName(table) }, table, fields), table }
    await deliver(back)
    const arrived = await rowsOf(new PostgresTarget(this.#arrival.address), { schema: 'public', table })
    expect(differences(arrived, await this.#original(table))).toEqual([])
    expect(await compare(back, false)).toMatchObject({ missing: 0, extra: 0, changed: 0 })
  }

  async #granted(from: SourceConnector, at: Named, original = at.table, fields = FIELDS): Promise<Signed> {
    const draft = await draftGrant(this.origin.address, { table: original, fields: FIELDS })
    return signGrant({ ...draft, fields, source: await boundTo(from, at, fields), cursor: 'changed' })
  }

  #original(table: string) {
    return rowsOf(new PostgresTarget(this.origin.address), { schema: 'public', table })
  }
}

/** A line that both ends lose once so many ranges have landed. */
function brokenAfter(ranges: number): Pick<Ends, 'line' | 'sending' | 'receiving'> {
  const line = duplexPair()
  const cut = () => {
    for (const end of line) end.destroy()
  }
  return { line: () => line, ...whenLanded(ranges, cut) }
}

function loads(suite: Suite): void {
  test('every type arrives byte for byte', async () => {
    await deliver(suite.ends)
    expect(await suite.differences(suite.made)).toEqual([])
  })

  test('a second whole load replaces the first', async () => {
    const { origin, made } = suite
    await origin.query(`delete from ${made} where id % 10 = 0`)
    await origin.query(`update ${made} set name = '改名' where id % 10 = 1`)
    await deliver(suite.ends)
    expect(await suite.differences(made)).toEqual([])
  })

  test('a load that was broken off goes on with the ranges that are missing, and ends exact', async () => {
    const delivery = randomUUID()
    await expect(deliver({ ...suite.ends, delivery, ...brokenAfter(2) })).rejects.toMatchObject({ resumable: true })
    await deliver({ ...suite.ends, delivery })
    expect(await suite.differences(suite.made)).toEqual([])
  })

  test('a load that is given up leaves nothing behind', async () => {
    const { store, made } = suite
    const delivery = randomUUID()
    await expect(deliver({ ...suite.ends, delivery, ...brokenAfter(1) })).rejects.toMatchObject({ resumable: true })
    await store.target().discard(delivery)
    const tables = await store.target().tables()
    expect(tables.filter(({ table }) => table.includes(made)).map(({ table }) => table)).toEqual(store.rows ? [] : [made])
  })
}

function changes(suite: Suite): void {
  const { without = [] } = suite.store
  if (!without.includes('increments'))
    test('an increment brings new and changed rows once', async () => {
      const { origin, made } = suite
      await origin.query(FILL(made, ROWS + 1, ROWS + 500))
      await origin.query(`update ${made} set remark = '变更', changed = timestamptz '2027-01-01 00:00:00Z' where id % 7 = 3`)
      await deliver({ ...suite.ends, mode: 'incremental' })
      await deliver({ ...suite.ends, mode: 'incremental' })
      expect(await suite.differences(made)).toEqual([])
    })

  if (!without.includes('mending'))
    test('a comparison finds missing, extra and changed rows, and mends them', async () => {
      const { origin, made, ends } = suite
      await deliver(ends)
      await origin.query(`delete from ${made} where id = 12`)
      await origin.query(`update ${made} set amount = amount + 1 where id = 13`)
      await origin.query(FILL(made, 100_001, 100_001))
      expect(await compare(ends, false)).toMatchObject({ missing: 1, extra: 1, changed: 1, mended: 0 })
      expect(await compare(ends, true)).toMatchObject({ mended: 3 })
      expect(await compare(ends, false)).toMatchObject({ missing: 0, extra: 0, changed: 0 })
    })
}

function edges(suite: Suite): void {
  const refuses = new Set(suite.store.refuses ?? [])
  const held = EDGES.filter(({ what }) => !refuses.has(what))

  test(`${held.length} values at the edges of their types arrive exact`, async () => {
    const edge = await suite.table(held.length)
    for (const [at, { column, sql }] of held.entries()) await suite.origin.query(`update ${edge} set ${column} = ${sql} where id = ${at + 1}`)
    await deliver(await suite.endsOf(edge))
    expect(await suite.differences(edge)).toEqual([])
    if (suite.store.source) await suite.backAgain(edge)
  })

  test.each(EDGES.filter(({ what }) => refuses.has(what)))('$what is refused by name, and the table stays as it was', async ({ column, sql }) => {
    const { origin, made, ends } = suite
    await deliver(ends)
    const [first] = await origin.query<{ id: string }>(`update ${made} set ${column} = ${sql} where id = (select min(id) from ${made}) returning id`)
    await expect(deliver(ends)).rejects.toMatchObject({ code: 'target_value', resumable: false })
    await origin.query(`delete from ${made} where id = ${first!.id}`)
    await deliver(ends)
    expect(await suite.differences(made)).toEqual([])
  })
}
