/**
 * Calls a day, exact at the border however many processes serve: each reserves blocks in the database, large ones while much is left and
 * single calls near the end, and hands back what it has not used when it is idle or stops. A killed process loses at most its block.
 */
import type { Pool } from 'pg'
import type { Id, LocalDate } from '../../../kernel/contract.ts'

type Block = { day: LocalDate; left: number; asking: Promise<number> | undefined; usedAt: number; exhausted: boolean; triedAt: number }
const LARGEST_BLOCK = 500
const IDLE_MS = 1000
/** Others may hand back what they held: an exhausted quota is asked again so often. */
const AGAIN_MS = 250

export class Quotas {
  readonly #pool: Pool
  readonly #blocks = new Map<Id, Block>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Takes one call of the day's: true, false, or a promise of either where a block must be reserved first. */
  take(access: Id, most: number, day: LocalDate, now: number): boolean | Promise<boolean> {
    const block = this.#block(access, day)
    if (block.left > 0) {
      block.left--
      block.usedAt = now
      return true
    }
    if (block.exhausted && now - block.triedAt < AGAIN_MS) return false
    return this.#reserved(access, block, most, now)
  }

  /** Hands back what was reserved and lies idle. */
  async handBack(now: number, all = false): Promise<void> {
    const idle = [...this.#blocks].filter(([, { left, asking, usedAt }]) => !asking && (all || (left > 0 && now - usedAt > IDLE_MS)))
    for (const [access, block] of idle) {
      const { left, day } = block
      block.left = 0
      if (left > 0) await this.#pool.query('update gateway.quota set reserved = reserved - $1 where access = $2 and day = $3', [left, access, day])
    }
  }

  async #reserved(access: Id, block: Block, most: number, now: number): Promise<boolean> {
    while (block.left === 0) {
      block.asking ??= this.#reserve(access, block, most).finally(() => {
        block.asking = undefined
      })
      const got = await block.asking
      block.exhausted = got === 0
      block.triedAt = now
      if (got === 0) return false
    }
    block.left--
    block.usedAt = now
    return true
  }

  async #reserve(access: Id, block: Block, most: number): Promise<number> {
    const ask = () => this.#pool.query<{ got: number }>(RESERVE, [access, block.day, most, LARGEST_BLOCK])
    let { rows } = await ask()
    if (rows.length === 0) {
      await this.#pool.query('insert into gateway.quota (access, day, most, reserved) values ($1, $2, $3, 0) on conflict do nothing', [access, block.day, most])
      rows = (await ask()).rows
    }
    const got = Number(rows[0]?.got ?? 0)
    block.left += got
    return got
  }

  #block(access: Id, day: LocalDate): Block {
    const known = this.#blocks.get(access)
    if (known?.day === day) return known
    const fresh: Block = { day, left: 0, asking: undefined, usedAt: 0, exhausted: false, triedAt: 0 }
    this.#blocks.set(access, fresh)
    return fresh
  }
}

/** A twentieth of what is left, between one call and the largest block. The row is held, so no two processes reserve the same calls. */
const RESERVE = `
  with held as (select reserved, greatest($3::bigint, reserved) as most from gateway.quota where access = $1 and day = $2 for update),
  block as (select reserved, most, least(most - reserved, greatest(1, least($4::bigint, (most - reserved) / 20))) as got from held)
  update gateway.quota q set most = block.most, reserved = block.reserved + block.got from block where q.access = $1 and q.day = $2 returning block.got`
