/**
 * A moment of the source that a running capture can be brought to exactly: a temporary slot names the place in the log before which everything is seen and behind which nothing is.
 * The slot is gone when the moment is held, so that a comparison of hours keeps no log.
 */
import { randomUUID } from 'node:crypto'
import type { Grant } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { type Address, connect, one, withClient } from '../../pg/connect.ts'
import { identifier, literal, text } from '../../pg/sql.ts'
import { tableOf } from '../../source/select.ts'
import { Reader, type SnapshotFacts } from '../../source/snapshot.ts'
import { connectReplication } from './replication.ts'
import { createSlot, identify } from './slot.ts'

/** The capture stands still meanwhile, so transactions that stay open longer than this are not waited for. */
const PATIENCE_MS = 3000

/** Read by the connection that holds it alone: another would wait behind whoever waits to empty the table. */
export class HeldMoment {
  readonly facts: SnapshotFacts
  readonly #holder: pg.Client

  constructor(holder: pg.Client, facts: SnapshotFacts) {
    this.#holder = holder
    this.facts = facts
  }

  /** One at a time. */
  async reader(): Promise<Reader> {
    return new LentReader(this.#holder, undefined)
  }

  async end(): Promise<void> {
    await this.#holder.end().catch(() => undefined)
  }
}

class LentReader extends Reader {
  override async end(): Promise<void> {}
}

type Wanted = { address: Address; grant: Grant; role: string; slot: string; statementTimeoutMs: number }

/** Undefined where the table was emptied or rewritten in between, which a snapshot does not see as it was. Refuses `database_busy`. */
export async function holdMoment({ address, grant, role, slot, statementTimeoutMs }: Wanted): Promise<HeldMoment | undefined> {
  const keeper = await connectReplication(address)
  const name = `${slot}_${randomUUID().slice(0, 8)}`
  try {
    const { system } = await identify(keeper)
    const { created, exported } = await createSlot(keeper, name, PATIENCE_MS, 'temporary').catch(async (error: unknown) => {
      await giveUp(address, name)
      throw error
    })
    const holder = await connect(address, 'capture moment')
    try {
      await holder.query(
        `set idle_in_transaction_session_timeout = 0; begin isolation level repeatable read read only; set transaction snapshot ${text(exported)}`,
      )
      await holder.query(`set local lock_timeout = ${PATIENCE_MS}; lock table ${tableOf(grant)} in access share mode`)
      const { whole } = await one<{ whole: boolean }>(holder, heldSql(grant))
      await holder.query(`set local statement_timeout = ${Math.trunc(statementTimeoutMs)}; set local role ${identifier(role)}`)
      if (whole) return new HeldMoment(holder, { name: `${system}@${created}/${randomUUID()}`, system, position: created })
      await holder.end()
      return undefined
    } catch (error) {
      await holder.end().catch(() => undefined)
      throw error
    }
  } finally {
    await keeper.end().catch(() => undefined)
  }
}

/** A slot that waits for transactions to end does so, and is counted, until its connection is ended at the server. */
async function giveUp(address: Address, name: string): Promise<void> {
  const ending = 'select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active_pid is not null'
  await withClient(address, 'capture moment', (client) => client.query(ending, [name])).catch(() => undefined)
}

/** A file that was put in place of another since (TRUNCATE, a rewrite) holds nothing of the moment; the lock keeps that from happening later. */
function heldSql(grant: Grant): string {
  const table = `${literal(tableOf(grant), 'text')}::regclass`
  return `select coalesce(bool_and(c.relfilenode = pg_relation_filenode(c.oid)), false) as whole
    from pg_class c where c.relkind = 'r' and (c.oid = ${table} or c.oid in (select relid from pg_partition_tree(${table})))`
}
