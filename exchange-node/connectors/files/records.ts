/** What a file format gives: records of named values, one after another. */
import type { Readable } from 'node:stream'
import type { FieldValue } from '../tuples/encode.ts'
import { Unfit } from '../unfit.ts'
import type { LineEnd } from './cuts.ts'
import type { Encoding } from './encoding.ts'

/** The values of one row by the names the file itself uses; a name that is absent is null. `line` tells people where it stands. */
export type FileRecord = { values: Readonly<Record<string, FieldValue>>; line: number }
/** What stands where a row should and is none; what follows it can be read. */
export type SpoiltRecord = { problem: Unfit; text: string; line: number }

/** @param detail what is wrong with it, and what to do */
export function spoilt(line: number, text: string, detail: string, cause?: unknown): SpoiltRecord {
  return { problem: new Unfit('malformed', '', 'source_value', `source: ${detail}`, cause), text, line }
}

/** One kind of file. */
export type FileFormat = {
  /** «CSV», as people call it */
  readonly name: string
  /** Records in the order of the file. Throws a `Refusal` that names the line where the file is not what it claims to be, and nothing behind it can be read. */
  records(content: Readable): AsyncIterable<FileRecord | SpoiltRecord>
  /** The names of the columns where the file tells them apart from its rows. */
  names?(content: Readable): Promise<string[]>
  /** Absent where a file can only be read from its beginning. */
  readonly cut?: Cutting
}
/** How rows of a text file are told apart, and read from the middle of it. */
export type Cutting = {
  /** a line end between quotes ends no row */
  readonly quoted: boolean
  records(content: Readable, slice: Slice): AsyncIterable<FileRecord | SpoiltRecord>
}
/** What is known of the file: of the names in its first line, where it has one. `lines` stand before the slice. */
export type Slice = { encoding: Encoding; end: LineEnd; names: readonly string[]; lines: number }
