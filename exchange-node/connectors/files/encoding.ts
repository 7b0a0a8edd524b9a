/** The text of a file as UTF-8, whatever it was written in: UTF-8 (with or without byte order mark), UTF-16 with one, or else GB18030. Strictly: a byte that fits neither is refused. */
import type { Readable } from 'node:stream'
import { refusal } from '../../refusal.ts'
import type { Place } from './place.ts'

const SNIFFED_BYTES = 1 << 20
const UTF8_MARK = [0xef, 0xbb, 0xbf]

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'

/**
 * Chunks of UTF-8 without a mark. Refuses `source_encoding` with the place of the first byte that cannot be read.
 * @param known of bytes from the middle of a file, where no mark stands
 */
export async function* utf8(content: Readable, known?: Encoding): AsyncGenerator<Buffer, void> {
  const head: Buffer[] = []
  let bytes = 0
  let decoder = known && new StrictDecoder(known, true)
  for await (const chunk of content as AsyncIterable<Buffer>) {
    if (decoder) yield decoder.next(chunk)
    else {
      head.push(chunk)
      bytes += chunk.length
      if (bytes < SNIFFED_BYTES) continue
      decoder = new StrictDecoder(encodingOf(Buffer.concat(head), false))
      yield decoder.next(Buffer.concat(head))
    }
  }
  if (!decoder) {
    const whole = Buffer.concat(head)
    decoder = new StrictDecoder(encodingOf(whole, true))
    yield decoder.next(whole)
  }
  yield decoder.end()
}

/** Of a file, by its first bytes. */
export async function encodingAt(place: Required<Pick<Place, 'slice'>>, file: { path: string; bytes: number }): Promise<{ encoding: Encoding; head: Buffer }> {
  const to = Math.min(file.bytes, SNIFFED_BYTES)
  const chunks: Buffer[] = []
  for await (const chunk of await place.slice(file.path, 0, to)) chunks.push(chunk as Buffer)
  const head = Buffer.concat(chunks)
  return { encoding: encodingOf(head, to === file.bytes), head }
}

/** @param whole there is nothing after these bytes, so a character that is cut off at their end is an error */
export function encodingOf(head: Buffer, whole: boolean): Encoding {
  if (UTF8_MARK.every((byte, at) => head[at] === byte)) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !whole })
    return 'utf-8'
  } catch {
    return 'gb18030'
  }
}

class StrictDecoder {
  readonly #decoder: TextDecoder
  readonly #encoding: string
  #read = 0

  constructor(encoding: Encoding, middle = false) {
    this.#encoding = encoding
    this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: middle })
  }

  next(chunk: Buffer): Buffer {
    return this.#decode(chunk, true)
  }

  end(): Buffer {
    return this.#decode(Buffer.alloc(0), false)
  }

  #decode(chunk: Buffer, stream: boolean): Buffer {
    try {
      const text = this.#decoder.decode(chunk, { stream })
      this.#read += chunk.length
      return Buffer.from(text)
    } catch (error) {
      throw refusal(
        'source_encoding',
        `source: the file is neither UTF-8 nor ${this.#encoding === 'utf-8' ? 'GB18030' : this.#encoding.toUpperCase()} between bytes ${this.#read} and ${this.#read + chunk.length}: save it again as UTF-8`,
        error,
      )
    }
  }
}
