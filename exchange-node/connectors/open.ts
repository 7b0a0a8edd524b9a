/** Which connector stands behind the address of a store. */

import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Capture, CaptureOptions } from '../capture/capture.ts'
import { discardCapture, PostgresCapture } from '../capture/postgres/capture.ts'
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

/** The changes of a granted table, found to be such as can be followed. The caller ends it. Throws a `Refusal`, or the driver's error. */
export function openCapture({ url }: Store, grant: Grant, options: CaptureOptions): Promise<Capture> {
  return PostgresCapture.prepare(url, grant, options)
}

/** Removes what an ended capture has left at its source. */
export function dropCapture({ url }: Store, delivery: string): Promise<void> {
  return discardCapture(url, delivery)
}

/** What a store is while nobody can ask it. */
export function productOf({ url }: Store): string {
  return isMariaAddress(url) ? 'MariaDB' : 'PostgreSQL'
}
