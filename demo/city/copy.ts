/** COPY … FROM STDIN over a `pg` client, streamed with the server's own pace. */
import { once } from 'node:events'
import type { Client, Connection, Submittable } from 'pg'

const COPY_DATA = 0x64
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4])
const COPY_FAIL = Buffer.from([0x66, 0, 0, 0, 5, 0])
const HEADER_BYTES = 5

/**
 * Runs a `copy … from stdin` and answers the number of rows the server took. `chunks` are texts of whole lines; about 64 KiB each is good.
 * Rejects with the server's error, or with the error `chunks` threw, and then the server has kept no row.
 */
export function copyFrom(client: Client, statement: string, chunks: Iterable<string>): Promise<number> {
  return new Promise((resolve, reject) => {
    client.query(new CopyFrom(statement, chunks, resolve, reject))
  })
}

/** The part of a `pg` query that the client calls while it is the active one. */
class CopyFrom implements Submittable {
  readonly #statement: string
  readonly #chunks: Iterable<string>
  readonly #resolve: (rows: number) => void
  readonly #reject: (reason: Error) => void
  readonly #ended = new AbortController()
  #rows = 0
  #cause: Error | undefined

  constructor(statement: string, chunks: Iterable<string>, resolve: (rows: number) => void, reject: (reason: Error) => void) {
    this.#statement = statement
    this.#chunks = chunks
    this.#resolve = resolve
    this.#reject = reject
  }

  submit(connection: Connection): void {
    connection.query(this.#statement)
  }

  handleCopyInResponse(connection: Connection): void {
    const { stream } = connection
    this.#pump(stream).then(
      () => stream.write(COPY_DONE),
      (cause: Error) => {
        if (this.#ended.signal.aborted) return
        this.#cause = cause
        stream.write(COPY_FAIL)
      },
    )
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#rows = Number(text.split(' ')[1])
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#rows)
  }

  handleError(error: Error): void {
    this.#ended.abort()
    this.#reject(this.#cause ?? error)
  }

  async #pump(stream: Connection['stream']): Promise<void> {
    for (const chunk of this.#chunks) {
      this.#ended.signal.throwIfAborted()
      if (!stream.write(copyData(chunk))) await once(stream, 'drain', { signal: this.#ended.signal })
    }
  }
}

function copyData(chunk: string): Buffer {
  const length = Buffer.byteLength(chunk)
  const message = Buffer.allocUnsafe(HEADER_BYTES + length)
  message[0] = COPY_DATA
  message.writeUInt32BE(length + 4, 1)
  message.write(chunk, HEADER_BYTES)
  return message
}
