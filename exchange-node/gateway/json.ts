/** Tuples as JSON text, without an object on the way. Exact: what JSON's numbers cannot hold for certain (int8, numeric, NaN) is text. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { decode } from '../kernels/decode.ts'
import { places, walk } from '../kernels/layout.ts'
import type { RowFrame } from '../pg/copy-out.ts'

type Field = Pick<GrantField, 'name' | 'type'>

/** Each row as `{"name":value,…}`, those fields only that are `shown`. */
export function rowsAsJson({ payload, rows }: RowFrame, fields: readonly Field[], shown: ReadonlySet<string>): string[] {
  const at = places(fields.length)
  const heads = fields.map(({ name }) => `${JSON.stringify(name)}:`)
  const out: string[] = []
  for (let from = 0, row = 0; row < rows; row++) {
    from = walk(payload, from, at)
    let text = ''
    for (let field = 0; field < fields.length; field++) {
      const { name, type } = fields[field]!
      if (!shown.has(name)) continue
      const [offset, length] = [at.offsets[field]!, at.lengths[field]!]
      text += `${text ? ',' : ''}${heads[field]}${length < 0 ? 'null' : valueAsJson(type, payload.subarray(offset, offset + length))}`
    }
    out.push(`{${text}}`)
  }
  return out
}

/** The key of the last row, as text, in the order of the fields. */
export function lastKey({ payload, rows }: RowFrame, fields: readonly (Field & Pick<GrantField, 'key'>)[]): string[] {
  const at = places(fields.length)
  for (let from = 0, row = 0; row < rows; row++) from = walk(payload, from, at)
  return fields.flatMap(({ key, type }, field) => {
    const offset = at.offsets[field]!
    return key ? [decode(type, payload.subarray(offset, offset + Math.max(at.lengths[field]!, 0)))] : []
  })
}

function valueAsJson(type: Field['type'], value: Buffer): string {
  switch (type) {
    case 'bool':
      return value[0] === 1 ? 'true' : 'false'
    case 'int2':
    case 'int4':
      return decode(type, value)
    case 'float4':
    case 'float8': {
      const text = decode(type, value)
      return Number.isFinite(Number(text)) ? text : JSON.stringify(text)
    }
    case 'jsonb':
      return decode(type, value)
    default:
      return JSON.stringify(decode(type, value))
  }
}
