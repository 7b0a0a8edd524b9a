/** What stands behind a table's name at a place of files. */
import { createHash } from 'node:crypto'
import type { SourceColumn, SourceTable } from '../../source/schema.ts'
import { formatOf } from './formats/formats.ts'
import { type FileInfo, type Place, readWhole } from './place.ts'
import type { FileRecord, SpoiltRecord } from './records.ts'
import { columnsOf } from './schema.ts'

/** The longest file that fits into a row. */
const LARGEST_FILE = 6 << 20
const column = (name: string, type: SourceColumn['type'], key = false): SourceColumn => ({
  ...{ column: name, dbType: type, type, nullable: !key, key, comment: null },
})

/** The files of a folder themselves, whatever they are: documents, pictures, OFD. */
export const ALL_FILES: Omit<SourceTable, 'schema'> = {
  ...{ table: '*', kind: 'view', comment: null, estimatedRows: 0, bytes: 0 },
  columns: [column('path', 'text', true), column('bytes', 'int8'), column('modified', 'timestamptz'), column('digest', 'text'), column('content', 'bytea')],
}

/** Undefined where the file is none of rows. */
export async function columnsOfTable(place: Place, file: string): Promise<SourceColumn[] | undefined> {
  const format = formatOf(file)
  if (!format) return undefined
  const columns = await columnsOf(format.records(await place.read(file)))
  if (columns.length > 0 || !format.names) return columns
  return (await format.names(await place.read(file))).map((name) => column(name, 'text'))
}

export async function* recordsOf(place: Place, file: FileInfo, table: string): AsyncGenerator<FileRecord | SpoiltRecord> {
  if (table === ALL_FILES.table) yield await fileItself(place, file)
  else yield* formatOf(file.path)!.records(await place.read(file.path))
}

/** `digest` is SHA-256 of the content, in hex. */
async function fileItself(place: Place, { path, bytes, modified }: FileInfo): Promise<FileRecord> {
  const content = await readWhole(place, path, LARGEST_FILE)
  return { values: { path, bytes, modified, digest: createHash('sha256').update(content).digest('hex'), content }, line: 1 }
}
