/** The shared core of the SQL connectors on a database that runs here; what is each database's own is proven beside it. */
import { testDatabase } from '../../testing/databases.ts'
import { conformance } from '../testing/conformance.ts'
import { SqlSource } from './source.ts'
import { SqlTarget } from './target.ts'
import { PlainPostgres, type Quirks } from './testing/plain-postgres.ts'

const store = testDatabase()
/** Decimals of 38 digits, floats without a sign of zero, the years 1 to 9999. */
const refuses = [
  'a numeric of 120 digits',
  'a numeric that is no number',
  'an infinite numeric',
  'minus zero',
  'a year before Christ',
  'the year 12026',
  'an infinite date',
  'an infinite moment',
]

function proven(name: string, quirks: Quirks): void {
  conformance(name, {
    refuses,
    source: () => new SqlSource(new PlainPostgres(store.address, quirks)),
    target: () => new SqlTarget(new PlainPostgres(store.address, quirks)),
    ...(quirks.capitals ? { sourceColumn: (name: string) => name.toUpperCase() } : {}),
  })
}

proven('A database that changes tables in a transaction', {})
proven('A database that commits at every change of a table and takes empty texts for nulls', { commits: true, empties: true, capitals: true })
proven('A database whose readers each see another moment', { moments: true })
