import { testDatabase } from '../../testing/databases.ts'
import { conformance } from '../testing/conformance.ts'
import { PostgresSource } from './source.ts'
import { PostgresTarget } from './target.ts'

const store = testDatabase()

conformance('PostgreSQL', { source: () => new PostgresSource(store.address), target: () => new PostgresTarget(store.address) })
