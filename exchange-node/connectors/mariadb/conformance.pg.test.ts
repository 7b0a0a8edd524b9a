import { testMaria } from '../../testing/mariadb.ts'
import { conformance } from '../testing/conformance.ts'
import { MariaSource } from './source.ts'
import { MariaTarget } from './target.ts'

const store = testMaria()

/** DECIMAL has 65 places and no names; dates end with the years 1 and 9999; floats are numbers, and zero has no sign. */
const refuses = [
  'a numeric of 120 digits',
  'a numeric that is no number',
  'an infinite numeric',
  'a float that is no number',
  'an infinite float',
  'minus zero',
  'a year before Christ',
  'the year 12026',
  'an infinite date',
  'an infinite moment',
]

conformance('MariaDB by load data', {
  schema: store.database,
  refuses,
  source: () => new MariaSource(store.url()),
  target: () => new MariaTarget(store.url(), 'load'),
})
conformance('MariaDB by inserts', {
  schema: store.database,
  refuses,
  source: () => new MariaSource(store.url()),
  target: () => new MariaTarget(store.url(), 'insert'),
})
