/** The binary log as the server sends it: one event after another, as a replica receives them. What waits here is bounded; the server is held back beyond it. */
import { EventEmitter } from 'node:events'
import { crc32 } from 'node:zlib'
import { refusal } from '../../../refusal.ts'
import { errnoOf, explained } from '../errors.ts'
import { type MariaAddress, type RawPacket, Session } from '../session.ts'

/** `body` is good until the next event is taken. `end` is the place behind the event in its file, 0 where it has none. */
export type LogEvent = { type: number; at: number; server: number; end: number; body: Buffer }

const COM_BINLOG_DUMP = 0x12
const FORMAT_DESCRIPTION = 15
const CHECKSUM_BYTES = 4
const HEADER_BYTES = 19
const QUEUE_BYTES = 8 << 20
const HEARTBEAT_SECONDS = 5
/** Without a heartbeat for so long the server is taken to be gone. */
const SILENCE_MS = 30_000
/** The log that is asked for is not there any more, or is not this server's. */
const NO_SUCH_LOG = 1236
/** MariaDB sends its own kind of transaction marks to replicas that say they know them. */
const KNOWS_MARIADB_GTID = 4

type Wire = {
  _resetSequenceId(): void
  _bumpSequenceId(packets: number): void
  stream: { write(bytes: Buffer): void }
}
type Packet = RawPacket & { isError(): boolean; asError(encoding: string): Error }

/** What the driver runs like one of its own commands. */
class Dump extends EventEmitter {
  readonly #request: Buffer
  readonly #take: (packet: Packet) => void
  #begun = false

  constructor(request: Buffer, take: (packet: Packet) => void) {
    super()
    this.#request = request
    this.#take = take
  }

  execute(packet: Packet | undefined, wire: Wire): boolean {
    if (!this.#begun) {
      this.#begun = true
      wire._resetSequenceId()
      wire.stream.write(this.#request)
      wire._bumpSequenceId(1)
      return false
    }
    if (packet) this.#take(packet)
    return false
  }
}

export class BinlogDump {
  readonly #session: Session
  readonly #arrived: () => void
  readonly #queue: LogEvent[] = []
  readonly #flow: { pause(): void; resume(): void }
  #bytes = 0
  #paused = false
  #failure: unknown
  #heard = performance.now()
  /** whether each event ends with a CRC-32; undefined before the log has described itself */
  #checked: boolean | undefined

  private constructor(session: Session, file: string, position: number, serverId: number, arrived: () => void) {
    this.#session = session
    this.#arrived = arrived
    const fail = (error: unknown) => this.#fail(error)
    this.#flow = session.command(new Dump(requestOf(file, position, serverId), (packet) => this.#take(packet)), fail)
  }

  /** @param serverId a number no other replica of the server has @param arrived called when there may be more to take */
  static async open(address: MariaAddress, at: { file: string; position: number }, serverId: number, arrived: () => void): Promise<BinlogDump> {
    const session = await Session.open(address, 'source')
    try {
      await session.query('set @master_binlog_checksum = @@global.binlog_checksum, @source_binlog_checksum = @@global.binlog_checksum')
      await session.query(`set @master_heartbeat_period = ${HEARTBEAT_SECONDS * 1e9}, @source_heartbeat_period = ${HEARTBEAT_SECONDS * 1e9}`)
      if (session.product.mariadb) await session.query(`set @mariadb_slave_capability = ${KNOWS_MARIADB_GTID}`)
      return new BinlogDump(session, at.file, at.position, serverId, arrived)
    } catch (error) {
      session.destroy()
      throw error
    }
  }

  /** The next event, undefined where none has come yet. Throws what has ended the stream, once all before it is taken. Refuses `slot_lost`, `database_gone`. */
  next(): LogEvent | undefined {
    const event = this.#queue.shift()
    if (!event) {
      if (this.#failure) throw this.#failure
      if (performance.now() - this.#heard > SILENCE_MS)
        throw refusal('database_gone', `source: the server has sent no heartbeat for ${SILENCE_MS / 1000} seconds`)
      return undefined
    }
    this.#bytes -= event.body.length
    if (this.#paused && this.#bytes < QUEUE_BYTES / 2) {
      this.#paused = false
      this.#flow.resume()
    }
    return event
  }

  end(): void {
    this.#session.destroy()
  }

  #take(packet: Packet): void {
    this.#heard = performance.now()
    if (packet.isError() || packet.isEOF()) {
      this.#fail(packet.isError() ? packet.asError('utf8') : refusal('database_gone', 'source: the server has ended the stream of its log'))
      return
    }
    const { buffer, offset, end } = packet
    const at = offset + 1
    const type = buffer[at + 4]!
    if (type === FORMAT_DESCRIPTION) this.#checked = buffer[end - CHECKSUM_BYTES - 1] === 1
    if (this.#checked === undefined) return // the name of the file, which is known
    // the server changes a flag in the description of a log under way, and not its checksum
    if (this.#checked && type !== FORMAT_DESCRIPTION && crc32(buffer.subarray(at, end - CHECKSUM_BYTES)) !== buffer.readUInt32LE(end - CHECKSUM_BYTES)) {
      this.#fail(refusal('database_gone', 'source: an event of the binary log does not have its checksum: it is asked for again'))
      return
    }
    const body = Buffer.from(buffer.subarray(at + HEADER_BYTES, this.#checked ? end - CHECKSUM_BYTES : end))
    this.#queue.push({ at: buffer.readUInt32LE(at), type, server: buffer.readUInt32LE(at + 5), end: buffer.readUInt32LE(at + 13), body })
    this.#bytes += body.length
    if (this.#bytes > QUEUE_BYTES && !this.#paused) {
      this.#paused = true
      this.#flow.pause()
    }
    this.#arrived()
  }

  #fail(error: unknown): void {
    this.#failure ??= errnoOf(error) === NO_SUCH_LOG ? lost((error as Error).message) : explained(error, 'source')
    this.#arrived()
  }
}

/** Refused where the place in the log is not there any more: changes are missing, and only a whole load helps. */
export function lost(why: string) {
  return refusal(
    'slot_lost',
    `source: the place of this capture in the binary log is lost: ${why}. What changed since can only come by a new load; a person must order it. Keep logs longer: binlog_expire_logs_seconds`,
  )
}

function requestOf(file: string, position: number, serverId: number): Buffer {
  const name = Buffer.from(file)
  const request = Buffer.alloc(4 + 11 + name.length)
  request.writeUIntLE(request.length - 4, 0, 3)
  request[4] = COM_BINLOG_DUMP
  request.writeUInt32LE(position, 5)
  request.writeUInt32LE(serverId, 11)
  name.copy(request, 15)
  return request
}
