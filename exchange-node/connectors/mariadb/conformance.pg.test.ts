import { testMaria } from '../../testing/mariadb.ts'
import { conformance } from '../testing/conformance.ts'
import { MariaSource } from './source.ts'
import { MariaTarget } from './target.ts'
import { REFUSED_EDGES } from './testing.ts'

const store = testMaria()

conformance('MariaDB by load data', {
  schema: store.database,
  refuses: REFUSED_EDGES,
  source: () => new MariaSource(store.url()),
  target: () => new MariaTarget(store.url(), 'load'),
})
conformance('MariaDB by inserts', {
  schema: store.database,
  refuses: REFUSED_EDGES,
  source: () => new MariaSource(store.url()),
  target: () => new MariaTarget(store.url(), 'insert'),
})
