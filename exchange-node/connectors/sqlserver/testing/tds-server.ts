/**
 * The other end of the driver's own protocol (TDS 7.4), as far as this connector speaks it, so that the real driver is what is tested. It knows no SQL: a test says what each
 * statement is answered. It proves how statements, values, rows, bulk loads and errors travel, and nothing of what a server makes of them.
 */
import net from 'node:net'
import { type Bulk, readBulk, readRpc, type Sent } from './tds-read.ts'

export type Asked = { sql: string; values: Sent[]; how: 'batch' | 'call' }
export type Answer = { rows?: unknown[][]; changed?: number; error?: { number: number; message: string }; hang?: true; cut?: true }

const [BATCH, CALL, ATTENTION, BULK, TRANSACTION, LOGIN, PRELOGIN] = [0x01, 0x03, 0x06, 0x07, 0x0e, 0x10, 0x12]
const RESPONSE = 0x04
const HEADER = 8
const PACKET = 4096
const END_OF_MESSAGE = 1
const [DONE, ROW, METADATA, ERROR, LOGINACK, ENVCHANGE] = [0xfd, 0xd1, 0x81, 0xaa, 0xad, 0xe3]
const [NVARCHAR, VARBINARY, FLOATN] = [0xe7, 0xa5, 0x6d]
const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34])
const [BEGIN, COMMIT] = [5, 7]

export class TdsServer {
  readonly asked: Asked[] = []
  readonly bulks: Bulk[] = []
  /** the login is refused with this */
  refuseLogin: Answer['error']
  readonly #server: net.Server
  readonly #answer: (asked: Asked) => Answer
  open = 0

  constructor(answer: (asked: Asked) => Answer) {
    this.#answer = answer
    this.#server = net.createServer((socket) => this.#serve(socket))
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `sqlserver://node:s3cret@127.0.0.1:${(this.#server.address() as net.AddressInfo).port}/register?encrypt=off`
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #serve(socket: net.Socket): void {
    let waiting = Buffer.alloc(0)
    let message: Buffer[] = []
    this.open++
    socket.on('error', () => undefined)
    socket.on('close', () => this.open--)
    socket.on('data', (data) => {
      waiting = Buffer.concat([waiting, data as Buffer])
      while (waiting.length >= HEADER && waiting.length >= waiting.readUInt16BE(2)) {
        const length = waiting.readUInt16BE(2)
        message.push(waiting.subarray(HEADER, length))
        const [type, last] = [waiting[0]!, (waiting[1]! & END_OF_MESSAGE) !== 0]
        waiting = waiting.subarray(length)
        if (!last) continue
        this.#take(socket, type, Buffer.concat(message))
        message = []
      }
    })
  }

  #take(socket: net.Socket, type: number, body: Buffer): void {
    const reply = (...parts: Buffer[]) => send(socket, Buffer.concat(parts))
    switch (type) {
      case PRELOGIN: // no encryption
        reply(Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2]))
        break
      case LOGIN:
        reply(...(this.refuseLogin ? [errorToken(this.refuseLogin), done(0, 2)] : [loginAck(), Buffer.from([ENVCHANGE, 8, 0, 7, 5, ...COLLATION, 0]), done(0)]))
        break
      case TRANSACTION: {
        const kind = body.readUInt16LE(body.readUInt32LE(0))
        const envelope = kind === BEGIN ? [8, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0] : [kind === COMMIT ? 9 : 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]
        reply(Buffer.from([ENVCHANGE, envelope.length, 0, ...envelope]), done(0))
        break
      }
      case BULK: {
        const bulk = readBulk(body)
        this.bulks.push(bulk)
        reply(done(bulk.rows.length, 0x10))
        break
      }
      case ATTENTION:
        reply(done(0, 2)) // what is left of the answer, then the word that it was broken off
        reply(done(0, 0x20))
        break
      case BATCH:
        this.#say(socket, { how: 'batch', sql: body.toString('utf16le', body.readUInt32LE(0)), values: [] })
        break
      case CALL:
        this.#say(socket, { how: 'call', ...readRpc(body) })
        break
      default:
        throw new Error(`a message of type ${type}`)
    }
  }

  #say(socket: net.Socket, asked: Asked): void {
    this.asked.push(asked)
    const { rows, changed, error, hang, cut } = this.#answer(asked)
    const parts = rows ? [metadata(rows), ...rows.map(rowToken)] : []
    if (cut) socket.destroy()
    else if (error) send(socket, Buffer.concat([errorToken(error), done(0, 2)]))
    else if (!hang) send(socket, Buffer.concat([...parts, done(rows?.length ?? changed ?? 0, 0x10)]))
  }
}

function send(socket: net.Socket, body: Buffer): void {
  for (let at = 0; at === 0 || at < body.length; at += PACKET - HEADER) {
    const part = body.subarray(at, at + PACKET - HEADER)
    const header = Buffer.from([RESPONSE, at + part.length >= body.length ? END_OF_MESSAGE : 0, 0, 0, 0, 0, 1, 0])
    header.writeUInt16BE(part.length + HEADER, 2)
    socket.write(Buffer.concat([header, part]))
  }
}

function done(rows: number, status = 0): Buffer {
  const token = Buffer.alloc(13)
  token[0] = DONE
  token.writeUInt16LE(status, 1)
  token.writeUInt16LE(0xc1, 3)
  token.writeBigUInt64LE(BigInt(rows), 5)
  return token
}

function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'utf16le')])
}

function longText(text: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16LE(text.length)
  return Buffer.concat([length, Buffer.from(text, 'utf16le')])
}

function sized(token: number, body: Buffer): Buffer {
  const head = Buffer.from([token, 0, 0])
  head.writeUInt16LE(body.length, 1)
  return Buffer.concat([head, body])
}

function loginAck(): Buffer {
  return sized(LOGINACK, Buffer.concat([Buffer.from([1, 0x74, 0, 0, 4]), shortText('Microsoft SQL Server'), Buffer.from([16, 0, 0x10, 0x27])]))
}

function errorToken({ number, message }: NonNullable<Answer['error']>): Buffer {
  const head = Buffer.alloc(6)
  head.writeInt32LE(number, 0)
  head[4] = 1
  head[5] = 14
  return sized(ERROR, Buffer.concat([head, longText(message), shortText('server'), shortText(''), Buffer.alloc(4)]))
}

function metadata([first = []]: unknown[][]): Buffer {
  const count = Buffer.from([METADATA, first.length, 0])
  const column = (value: unknown) => {
    const type = typeof value === 'number' ? [FLOATN, 8] : value instanceof Uint8Array ? [VARBINARY, 0x40, 0x1f] : [NVARCHAR, 0x40, 0x1f, ...COLLATION]
    return Buffer.concat([Buffer.from([0, 0, 0, 0, 9, 0, ...type]), shortText('c')])
  }
  return Buffer.concat([count, ...first.map(column)])
}

function rowToken(row: unknown[]): Buffer {
  const cell = (value: unknown): Buffer => {
    if (value === null) return Buffer.from([0xff, 0xff])
    if (typeof value === 'number') {
      const float = Buffer.alloc(9)
      float[0] = 8
      float.writeDoubleLE(value, 1)
      return float
    }
    const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value), 'utf16le')
    const length = Buffer.alloc(2)
    length.writeUInt16LE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  return Buffer.concat([Buffer.from([ROW]), ...row.map(cell)])
}
