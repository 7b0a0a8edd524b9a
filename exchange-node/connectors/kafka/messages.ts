/** Rows as messages: the key is a JSON object of the key fields, the value one of all fields, both as JSON Lines of the files are. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { refusal } from '../../refusal.ts'
import type { Key } from '../connector.ts'
import { fieldOf, parseExactly } from '../files/formats/json.ts'
import { jsonObject, rowTexts } from '../files/formats/write.ts'
import { type FieldValue, RowEncoder } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'

/** `version` is the text of the cursor; null without one. */
export type RowMessage = { key: Buffer; value: Buffer; version: string | null }

export class RowMessages {
  readonly #fields: readonly GrantField[]
  readonly #keys: readonly GrantField[]
  readonly #keyAt: readonly number[]
  readonly #cursorAt: number
  readonly #keyJson: ReturnType<typeof jsonObject>
  readonly #json: ReturnType<typeof jsonObject>

  constructor(fields: readonly GrantField[], cursor: string | undefined) {
    this.#fields = fields
    this.#keys = fields.filter(({ key }) => key)
    this.#keyAt = fields.flatMap(({ key }, at) => (key ? [at] : []))
    this.#cursorAt = fields.findIndex(({ name }) => name === cursor)
    this.#keyJson = jsonObject(this.#keys)
    this.#json = jsonObject(fields)
  }

  *of(payload: Buffer): Generator<RowMessage> {
    for (const texts of rowTexts(this.#fields, payload)) {
      const key = Buffer.from(this.#keyJson(this.#keyAt.map((at) => texts[at]!)))
      yield { key, value: Buffer.from(this.#json(texts)), version: texts[this.#cursorAt] ?? null }
    }
  }

  /** @param key the texts of the key fields, in any form of their types */
  keyOf(key: Key): Buffer {
    const frames = new TupleFrames(1024)
    new RowEncoder(frames, this.#keys).write(key)
    const [texts] = rowTexts(this.#keys, frames.take().payload)
    return Buffer.from(this.#keyJson(texts!))
  }

  /** The values of a message that was written so, in the order of the fields. Refuses `target_value` where it is none. */
  valuesOf(value: Buffer): FieldValue[] {
    let object: Record<string, unknown>
    try {
      object = parseExactly(value.toString()) as Record<string, unknown>
    } catch (error) {
      throw refusal('target_value', 'target: the topic holds a message that no exchange has written: deliver the table whole again', error)
    }
    return this.#fields.map(({ name }) => fieldOf(object[name]))
  }

  versionOf(value: Buffer): string | null {
    const version = this.#cursorAt < 0 ? null : this.valuesOf(value)[this.#cursorAt]
    return version === null || version === undefined ? null : String(version)
  }
}
