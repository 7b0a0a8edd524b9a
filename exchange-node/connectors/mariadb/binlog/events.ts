/** The events of a binary log that a capture looks at. Layout: MariaDB's «Replication Protocol», MySQL's «Binlog Event». */

export const EVENT = { query: 2, rotate: 4, xid: 16, tableMap: 19, gtidMysql: 33, anonymousGtid: 34, xaPrepare: 38, payload: 40, gtidMariadb: 162 } as const
/** By kind of change, both versions of the layout. Compressed ones (166 to 171) are not read. */
export const ROWS: ReadonlyMap<number, 'insert' | 'update' | 'delete'> = new Map([
  [23, 'insert'],
  [24, 'update'],
  [25, 'delete'],
  [30, 'insert'],
  [31, 'update'],
  [32, 'delete'],
])
const FIRST_OF_VERSION_2 = 30
const COMPRESSED = { from: 165, to: 171 } as const
/** Of a GTID event of MariaDB: a statement by itself, not the begin of a transaction. */
const STANDALONE = 1

/** `collation`: the server's number for it, of characters, enums and sets; `labels`: of an enum or set. As the table was when the rows were written. */
export type MappedColumn = {
  type: number
  meta: number
  unsigned: boolean
  name: string | undefined
  collation?: number | undefined
  labels?: readonly string[] | undefined
}
export type TableMap = { id: number; schema: string; table: string; columns: MappedColumn[] }
export type RowsEvent = { table: number; columns: number; whole: boolean; rowsAt: number }

export function isCompressed(type: number): boolean {
  return (type >= COMPRESSED.from && type <= COMPRESSED.to) || type === EVENT.payload
}

export function rotateOf(body: Buffer): { file: string; position: number } {
  return { position: Number(body.readBigUInt64LE(0)), file: body.toString('latin1', 8) }
}

export function mariadbGtid(body: Buffer, server: number): { gtid: string; standalone: boolean } {
  return { gtid: `${body.readUInt32LE(8)}-${server}-${body.readBigUInt64LE(0)}`, standalone: (body[12]! & STANDALONE) !== 0 }
}

export function queryOf(body: Buffer): { schema: string; sql: string } {
  const schemaBytes = body[8]!
  const schemaAt = 13 + body.readUInt16LE(11)
  return { schema: body.toString('utf8', schemaAt, schemaAt + schemaBytes), sql: body.toString('utf8', schemaAt + schemaBytes + 1) }
}

/** Numbers of the length-encoded kind. */
class Cursor {
  readonly body: Buffer
  at: number
  constructor(body: Buffer, at: number) {
    this.body = body
    this.at = at
  }

  number(): number {
    const first = this.body[this.at++]!
    if (first < 0xfb) return first
    const bytes = first === 0xfc ? 2 : first === 0xfd ? 3 : 6
    const value = this.body.readUIntLE(this.at, bytes)
    this.at += first === 0xfe ? 8 : bytes
    return value
  }

  text(): string {
    const length = this.number()
    this.at += length
    return this.body.toString('utf8', this.at - length, this.at)
  }
}

const [SIGNEDNESS, DEFAULT_CHARSET, COLUMN_CHARSET, NAMES, SET_LABELS, ENUM_LABELS, LABELLED_DEFAULT_CHARSET, LABELLED_CHARSET] = [1, 2, 3, 4, 5, 6, 10, 11]
const [ENUM, SET, STRING, GEOMETRY] = [247, 248, 254, 255]
/** VARCHAR, BLOB and VAR_STRING, and MariaDB's compressed kinds of the first two. */
const CHARACTERS = new Set([15, 252, 253, 140, 141])
const NUMBERS = new Set([1, 2, 3, 4, 5, 8, 9, 13, 246])
/** Bytes of a column's metadata by its type; none where it is not named. */
const META_BYTES = new Map([
  [4, 1],
  [5, 1],
  [15, 2],
  [16, 2],
  [17, 1],
  [18, 1],
  [19, 1],
  [245, 1],
  [246, 2],
  [247, 2],
  [248, 2],
  [249, 1],
  [250, 1],
  [251, 1],
  [252, 1],
  [253, 2],
  [254, 2],
  [255, 1],
])
const BIG_ENDIAN_META = new Set([246, 247, 248, 254])

/** What a CHAR column, an enum or a set is: all are told as STRING. */
export function realType({ type, meta }: Pick<MappedColumn, 'type' | 'meta'>): number {
  return type === STRING ? (meta >> 8) | 0x30 : type
}

/** @param mariadb which counts geometries among the columns that have a character set */
export function tableMapOf(body: Buffer, mariadb: boolean): TableMap {
  const id = body.readUIntLE(0, 6)
  const schemaBytes = body[8]!
  const tableAt = 9 + schemaBytes + 1
  const tableBytes = body[tableAt]!
  const cursor = new Cursor(body, tableAt + 1 + tableBytes + 1)
  const count = cursor.number()
  const types = [...body.subarray(cursor.at, cursor.at + count)]
  cursor.at += count
  cursor.number() // bytes of all metadata
  const columns = types.map((type): MappedColumn => {
    const bytes = META_BYTES.get(type) ?? 0
    const meta = bytes === 2 && BIG_ENDIAN_META.has(type) ? body.readUInt16BE(cursor.at) : bytes === 0 ? 0 : body.readUIntLE(cursor.at, bytes)
    cursor.at += bytes
    return { type, meta, unsigned: false, name: undefined }
  })
  cursor.at += (count + 7) >> 3 // which columns may be null
  readOptional(cursor, columns, mariadb)
  return { id, schema: body.toString('utf8', 9, 9 + schemaBytes), table: body.toString('utf8', tableAt + 1, tableAt + 1 + tableBytes), columns }
}

function readOptional(cursor: Cursor, columns: MappedColumn[], mariadb: boolean): void {
  const labelled = columns.filter((column) => [ENUM, SET].includes(realType(column)))
  const characters = columns.filter(
    (column) => CHARACTERS.has(column.type) || (column.type === STRING && !labelled.includes(column)) || (mariadb && column.type === GEOMETRY),
  )
  while (cursor.at < cursor.body.length) {
    const kind = cursor.body[cursor.at++]!
    const bytes = cursor.number()
    const start = cursor.at
    if (kind === SIGNEDNESS)
      for (const [bit, column] of columns.filter(({ type }) => NUMBERS.has(type)).entries())
        column.unsigned = (cursor.body[start + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0
    if (kind === NAMES) for (const column of columns) column.name = cursor.text()
    if (kind === COLUMN_CHARSET || kind === LABELLED_CHARSET)
      for (const column of kind === COLUMN_CHARSET ? characters : labelled) column.collation = cursor.number()
    if (kind === DEFAULT_CHARSET) readDefault(cursor, start + bytes, characters)
    if (kind === LABELLED_DEFAULT_CHARSET) readDefault(cursor, start + bytes, labelled)
    if (kind === SET_LABELS || kind === ENUM_LABELS)
      for (const column of labelled.filter((one) => realType(one) === (kind === SET_LABELS ? SET : ENUM)))
        column.labels = Array.from({ length: cursor.number() }, () => cursor.text())
    cursor.at = start + bytes
  }
}

/** One for all of them, and those that have another. */
function readDefault(cursor: Cursor, end: number, columns: readonly MappedColumn[]): void {
  const collation = cursor.number()
  for (const column of columns) column.collation = collation
  while (cursor.at < end) {
    const column = columns[cursor.number()]
    const other = cursor.number()
    if (column) column.collation = other
  }
}

export function rowsEventOf(type: number, body: Buffer): RowsEvent {
  const cursor = new Cursor(body, 8)
  if (type >= FIRST_OF_VERSION_2) cursor.at += body.readUInt16LE(8)
  const columns = cursor.number()
  const bitmap = (columns + 7) >> 3
  const images = ROWS.get(type) === 'update' ? 2 : 1
  let whole = true
  for (let column = 0; column < images * columns; column++) {
    const [image, bit] = [Math.floor(column / columns), column % columns]
    if ((body[cursor.at + image * bitmap + (bit >> 3)]! & (1 << (bit & 7))) === 0) whole = false
  }
  return { table: body.readUIntLE(0, 6), columns, whole, rowsAt: cursor.at + images * bitmap }
}
