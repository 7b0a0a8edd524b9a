/** What a file format gives: records of named values, one after another. */
import type { Readable } from 'node:stream'
import type { FieldValue } from '../tuples/encode.ts'

/** The values of one row by the names the file itself uses; a name that is absent is null. `line` tells people where it stands. */
export type FileRecord = { values: Readonly<Record<string, FieldValue>>; line: number }

/** One kind of file. */
export type FileFormat = {
  /** «CSV», as people call it */
  readonly name: string
  /** Records in the order of the file. Throws a `Refusal` that names the line where the file is not what it claims to be. */
  records(content: Readable): AsyncIterable<FileRecord>
  /** The names of the columns where the file tells them apart from its rows. */
  names?(content: Readable): Promise<string[]>
}
