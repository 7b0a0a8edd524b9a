/** What the driver sends, read: calls of sp_executesql and bulk loads, in the few types that this connector uses. */

export type Sent = string | number | Buffer | null
export type Bulk = { columns: string[]; rows: Sent[][] }

const [NVARCHAR, VARCHAR, VARBINARY, INTN, FLOATN] = [0xe7, 0xa7, 0xa5, 0x26, 0x6d]
const MAX = 0xffff
const [METADATA, ROW] = [0x81, 0xd1]
const NULL_PLP = 2n ** 64n - 1n

class Reader {
  readonly #body: Buffer
  at: number

  constructor(body: Buffer, at: number) {
    this.#body = body
    this.at = at
  }

  get left(): boolean {
    return this.at < this.#body.length
  }

  byte(): number {
    return this.#body[this.at++]!
  }

  short(): number {
    this.at += 2
    return this.#body.readUInt16LE(this.at - 2)
  }

  int(): number {
    this.at += 4
    return this.#body.readUInt32LE(this.at - 4)
  }

  bytes(length: number): Buffer {
    this.at += length
    return this.#body.subarray(this.at - length, this.at)
  }

  name(): string {
    return this.bytes(2 * this.byte()).toString('utf16le')
  }

  /** Answers how a value of the type is read. */
  type(): () => Sent {
    const type = this.byte()
    if (type === INTN || type === FLOATN) {
      this.byte()
      return () => this.#number(type, this.byte())
    }
    const max = this.short()
    if (type !== VARBINARY) this.at += 5
    return () => this.#text(type, max === MAX ? this.#pieces() : this.#short())
  }

  #number(type: number, length: number): number | null {
    if (length === 0) return null
    const bytes = this.bytes(length)
    if (type === INTN) return bytes.readIntLE(0, length)
    return length === 4 ? bytes.readFloatLE(0) : bytes.readDoubleLE(0)
  }

  #text(type: number, bytes: Buffer | null): Sent {
    if (bytes === null || type === VARBINARY) return bytes && Buffer.from(bytes)
    if (type === VARCHAR) return bytes.toString('latin1')
    if (type !== NVARCHAR) throw new Error(`a value of type ${type}`)
    return bytes.toString('utf16le')
  }

  #short(): Buffer | null {
    const length = this.short()
    return length === MAX ? null : this.bytes(length)
  }

  #pieces(): Buffer | null {
    this.at += 8
    if (this.#body.readBigUInt64LE(this.at - 8) === NULL_PLP) return null
    const pieces: Buffer[] = []
    for (let length = this.int(); length > 0; length = this.int()) pieces.push(this.bytes(length))
    return Buffer.concat(pieces)
  }
}

/** The statement of sp_executesql and the values of its parameters. */
export function readRpc(body: Buffer): { sql: string; values: Sent[] } {
  const reader = new Reader(body, body.readUInt32LE(0))
  if (reader.short() !== MAX) throw new Error('a procedure by its name')
  if (reader.short() !== 10) throw new Error('another procedure than sp_executesql')
  reader.short()
  const values: Sent[] = []
  while (reader.left) {
    reader.name()
    reader.byte()
    values.push(reader.type()())
  }
  return { sql: String(values[0]), values: values.slice(2) }
}

export function readBulk(body: Buffer): Bulk {
  const reader = new Reader(body, 0)
  if (reader.byte() !== METADATA) throw new Error('a bulk load begins with its columns')
  const count = reader.short()
  const columns: { name: string; read: () => Sent }[] = []
  for (let n = 0; n < count; n++) {
    reader.at += 6
    const read = reader.type()
    columns.push({ name: reader.name(), read })
  }
  const rows: Sent[][] = []
  while (reader.byte() === ROW) rows.push(columns.map(({ read }) => read()))
  return { columns: columns.map(({ name }) => name), rows }
}
