/** Writes `COPY … FROM STDIN (FORMAT binary)` by large writes of whole tuples, as they came from `copy-out.ts`. */
import type { Duplex } from 'node:stream'
import type pg from 'pg'

const FILE_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const FILE_TRAILER = Buffer.from([0xff, 0xff])
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4])
const COPY_DATA = 'd'.charCodeAt(0)

/** Starts the COPY and answers when the server takes rows. Rejects where it refuses the statement. */
export async function copyIn(client: pg.Client, sql: string): Promise<CopyIn> {
  const copy = client.query(new CopyIn(sql))
  await copy.ready
  return copy
}

export class CopyIn {
  readonly #sql: string
  #stream!: Duplex
  #error: Error | undefined
  #rows = -1
  /** ends the wait of a writer */
  #interrupt: (reason: Error) => void = () => undefined
  readonly #ready = Promise.withResolvers<void>()
  readonly #finished = Promise.withResolvers<void>()

  constructor(sql: string) {
    this.#sql = sql
    this.#ready.promise.catch(() => undefined)
    this.#finished.promise.catch(() => undefined)
  }

  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Resolves when the socket takes more; `payload` (whole tuples, no header) must not be changed before. Rejects once the server has refused a row. */
  async write(payload: Buffer): Promise<void> {
    if (this.#error) throw this.#error
    if (this.#send(payload)) return
    await new Promise<void>((resolve, reject) => {
      this.#interrupt = reject
      this.#stream.once('drain', resolve)
    })
  }

  /** Ends the COPY; answers the rows the server counted. */
  async end(): Promise<number> {
    if (this.#error) throw this.#error
    this.#send(FILE_TRAILER)
    this.#stream.write(COPY_DONE)
    await this.#finished.promise
    return this.#rows
  }

  #send(body: Buffer): boolean {
    const head = Buffer.allocUnsafe(5)
    head[0] = COPY_DATA
    head.writeUInt32BE(body.length + 4, 1)
    this.#stream.cork()
    this.#stream.write(head)
    const more = this.#stream.write(body)
    this.#stream.uncork()
    return more
  }

  // what the driver calls
  submit(connection: pg.Connection): void {
    this.#stream = connection.stream
    connection.query(this.#sql)
  }
  handleCopyInResponse(): void {
    this.#send(FILE_HEADER)
    this.#ready.resolve()
  }
  handleCommandComplete(message: { text: string }): void {
    this.#rows = Number(/^COPY (\d+)$/.exec(message.text)?.[1] ?? -1)
  }
  handleReadyForQuery(): void {
    this.#finished.resolve()
  }
  handleError(error: Error): void {
    this.#error ??= error
    this.#interrupt(error)
    this.#ready.reject(error)
    this.#finished.reject(error) // the driver tells no ReadyForQuery after an error; it holds back the next statement until then
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
}
