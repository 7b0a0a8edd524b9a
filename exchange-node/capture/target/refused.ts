/**
 * Keys whose last change the target's own database refuses (a constraint, a trigger, a value that it cannot hold). Of such a key the target stays as it was. A later change that
 * carries the whole row, or takes it away, takes the place of the refused one; one that carries only a part of the row cannot, and is refused as well until the whole row comes.
 */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { MOST_REFUSED, type RefusedChange } from '@zhenghe/wire/messages.ts'
import type pg from 'pg'
import { decode } from '../../kernels/decode.ts'
import type { Places } from '../../kernels/layout.ts'
import { refusal } from '../../refusal.ts'

type Field = Pick<GrantField, 'type' | 'key'>

/** Classes of SQLSTATE by which a database refuses one row for what it is: data, integrity, WITH CHECK OPTION, a trigger's exception; an entry too long for an index. */
const OF_A_ROW = /^(22|23|44|P0001|54000)/
/** The refused change was put aside before; this one builds on it. */
const HELD = 'held_behind_refused'

type DatabaseError = Error & { code?: string; column?: string; constraint?: string }

/** Whether another row could pass where this one did not. */
export function isOfRow(error: unknown): boolean {
  return OF_A_ROW.test((error as DatabaseError).code ?? '')
}

/** How many batches are looked at row by row after one in which a row was refused. */
export const WARY_BATCHES = 20

export class RefusedKeys {
  readonly #open: Map<string, RefusedChange>
  readonly #saved: Map<string, RefusedChange>
  /** of the batch in hand */
  #refused: RefusedChange[] = []

  constructor(open: readonly RefusedChange[]) {
    this.#saved = new Map(open.map((one) => [idOf(one.key), one]))
    this.#open = new Map(this.#saved)
  }

  get count(): number {
    return this.#open.size
  }

  list(): RefusedChange[] {
    return [...this.#open.values()]
  }

  has(key: readonly string[]): boolean {
    return this.#open.has(idOf(key))
  }

  /** The database has said no. Refuses `rows_refused` where too many keys wait. */
  refuse(key: string[], error: unknown): void {
    const { code = '', column = '', constraint } = error as DatabaseError
    this.#add({ key, field: column.slice(0, 63), rule: `target:${constraint ?? code}`.slice(0, 80) })
    if (this.#open.size > MOST_REFUSED)
      throw refusal(
        'rows_refused',
        `target: the database refuses more than ${MOST_REFUSED} rows, the last one by ${constraint ?? code}: ${(error as Error).message}. Nothing of this batch was applied. Mend the table or its constraints, then resume`,
        error,
      )
  }

  /** A part of a row came for a key of which the rest is not at the target. */
  hold(key: string[]): void {
    const [before] = [this.#open.get(idOf(key))]
    this.#refused.push({ key, field: before?.field ?? '', rule: HELD })
  }

  /** The target has what the source has. */
  settle(key: readonly string[]): void {
    if (this.#open.size > 0) this.#open.delete(idOf(key))
  }

  settleAll(): void {
    this.#open.clear()
  }

  /** What the batch could not apply, and which keys wait now where that has changed. */
  outcome(): { refused: RefusedChange[]; open: RefusedChange[] | undefined } {
    const changed = this.#open.size !== this.#saved.size || [...this.#open].some(([id, one]) => this.#saved.get(id) !== one)
    return { refused: this.#refused, open: changed ? this.list() : undefined }
  }

  /** In the transaction of the rows. @param wary batches that are still to be looked at row by row */
  async save(client: pg.Client, delivery: string, wary: number): Promise<void> {
    await client.query('update zhenghe_exchange.capture set refused = $2, wary = $3 where delivery = $1', [delivery, JSON.stringify(this.list()), wary])
  }

  /** The batch is committed. */
  committed(): void {
    this.#refused = []
    this.#saved.clear()
    for (const [id, one] of this.#open) this.#saved.set(id, one)
  }

  /** The batch was rolled back. */
  forget(): void {
    this.#refused = []
    this.#open.clear()
    for (const [id, one] of this.#saved) this.#open.set(id, one)
  }

  #add(one: RefusedChange): void {
    this.#open.set(idOf(one.key), one)
    this.#refused.push(one)
  }
}

const idOf = (key: readonly string[]): string => JSON.stringify(key)

/** The key of the tuple last walked, as texts that are the same for values that SQL calls equal. @param fields those of the tuple, in its order */
export function keyTexts(fields: readonly Field[], bytes: Buffer, { offsets, lengths }: Places): string[] {
  return fields.flatMap(({ key, type }, at) => (key ? [normal(type, decode(type, bytes.subarray(offsets[at]!, offsets[at]! + lengths[at]!)))] : []))
}

function normal(type: CanonicalType, text: string): string {
  if (type === 'numeric' && text.includes('.')) return text.replace(/0+$/, '').replace(/\.$/, '').replace(/^-0$/, '0')
  return (type === 'numeric' || type === 'float4' || type === 'float8') && text === '-0' ? '0' : text
}
