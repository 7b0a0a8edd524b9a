/** Rows that are there and cannot be carried: held back for the quarantine, like rows that break a rule of the grant. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { decode } from '../kernels/decode.ts'
import type { Rejection } from '../kernels/kernel.ts'
import { places, walk } from '../kernels/layout.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'

/** What is wrong with such a row; stands in the quarantine where the rules of a grant do. */
export type UnfitRule = 'unreadable' | 'noKey' | 'malformed' | 'tooLong'

/** `refused` is for a reader that holds nothing back. */
export type UnfitRow = Rejection & { refused: Unfit }
/** Takes the rows of a part that cannot be carried. They are among those that the reader tells as read, and in no frame. */
export type HoldBack = (row: UnfitRow) => void

/** Refuses one row. `field` is empty where the row as a whole is at fault. */
export class Unfit extends Refusal {
  override name = 'Unfit'
  readonly rule: UnfitRule
  readonly field: string
  constructor(rule: UnfitRule, field: string, code: RefusalCode, detail: string, cause?: unknown) {
    super(code, detail, false, false, cause)
    this.rule = rule
    this.field = field
  }
}

const LONGEST_SHOWN = 256

/** @param value as it stands in the store @param place where people find the row; undefined where its key is enough */
export function unfitRow(refused: Unfit, key: Rejection['key'], value: string | null, place: string | undefined): UnfitRow {
  const { field, rule } = refused
  return { key, field, rule, value: value?.slice(0, LONGEST_SHOWN) ?? null, ...(place === undefined ? {} : { place }), refused }
}

/** The key of a tuple as texts by the names of its fields. */
export function keyOfTuple(tuple: Buffer, fields: readonly Pick<GrantField, 'name' | 'type'>[]): Rejection['key'] {
  const at = places(fields.length)
  walk(tuple, 0, at)
  const texts = fields.map(({ name, type }, field) => [name, decode(type, tuple.subarray(at.offsets[field]!, at.offsets[field]! + at.lengths[field]!))])
  return Object.fromEntries(texts) as Record<string, string>
}
