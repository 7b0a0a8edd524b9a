/** Which connector stands behind the address of a store. */
import type { Store } from '../config.ts'
import type { SourceConnector, TargetConnector } from './connector.ts'
import { isMariaAddress } from './mariadb/session.ts'
import { MariaSource } from './mariadb/source.ts'
import { MariaTarget } from './mariadb/target.ts'
import { PostgresSource } from './postgres/source.ts'
import { PostgresTarget } from './postgres/target.ts'

export function openSource({ url }: Store): SourceConnector {
  return isMariaAddress(url) ? new MariaSource(url) : new PostgresSource(url)
}

export function openTarget({ url }: Store): TargetConnector {
  return isMariaAddress(url) ? new MariaTarget(url) : new PostgresTarget(url)
}

/** What a store is while nobody can ask it. */
export function productOf({ url }: Store): string {
  return isMariaAddress(url) ? 'MariaDB' : 'PostgreSQL'
}
