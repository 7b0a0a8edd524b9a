/**
 * The rules and masks of a grant, compiled once and run over frames of COPY tuples. Rows stay bytes: a rule reads them where they lie, a mask
 * that keeps the length writes over them, and only where a length changes or a row is taken out are the rows copied, in runs.
 */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import type { RowFrame } from '../pg/copy-out.ts'
import { decode } from './decode.ts'
import { type Places, places, walk, writeInt32 } from './layout.ts'
import { compileMask, type MaskBytes } from './masks.ts'
import { type Check, compileRule } from './rules.ts'

/**
 * A row that was held back: for the provider's eyes. The value is concealed but for a few characters, null where it was null. Of a row that its source could not read, `key`
 * is empty where the key is what cannot be read, and `place` says where people find it: `register.csv:17`.
 */
export type Rejection = { key: Record<string, string>; field: string; rule: string; value: string | null; place?: string }

/** Since the range began. The sum over `reasons` is `rejected`: a row counts for the first rule it breaks. */
export type KernelCounts = { rows: number; rejected: number; masked: Record<string, number>; reasons: Record<string, number> }

type RuleStep = { field: number; name: string; rule: string; check: Check; broken: number }
type MaskStep = { field: number; name: string; write: MaskBytes; masked: number }
type Fields = readonly Pick<GrantField, 'name' | 'type' | 'key' | 'mask' | 'rules'>[]

const SCRATCH_BYTES = 1 << 12

export class RowKernel {
  readonly #fields: Fields
  readonly #rules: RuleStep[]
  readonly #masks: MaskStep[]
  readonly #places: Places
  readonly #rejectionLimit: number
  readonly #onReject: ((payload: Buffer, places: Places) => void) | undefined
  #growth = 0
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  #out = Buffer.alloc(0)
  #outBytes = 0
  #copied = 0
  #rows = 0
  #rejected = 0
  #rejections: Rejection[] = []
  readonly #unfit = new Map<string, number>()

  /** @param rejectionLimit how many rejected rows of a range are kept to be shown; all are counted @param onReject told where each of them lies */
  constructor(fields: Fields, rejectionLimit: number, onReject?: (payload: Buffer, places: Places) => void) {
    this.#fields = fields
    this.#onReject = onReject
    this.#rejectionLimit = rejectionLimit
    this.#places = places(fields.length)
    this.#rules = fields.flatMap(({ name, rules }, field) => rules.map((rule) => ({ field, name, rule: rule.kind, check: compileRule(rule), broken: 0 })))
    this.#masks = []
    for (const [field, { name, mask }] of fields.entries()) {
      if (!mask) continue
      const { write, growth } = compileMask(mask)
      this.#masks.push({ field, name, write, masked: 0 })
      this.#growth += growth
    }
  }

  /** Forgets the counts and rejections of the range before. */
  begin(): void {
    this.#rows = 0
    this.#rejected = 0
    this.#rejections = []
    this.#unfit.clear()
    for (const step of this.#rules) step.broken = 0
    for (const step of this.#masks) step.masked = 0
  }

  counts(): KernelCounts {
    const broken = this.#rules.filter((step) => step.broken > 0)
    return {
      rows: this.#rows,
      rejected: this.#rejected,
      masked: Object.fromEntries(this.#masks.map(({ name, masked }) => [name, masked])),
      reasons: { ...Object.fromEntries(broken.map((step) => [`${step.name}:${step.rule}`, step.broken])), ...Object.fromEntries(this.#unfit) },
    }
  }

  /** Counts a row that its source could not read as one of the grant's, and keeps it with the others that are held back; its value comes as it is. */
  hold({ key, field, rule, value, place }: Rejection): void {
    const reason = `${field}:${rule}`
    this.#rows++
    this.#rejected++
    this.#unfit.set(reason, (this.#unfit.get(reason) ?? 0) + 1)
    if (this.#rejections.length >= this.#rejectionLimit) return
    this.#rejections.push({ key, field, rule, value: value === null ? null : conceal(value), ...(place === undefined ? {} : { place }) })
  }

  rejections(): readonly Rejection[] {
    return this.#rejections
  }

  /** The rows that pass, masked. The frame given is used up: the answer lies in it or in a buffer that the next call overwrites. */
  run({ payload, rows }: RowFrame): RowFrame {
    this.#rows += rows
    if (this.#rules.length === 0 && this.#masks.length === 0) return { payload, rows }
    this.#reserve(payload.length + rows * this.#growth)
    let passed = 0
    for (let at = 0; at < payload.length; ) {
      const next = walk(payload, at, this.#places)
      const broken = this.#firstBroken(payload)
      if (broken) {
        this.#reject(payload, broken)
        this.#copyUntil(payload, at)
        this.#copied = next
      } else {
        this.#mask(payload)
        passed++
      }
      at = next
    }
    if (this.#copied === 0) return { payload, rows }
    this.#copyUntil(payload, payload.length)
    return { payload: this.#out.subarray(0, this.#outBytes), rows: passed }
  }

  #reserve(bytes: number): void {
    if (this.#out.length < bytes) this.#out = Buffer.allocUnsafeSlow(bytes)
    this.#outBytes = 0
    this.#copied = 0
  }

  #firstBroken(payload: Buffer): RuleStep | undefined {
    const { offsets, lengths } = this.#places
    for (const step of this.#rules) if (!step.check(payload, offsets[step.field]!, lengths[step.field]!)) return step
    return undefined
  }

  #mask(payload: Buffer): void {
    const { offsets, lengths } = this.#places
    for (const step of this.#masks) {
      const [at, length] = [offsets[step.field]!, lengths[step.field]!]
      if (length < 0) continue
      step.masked++
      if (length + this.#growth > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(2 * (length + this.#growth))
      const masked = step.write(payload, at, length, this.#scratch, 0)
      if (masked === length) copyBytes(this.#scratch, 0, payload, at, masked)
      else this.#replace(payload, at, length, masked)
    }
  }

  /** The value at `at` becomes the `masked` bytes of the scratch buffer, or null where that is -1. */
  #replace(payload: Buffer, at: number, length: number, masked: number): void {
    this.#copyUntil(payload, at - 4)
    writeInt32(this.#out, this.#outBytes, masked)
    this.#outBytes += 4
    if (masked > 0) copyBytes(this.#scratch, 0, this.#out, this.#outBytes, masked)
    this.#outBytes += Math.max(masked, 0)
    this.#copied = at + length
  }

  #copyUntil(payload: Buffer, end: number): void {
    const bytes = end - this.#copied
    copyBytes(payload, this.#copied, this.#out, this.#outBytes, bytes)
    this.#outBytes += bytes
    this.#copied = end
  }

  #reject(payload: Buffer, step: RuleStep): void {
    this.#rejected++
    step.broken++
    this.#onReject?.(payload, this.#places)
    if (this.#rejections.length >= this.#rejectionLimit) return
    const { offsets, lengths } = this.#places
    const textOf = (field: number) => decode(this.#fields[field]!.type, payload.subarray(offsets[field]!, offsets[field]! + Math.max(lengths[field]!, 0)))
    const keys = this.#fields.flatMap(({ name, key }, field) => (key ? [[name, textOf(field)] as const] : []))
    const value = lengths[step.field]! < 0 ? null : conceal(textOf(step.field))
    this.#rejections.push({ key: Object.fromEntries(keys), field: step.name, rule: step.rule, value })
  }
}

const COPY_BY_HAND = 48
/** A call into native code costs more than copying a few bytes here. */
function copyBytes(from: Buffer, at: number, into: Buffer, to: number, bytes: number): void {
  if (bytes > COPY_BY_HAND) from.copy(into, to, at, at + bytes)
  else for (let i = 0; i < bytes; i++) into[to + i] = from[at + i]!
}

const SHOWN = 2
/** Enough of a value to recognise it beside the row, not enough to learn it: `91**************7X`, 18 characters at most. */
export function conceal(value: string): string {
  const characters = [...value]
  const hidden = Math.min(Math.max(characters.length - 2 * SHOWN, 1), 14)
  if (characters.length <= 2 * SHOWN) return '*'.repeat(characters.length)
  return characters.slice(0, SHOWN).join('') + '*'.repeat(hidden) + characters.slice(-SHOWN).join('')
}
