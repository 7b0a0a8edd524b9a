import type { Logger } from 'pino'
import type { Store } from '../config.ts'
import { isMariaAddress } from '../connectors/mariadb/session.ts'
import type { Gauge } from '../control.ts'
import { explain } from '../refusal.ts'
import { mostKept, sweepSlots } from './postgres/sweep.ts'

const MIB = 1 << 20

/** Gives up the places in the logs of all sources that nobody follows and that keep more than their budget. Never rejects: a source that is away is swept later. */
export async function sweepCaptures(stores: readonly Store[], log: Logger): Promise<void> {
  for (const { id, role, url, walBudgetMiB, overBudget } of stores) {
    if (role !== 'source' || overBudget !== 'drop' || isMariaAddress(url)) continue
    const dropped = await sweepSlots(url, walBudgetMiB * MIB).catch((error: unknown) => {
      log.debug({ store: id }, `not swept: ${explain(error, 'source').message}`)
      return []
    })
    for (const slot of dropped)
      log.warn({ store: id, slot }, `more than ${walBudgetMiB} MiB of log waited for a capture that nobody followed: its place in the log was given up`)
  }
}

/** Sources that keep their log whether or not anybody follows it have nothing to sweep and no such gauge. How much of its budget the capture has used that keeps most of a source's log; nothing where none keeps any, or the source does not say. */
export async function captureGauges({ role, url, walBudgetMiB }: Store): Promise<Gauge[]> {
  if (role !== 'source' || isMariaAddress(url)) return []
  const kept = await mostKept(url).catch(() => null)
  const label = { zh: '捕获变更保留的日志', en: 'Log kept for change capture' }
  return kept === null ? [] : [{ name: 'capture_wal', label, value: Math.max(kept, 0), limit: walBudgetMiB * MIB, unit: 'bytes' }]
}
