/** Which connector stands behind the address of a store. */
import type { Store } from '../config.ts'
import type { SourceConnector, TargetConnector } from './connector.ts'
import { PostgresSource } from './postgres/source.ts'
import { PostgresTarget } from './postgres/target.ts'

export function openSource({ url }: Store): SourceConnector {
  return new PostgresSource(url)
}

export function openTarget({ url }: Store): TargetConnector {
  return new PostgresTarget(url)
}

/** What a store is while nobody can ask it. */
export function productOf(_store: Store): string {
  return 'PostgreSQL'
}
