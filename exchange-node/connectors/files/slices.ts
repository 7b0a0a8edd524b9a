/** The parts of one text file as they lie in it now. */
import { Readable } from 'node:stream'
import { type Cut, cutsOf, type LineEnd, partNamed } from './cuts.ts'
import { type Encoding, encodingAt } from './encoding.ts'
import { formatOf } from './formats/formats.ts'
import type { FileInfo, Place } from './place.ts'
import type { Cutting, FileFormat, FileRecord, SpoiltRecord } from './records.ts'

type Records = AsyncIterable<FileRecord | SpoiltRecord>
type Sliced = { cutting: Cutting; cuts: readonly Cut[]; encoding: Encoding; end: LineEnd; names: readonly string[] }

const [LINE_FEED, RETURN, QUOTE] = [10, 13, 34]

/** Whether a file can be read in parts, by its name and where it lies. */
export function isCuttable(place: Place, path: string): place is Place & Required<Pick<Place, 'slice'>> {
  return place.slice !== undefined && formatOf(path)?.cut !== undefined
}

export class Slices {
  readonly #place: Place & Required<Pick<Place, 'slice'>>
  readonly #file: FileInfo
  readonly #found = new Map<number, Promise<Sliced | undefined>>()

  constructor(place: Place & Required<Pick<Place, 'slice'>>, file: FileInfo) {
    this.#place = place
    this.#file = file
  }

  /** The rows of a part, `3/64`. All of them are in the first where the file turns out to be such as cannot be cut. */
  async *records(name: string): AsyncGenerator<FileRecord | SpoiltRecord> {
    const { n, of } = partNamed(name)
    const found = this.#found.get(of) ?? this.#find(of)
    this.#found.set(of, found)
    const sliced = await found
    if (sliced) yield* await this.#slice(sliced, n)
    else if (n === 0) yield* this.#format().records(await this.#place.read(this.#file.path))
  }

  #format(): FileFormat {
    return formatOf(this.#file.path)!
  }

  async #find(of: number): Promise<Sliced | undefined> {
    const format = this.#format()
    const { cut: cutting } = format
    const { encoding, head } = await encodingAt(this.#place, this.#file)
    const end = cutting?.quoted ? lineEndOf(head) : '\n'
    if (!cutting || !end || encoding.startsWith('utf-16')) return undefined
    const names = (await format.names?.(await this.#place.read(this.#file.path))) ?? []
    return { cutting, encoding, end, names, cuts: await cutsOf(this.#place, this.#file, of, cutting.quoted, end) }
  }

  async #slice({ cutting, cuts, ...known }: Sliced, n: number): Promise<Records> {
    const [from, to] = [cuts[n]!, cuts[n + 1]!]
    const content = to.at > from.at ? await this.#place.slice(this.#file.path, from.at, to.at) : Readable.from([])
    return n === 0 ? this.#format().records(content) : cutting.records(content, { ...known, lines: from.lines })
  }
}

/** By which the first row ends, and so all of them do; undefined where it is none that a file can be cut by. */
function lineEndOf(head: Buffer): LineEnd | undefined {
  let open = false
  for (const [at, byte] of head.entries()) {
    if (byte === QUOTE) open = !open
    else if (!open && byte === LINE_FEED) return '\n'
    else if (!open && byte === RETURN) return head[at + 1] === LINE_FEED ? '\r\n' : undefined
  }
  return undefined
}
