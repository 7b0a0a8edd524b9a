/**
 * PostgreSQL's streaming replication on a connection of the driver: the log as messages, read when the caller asks. What is confirmed is what the caller says and
 * nothing else; the server hears from us in time whether the caller reads or not, so a slow target never costs the connection.
 */
import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { type Address, connect } from '../../pg/connect.ts'

/** One message of the output plugin: `bytes` from `at` to `end`, good until the caller next waits for anything. */
export type LogMessage = { bytes: Buffer; at: number; end: number }
type Listener = (chunk: Buffer) => void

const [COPY_DATA, ERROR, COPY_DONE, COPY_BOTH] = ['d', 'E', 'c', 'W'].map((letter) => letter.charCodeAt(0)) as [number, number, number, number]
const [LOG_DATA, KEEPALIVE, STATUS] = ['w', 'k', 'r'].map((letter) => letter.charCodeAt(0)) as [number, number, number]
const HEAD_BYTES = 5
const LOG_HEAD_BYTES = 25
const KEEPALIVE_REPLY_AT = 17
const STATUS_BYTES = 34
const FIRST_BUFFER_BYTES = 1 << 18
/** No more is read ahead of the caller; the server waits meanwhile. */
const READ_AHEAD_BYTES = 1 << 22
/** One value may have a gigabyte; what is longer than this cannot pass a node of a few hundred MiB. */
const LONGEST_MESSAGE_BYTES = 1 << 27
const EPOCH_MS = Date.UTC(2000, 0, 1)
const LONGEST_SILENCE_MS = 10_000
const CLOSE_MS = 500

/** A connection that speaks the replication protocol beside simple SQL. The caller ends it. */
export function connectReplication(address: Address): Promise<pg.Client> {
  return connect(address, 'capture', { replication: 'database' })
}

/** `0/16B3748` as a number. Throws for what is no position of a log of PostgreSQL. */
export function lsnOf(position: string): bigint {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(position)
  if (!match) throw new Error(`«${position}» is no position in the log of PostgreSQL`)
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`)
}

export function printLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffff_ffffn).toString(16)}`.toUpperCase()
}

export class ReplicationStream {
  readonly #sql: string
  readonly #arrived: () => void
  readonly #started = Promise.withResolvers<void>()
  #stream!: Duplex
  #driver!: Listener
  #buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES)
  #start = 0
  #end = 0
  /** up to where the kinds of messages have been looked at */
  #seen = 0
  #error: Error | undefined
  #pulse: NodeJS.Timeout | undefined
  #confirmed: bigint
  #paused = false

  private constructor(sql: string, from: bigint, arrived: () => void) {
    this.#sql = sql
    this.#confirmed = from
    this.#arrived = arrived
  }

  /**
   * Begins to read on a connection of its own. @param sql a START_REPLICATION @param from confirmed before @param arrived called when there is more to read, or the
   * connection has failed. Rejects with the server's error.
   */
  static async start(address: Address, sql: string, from: bigint, arrived: () => void): Promise<ReplicationStream> {
    const client = await connectReplication(address)
    try {
      const { rows } = await client.query<{ wal_sender_timeout: string }>('show wal_sender_timeout')
      const stream = new ReplicationStream(sql, from, arrived)
      client.query(stream)
      client.on('error', (error) => stream.#fail(error))
      client.on('end', () => stream.#fail(new Error('Connection terminated')))
      await stream.#started.promise
      stream.#pulse = setInterval(() => stream.#tell(), silenceMs(rows[0]?.wal_sender_timeout ?? '0'))
      return stream
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }

  /** The next message that has come; undefined where none has. Throws once the connection has failed and everything before is read. */
  read(): LogMessage | undefined {
    for (;;) {
      const length = this.#end - this.#start
      if (length < HEAD_BYTES) return this.#nothing()
      const [bytes, at] = [this.#buffer, this.#start]
      const whole = bytes.readUInt32BE(at + 1) + 1
      if (whole > LONGEST_MESSAGE_BYTES) throw new Error(`a change of ${whole} bytes is longer than the ${LONGEST_MESSAGE_BYTES} a node can carry`)
      if (length < whole) return this.#nothing()
      this.#start += whole
      if (this.#start === this.#end) this.#start = this.#end = this.#seen = 0
      if (bytes[at] !== COPY_DATA) continue // notices and settings
      const kind = bytes[at + HEAD_BYTES]
      if (kind === LOG_DATA) return { bytes, at: at + HEAD_BYTES + LOG_HEAD_BYTES, end: at + whole }
      if (kind === KEEPALIVE && bytes[at + HEAD_BYTES + KEEPALIVE_REPLY_AT] === 1) this.#tell()
    }
  }

  /** Everything up to here is durable at the target: the server may forget it. */
  confirm(position: bigint): void {
    if (position <= this.#confirmed) return
    this.#confirmed = position
    this.#tell()
  }

  /** The server has let go of the slot, or will when it notices. */
  async end(): Promise<void> {
    clearInterval(this.#pulse)
    if (!this.#error) this.#tell()
    this.#fail(new Error('the replication was ended'))
    if (this.#stream.destroyed) return
    const closed = new Promise<void>((resolve) => this.#stream.once('close', resolve))
    this.#stream.end(Buffer.from([COPY_DONE, 0, 0, 0, 4, 'X'.charCodeAt(0), 0, 0, 0, 4]))
    this.#stream.resume()
    const enough = setTimeout(() => this.#stream.destroy(), CLOSE_MS)
    await closed
    clearTimeout(enough)
  }

  #nothing(): undefined {
    if (this.#paused && !this.#error) {
      this.#paused = false
      this.#stream.resume()
    }
    if (this.#error) throw this.#error
    return undefined
  }

  #tell(): void {
    if (this.#error || this.#stream.destroyed) return
    const message = Buffer.alloc(HEAD_BYTES + STATUS_BYTES)
    message[0] = COPY_DATA
    message.writeUInt32BE(STATUS_BYTES + 4, 1)
    message[HEAD_BYTES] = STATUS
    for (const at of [1, 9, 17]) message.writeBigUInt64BE(this.#confirmed, HEAD_BYTES + at) // written, flushed, applied
    message.writeBigInt64BE(BigInt(Date.now() - EPOCH_MS) * 1000n, HEAD_BYTES + 25)
    this.#stream.write(message)
  }

  #fail(error: Error): void {
    this.#error ??= error
    clearInterval(this.#pulse)
    this.#started.reject(error)
    this.#arrived()
  }

  #feed = (chunk: Buffer): void => {
    this.#reserve(chunk.length)
    chunk.copy(this.#buffer, this.#end)
    this.#end += chunk.length
    if (this.#end - this.#start > READ_AHEAD_BYTES) {
      this.#paused = true
      this.#stream.pause()
    }
    this.#look()
    this.#arrived()
  }

  /** Notices the beginning of the stream, and an error, which the driver knows how to read. */
  #look(): void {
    while (this.#seen + HEAD_BYTES <= this.#end) {
      const next = this.#seen + 1 + this.#buffer.readUInt32BE(this.#seen + 1)
      const kind = this.#buffer[this.#seen]
      if (kind === COPY_BOTH) this.#started.resolve()
      if (kind === ERROR) {
        const told = Buffer.from(this.#buffer.subarray(this.#seen, this.#end))
        this.#end = this.#seen
        this.#stream.removeListener('data', this.#feed)
        this.#stream.on('data', this.#driver)
        this.#driver(told)
        return
      }
      this.#seen = next
    }
  }

  #reserve(bytes: number): void {
    const held = this.#end - this.#start
    if (this.#end + bytes <= this.#buffer.length) return
    const roomy = held + bytes <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafeSlow(2 * (held + bytes))
    this.#buffer.copy(roomy, 0, this.#start, this.#end)
    this.#buffer = roomy
    this.#seen -= this.#start
    this.#start = 0
    this.#end = held
  }

  // what the driver calls
  submit(connection: pg.Connection): void {
    this.#stream = connection.stream
    const [driver] = this.#stream.listeners('data') as Listener[]
    if (!driver) throw new Error('the connection has no reader')
    this.#driver = driver
    this.#stream.removeListener('data', driver)
    this.#stream.on('data', this.#feed)
    connection.query(this.#sql)
  }
  handleError(error: Error): void {
    this.#fail(error)
  }
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    this.#fail(new Error('the server ended the replication'))
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
}

/** `1min` or `5s` or `0`: how often the server must hear from us. */
function silenceMs(timeout: string): number {
  const [, amount = '0', unit = 'ms'] = /^(\d+)\s*(\w*)$/.exec(timeout) ?? []
  const ms = Number(amount) * ({ ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }[unit || 'ms'] ?? 1)
  return ms === 0 ? LONGEST_SILENCE_MS : Math.min(LONGEST_SILENCE_MS, Math.max(Math.floor(ms / 3), 100))
}
