/** Reads an HTTP/1.1 response off a socket, strictly: anything two readers could understand differently is garbage, and the connection ends. */
export type Answer = { status: number; type: string; body: Buffer }
export type Trouble = 'garbage' | 'too_large' | 'cut_off'

const MOST_HEAD = 32 << 10
const CRLF2 = Buffer.from('\r\n\r\n')
const STATUS = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?$/

/** Fed with chunks until `done`; then tells whether the connection can carry another. */
export class ResponseReader {
  readonly #mostBytes: number
  #head: Buffer | undefined
  #status = 0
  #type = ''
  #bodyless = false
  #length = -1
  #chunked = false
  #keep = true
  #parts: Buffer[] = []
  #bytes = 0
  // of chunked bodies
  #line = ''
  #left = -1
  #trailer = false
  done = false
  /** Whether anything was heard at all. */
  touched = false
  trouble: Trouble | undefined

  /** @param bodyless no body follows whatever the head says (HEAD) */
  constructor(mostBytes: number, bodyless = false) {
    this.#mostBytes = mostBytes
    this.#bodyless = bodyless
  }

  get keepAlive(): boolean {
    return this.#keep && this.trouble === undefined
  }

  answer(): Answer {
    return { status: this.#status, type: this.#type, body: this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts) }
  }

  feed(chunk: Buffer): void {
    this.touched = true
    if (this.#status === 0) {
      const bytes = this.#head ? Buffer.concat([this.#head, chunk]) : chunk
      const end = bytes.indexOf(CRLF2)
      if (end < 0) {
        this.#head = bytes
        if (bytes.length > MOST_HEAD) this.#fail('garbage')
        return
      }
      const failed = this.#readHead(bytes.toString('latin1', 0, end))
      this.#head = undefined
      if (failed) return void this.#fail('garbage')
      if (this.#status < 200) {
        this.#status = 0 // an interim answer; the real one follows
        return void this.feed(bytes.subarray(end + 4))
      }
      this.#body(bytes.subarray(end + 4))
    } else this.#body(chunk)
  }

  /** The peer has closed: whole only where the end of the stream was to be the end of the body. */
  close(): void {
    if (this.done) return
    this.#keep = false
    if (this.#status > 0 && !this.#chunked && this.#length < 0 && !this.#bodyless) this.done = true
    else this.#fail('cut_off')
  }

  #readHead(head: string): boolean {
    const lines = head.split('\r\n')
    const found = STATUS.exec(lines[0] ?? '')
    if (!found) return true
    this.#keep = found[1] === '1'
    this.#status = Number(found[2])
    for (let at = 1; at < lines.length; at++) {
      const line = lines[at]!
      const colon = line.indexOf(':')
      if (colon <= 0 || line.includes('\n') || /[\s]/.test(line.slice(0, colon))) return true
      if (this.#header(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())) return true
    }
    if (this.#status === 204 || this.#status === 304 || this.#status < 200) this.#bodyless = this.#status >= 200
    return this.#chunked && this.#length >= 0
  }

  /** Whether the header makes the answer garbage. */
  #header(name: string, value: string): boolean {
    switch (name) {
      case 'content-length':
        if (!/^\d{1,15}$/.test(value) || this.#length >= 0) return true
        this.#length = Number(value)
        return false
      case 'transfer-encoding':
        if (value.toLowerCase() !== 'chunked' || this.#chunked) return true
        this.#chunked = true
        return false
      case 'connection':
        if (/\bclose\b/i.test(value)) this.#keep = false
        return false
      case 'content-type':
        this.#type = value
        return false
      case 'content-encoding':
        return value.toLowerCase() !== 'identity' // none was asked for
      default:
        return false
    }
  }

  #body(bytes: Buffer): void {
    if (this.#bodyless) this.#end(bytes)
    else if (this.#chunked) this.#takeChunks(bytes)
    else if (this.#length < 0) {
      this.#keep = false
      this.#take(bytes)
    } else {
      if (this.#length > this.#mostBytes) return void this.#fail('too_large')
      const due = this.#length - this.#bytes
      this.#take(bytes.length > due ? bytes.subarray(0, due) : bytes)
      if (this.#bytes === this.#length) this.#end(bytes.subarray(due))
    }
  }

  #takeChunks(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && !this.done) {
      if (this.#left > 0) {
        const end = Math.min(bytes.length, at + this.#left)
        this.#take(bytes.subarray(at, end))
        this.#left -= end - at
        at = end
        continue
      }
      const feed = bytes.indexOf(10, at)
      this.#line += bytes.toString('latin1', at, feed < 0 ? bytes.length : feed + 1)
      if (this.#line.length > 1024) return void this.#fail('garbage')
      if (feed < 0) return
      at = feed + 1
      if (this.#endLine(bytes.subarray(at))) return
    }
  }

  /** A whole line between chunks has been read; answers whether reading is over. */
  #endLine(rest: Buffer): boolean {
    const line = this.#line
    this.#line = ''
    if (!line.endsWith('\r\n')) this.#fail('garbage')
    else if (this.#trailer) {
      if (line === '\r\n') this.#end(rest)
    } else if (this.#left === 0) {
      this.#left = -1
      if (line !== '\r\n') this.#fail('garbage')
    } else {
      const size = /^([0-9a-fA-F]{1,8})(?:;[^\r\n]*)?\r\n$/.exec(line)?.[1]
      if (size === undefined) this.#fail('garbage')
      else if (Number.parseInt(size, 16) === 0) this.#trailer = true
      else this.#left = Number.parseInt(size, 16)
    }
    return this.done
  }

  #take(bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#bytes > this.#mostBytes) this.#fail('too_large')
    else if (bytes.length > 0) this.#parts.push(bytes)
  }

  #end(rest: Buffer): void {
    if (rest.length > 0) this.#keep = false // more than was asked for
    this.done = true
  }

  #fail(trouble: Trouble): void {
    this.trouble ??= trouble
    this.done = true
    this.#keep = false
  }
}
