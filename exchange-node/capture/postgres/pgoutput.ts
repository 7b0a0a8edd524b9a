/** How changes lie in the messages of PostgreSQL's own output plugin, protocol version 2 with streaming. */

/** Kinds of messages, by their first byte. */
export const TAG = {
  begin: 'B'.charCodeAt(0),
  commit: 'C'.charCodeAt(0),
  relation: 'R'.charCodeAt(0),
  insert: 'I'.charCodeAt(0),
  update: 'U'.charCodeAt(0),
  delete: 'D'.charCodeAt(0),
  truncate: 'T'.charCodeAt(0),
  streamStart: 'S'.charCodeAt(0),
  streamStop: 'E'.charCodeAt(0),
  streamCommit: 'c'.charCodeAt(0),
  streamAbort: 'A'.charCodeAt(0),
} as const

const [NULL, UNCHANGED, TEXT, BINARY] = ['n', 'u', 't', 'b'].map((letter) => letter.charCodeAt(0)) as [number, number, number, number]
const [NEW, KEY, OLD] = ['N', 'K', 'O'].map((letter) => letter.charCodeAt(0)) as [number, number, number]

/** The length of a value that a tuple does not carry. */
export const IS_NULL = -1
export const IS_UNCHANGED = -2

/** Where the values of a tuple last walked lie in its message. Lengths below 0 are `IS_NULL` or `IS_UNCHANGED`. */
export class Tuple {
  readonly offsets: Int32Array
  readonly lengths: Int32Array
  bytes: Buffer = Buffer.alloc(0)

  constructor(columns: number) {
    this.offsets = new Int32Array(columns)
    this.lengths = new Int32Array(columns)
  }

  /** Reads the tuple at `at`; answers where it ends. Throws where it is none of so many columns, or a value came as text. */
  walk(bytes: Buffer, at: number): number {
    this.bytes = bytes
    const columns = bytes.readInt16BE(at)
    if (columns !== this.offsets.length) throw new Error(`a tuple of ${this.offsets.length} columns was due, one of ${columns} came`)
    let next = at + 2
    for (let column = 0; column < columns; column++) {
      const kind = bytes[next++]
      if (kind === BINARY) {
        const length = (bytes[next]! << 24) | (bytes[next + 1]! << 16) | (bytes[next + 2]! << 8) | bytes[next + 3]!
        this.offsets[column] = next + 4
        this.lengths[column] = length
        next += 4 + length
      } else if (kind === NULL) this.lengths[column] = IS_NULL
      else if (kind === UNCHANGED) this.lengths[column] = IS_UNCHANGED
      else if (kind === TEXT) {
        this.lengths[column] = IS_UNCHANGED // of a type without a binary form: never granted
        next += 4 + bytes.readInt32BE(next)
      } else throw new Error(`a value of kind ${kind} is none this version knows`)
    }
    return next
  }
}

/** An update or delete: which tuples it carries. `old` is there where the replica identity changed, or is the whole row. */
export type Images = { old: 'none' | 'key' | 'row'; fresh: boolean }

/** Fills both tuples from the change between `from`, behind its relation, and `end`. */
export function walkImages(bytes: Buffer, from: number, end: number, old: Tuple, fresh: Tuple): Images {
  let at = from
  const first = bytes[at]
  const has = first === KEY ? 'key' : first === OLD ? 'row' : 'none'
  if (has !== 'none') at = old.walk(bytes, at + 1)
  const more = at < end && bytes[at] === NEW
  if (more) fresh.walk(bytes, at + 1)
  return { old: has, fresh: more }
}

export type RelationColumn = { name: string; type: number; modifier: number; key: boolean }
export type Relation = { id: number; schema: string; table: string; columns: RelationColumn[] }

/** The relation message at `at`, behind its tag (and transaction). */
export function readRelation(bytes: Buffer, at: number): Relation {
  const cursor = { at: at + 4 }
  const text = () => {
    const end = bytes.indexOf(0, cursor.at)
    const value = bytes.toString('utf8', cursor.at, end)
    cursor.at = end + 1
    return value
  }
  const [schema, table] = [text(), text()]
  const count = bytes.readInt16BE(cursor.at + 1)
  cursor.at += 3
  const columns = Array.from({ length: count }, () => {
    const key = bytes[cursor.at++] === 1
    const name = text()
    const [type, modifier] = [bytes.readUInt32BE(cursor.at), bytes.readInt32BE(cursor.at + 4)]
    cursor.at += 8
    return { name, type, modifier, key }
  })
  return { id: bytes.readUInt32BE(at), schema, table, columns }
}

const EPOCH_MS = Date.UTC(2000, 0, 1)
/** Microseconds since 2000 as ISO 8601, whole milliseconds. */
export function readMoment(bytes: Buffer, at: number): string {
  return new Date(EPOCH_MS + Number(bytes.readBigInt64BE(at) / 1000n)).toISOString()
}
