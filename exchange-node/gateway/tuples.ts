/**
 * One prepared statement whose rows stay bytes: the body of a DataRow message in binary is exactly a COPY tuple, so masks and rules run over it
 * as over any delivery. Small answers only; all of it is held.
 */
import type { Duplex } from 'node:stream'
import type pg from 'pg'
import type { RowFrame } from '../pg/copy-out.ts'
import { refusal } from '../refusal.ts'

/** Prepared once on each connection under its name; without a name each time. */
export type Statement = { name: string; text: string; values: readonly (string | null)[] }

const HEAD = 5
const [DATA_ROW, ERROR, READY] = ['D', 'E', 'Z'].map((letter) => letter.charCodeAt(0))
/** Statements of a connection that the server knows by name. */
const prepared = new WeakMap<pg.Client, Set<string>>()

/** The rows as tuples. Refuses `answer_too_large`; rejects with the database's error. The connection must be nobody else's meanwhile. */
export function tuples(client: pg.Client, statement: Statement, mostBytes: number): Promise<RowFrame> {
  const known = prepared.get(client) ?? new Set<string>()
  prepared.set(client, known)
  return client.query(new TupleQuery(statement, known, mostBytes)).rows
}

class TupleQuery {
  readonly rows: Promise<RowFrame>
  readonly #statement: Statement
  readonly #known: Set<string>
  readonly #mostBytes: number
  readonly #settled = Promise.withResolvers<RowFrame>()
  #stream: Duplex | undefined
  #driver: ((chunk: Buffer) => void) | undefined
  #rest: Buffer = Buffer.alloc(0)
  #tuples: Buffer[] = []
  #count = 0
  #bytes = 0
  #error: Error | undefined

  constructor(statement: Statement, known: Set<string>, mostBytes: number) {
    this.#statement = statement
    this.#known = known
    this.#mostBytes = mostBytes
    this.rows = this.#settled.promise
  }

  // what the driver calls
  submit(connection: pg.Connection): void {
    const { name, text, values } = this.#statement
    const { stream } = connection
    this.#stream = stream
    this.#driver = stream.listeners('data')[0] as (chunk: Buffer) => void
    stream.removeListener('data', this.#driver)
    stream.on('data', this.#feed)
    const wire = connection as unknown as Record<'parse' | 'bind' | 'execute', (config: object) => void> & { sync: () => void }
    if (name === '' || !this.#known.has(name)) wire.parse({ name, text, types: [] })
    wire.bind({ statement: name, values, binary: true })
    wire.execute({})
    wire.sync()
  }
  handleError(error: Error): void {
    this.#error ??= error
    this.#settled.reject(this.#error)
  }
  handleReadyForQuery(): void {
    if (this.#error) return
    if (this.#statement.name !== '') this.#known.add(this.#statement.name)
    this.#settled.resolve({ payload: Buffer.concat(this.#tuples), rows: this.#count })
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  #feed = (chunk: Buffer): void => {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    while (bytes.length >= HEAD) {
      const length = bytes.readUInt32BE(1) + 1
      if (bytes.length < length) break
      const message = bytes.subarray(0, length)
      if (message[0] === DATA_ROW) this.#take(message.subarray(HEAD))
      else if (message[0] === ERROR) this.#driver?.(Buffer.from(message))
      else if (message[0] === READY) return void this.#handBack(bytes)
      bytes = bytes.subarray(length)
    }
    this.#rest = Buffer.from(bytes)
  }

  #take(tuple: Buffer): void {
    this.#bytes += tuple.length
    if (this.#bytes > this.#mostBytes) {
      this.#error ??= refusal('answer_too_large', `source: the answer is larger than ${this.#mostBytes} bytes: ask for fewer rows or fields at once`)
      this.#settled.reject(this.#error)
      this.#tuples = []
    } else {
      this.#tuples.push(Buffer.from(tuple))
      this.#count++
    }
  }

  #handBack(rest: Buffer): void {
    const [stream, driver] = [this.#stream!, this.#driver!]
    stream.removeListener('data', this.#feed)
    stream.on('data', driver)
    driver(Buffer.from(rest))
  }
}
