/**
 * PostgreSQL hands a transaction on to its log's readers an instant before other sessions see it, and while it waits for a synchronous standby for as long as that takes. Whoever
 * looks at a row because of what the log told must not look earlier.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { one } from '../../pg/connect.ts'
import { refusal } from '../../refusal.ts'

const AGAIN_MS = 2
/** $1 is the lower half of a transaction's number: below the end of the snapshot, and none of those that are under way in it. */
const VISIBLE = `select (mod(pg_snapshot_xmax(s)::text::numeric - $1::int8 + 4294967296, 4294967296) between 1 and 2147483647)
    and not exists (select from pg_snapshot_xip(s) x where mod(x::text::numeric, 4294967296) = $1::int8) as visible
  from pg_current_snapshot() s`

export class Visibility {
  /** of the transaction whose changes are read */
  #transaction = 0
  #seen = 0

  begun(transaction: number): void {
    this.#transaction = transaction
  }

  /** Resolves when a statement of any session sees the transaction. Refuses `database_busy` where that takes too long. */
  async wait(client: pg.Client, patienceMs: number): Promise<void> {
    const began = performance.now()
    while (this.#seen !== this.#transaction) {
      const { visible } = await one<{ visible: boolean }>(client, VISIBLE, [this.#transaction])
      if (visible) this.#seen = this.#transaction
      else if (performance.now() - began > patienceMs)
        throw refusal(
          'database_busy',
          'source: a committed transaction waits for a standby, and its rows cannot be seen before: look after synchronous_standby_names',
        )
      else await pause(AGAIN_MS)
    }
  }
}
