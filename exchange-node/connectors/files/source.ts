/** Files as a source: a table is a file of rows, or a folder whose files are the rows (`*`: name, size, time, digest and content of each). */
import { createHash } from 'node:crypto'
import type { DeliveryMode, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { checkFilter, evaluate, type FilterRow } from '@zhenghe/wire/filter.ts'
import type { Range } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import { checkCursor } from '../../source/preflight.ts'
import { type SourceTable, shapeHas } from '../../source/schema.ts'
import type { SnapshotFacts } from '../../source/snapshot.ts'
import type { Look, Part, Source, SourceConnector, SourceOptions, SourceReader, SourceSnapshot } from '../connector.ts'
import { type FieldValue, RowEncoder } from '../tuples/encode.ts'
import { TupleFrames } from '../tuples/frames.ts'
import { partOf } from './parts.ts'
import { type FileInfo, inside, type Place } from './place.ts'
import { ALL_FILES, columnsOfTable, recordsOf } from './tables.ts'

/** Rows of a text file are taken to be of so many bytes before they are counted. */
const ROW_BYTES = 120

export class FileSource implements SourceConnector {
  readonly #open: () => Place

  /** @param open the place, a connection of its own each time; whoever asks for it ends it */
  constructor(open: () => Place) {
    this.#open = open
  }

  look(): Promise<Look> {
    return this.#at(async (place) => {
      await place.list('')
      return { product: place.product, database: place.name }
    })
  }

  tables(): Promise<SourceTable[]> {
    return this.#at(async (place) => {
      const tables: SourceTable[] = []
      for (const file of await place.list('')) {
        const table = await tableOf(place, file).catch(() => undefined) // what cannot be read as rows is a file among the others
        if (table) tables.push(table)
      }
      const folders = new Set((await place.list('')).map(({ path }) => folderOf(path)))
      for (const schema of folders) tables.push({ ...ALL_FILES, schema })
      return tables
    })
  }

  prepare(grant: Grant, mode: DeliveryMode, _options: SourceOptions): Promise<Source> {
    return this.#at(async (place) => {
      if (mode === 'incremental') checkCursor(grant)
      const problems = grant.filter ? checkFilter(grant.filter, grant.fields) : []
      if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
      const table = await granted(place, grant)
      return { table, snapshot: async () => FileSnapshot.take(this.#open(), grant, table) }
    })
  }

  async #at<T>(work: (place: Place) => Promise<T>): Promise<T> {
    const place = this.#open()
    try {
      return await work(place)
    } finally {
      await place.end()
    }
  }
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.'
}

async function tableOf(place: Place, file: FileInfo): Promise<SourceTable | undefined> {
  const columns = await columnsOfTable(place, file.path)
  if (!columns) return undefined
  const table = file.path.slice(file.path.lastIndexOf('/') + 1)
  const estimatedRows = Math.ceil(file.bytes / ROW_BYTES)
  return { schema: folderOf(file.path), table, kind: 'table', comment: null, estimatedRows, bytes: file.bytes, columns }
}

/** The file as it is now. Refuses what a database refuses of a table: gone, or without a granted column. */
async function granted(place: Place, { source, fields }: Grant): Promise<SourceTable> {
  const all = source.table === ALL_FILES.table
  const file = all ? undefined : await place.stat(inside(source.schema, source.table))
  const table = all ? { ...ALL_FILES, schema: source.schema } : file && (await tableOf(place, file))
  if (!table)
    throw refusal(
      'source_missing',
      `there is no file of rows ${source.schema}/${source.table} at the source: put it there, or bind the resource to where it is now`,
    )
  const gone = fields.filter(({ column }) => !table.columns.some((one) => one.column === column)).map(({ column }) => column)
  if (gone.length > 0)
    throw refusal(
      'source_changed',
      `${source.table} no longer has the columns ${gone.join(', ')}: mend the file, or bind the resource again and publish a new version`,
    )
  const changed = table.columns.filter((column) => fields.some((field) => field.column === column.column) && !shapeHas(source.shape, column))
  if (changed.length > 0)
    throw refusal(
      'source_changed',
      `the columns ${changed.map(({ column }) => column).join(', ')} of ${source.table} are not those that were bound: bind it again`,
    )
  if (!fields.some(({ key }) => key)) throw refusal('source_key', 'the grant names no key: without one, rows can neither be told apart nor compared')
  return table
}

class FileSnapshot implements SourceSnapshot {
  readonly facts: SnapshotFacts
  readonly #place: Place
  readonly #grant: Grant
  readonly #files: readonly FileInfo[]

  private constructor(place: Place, grant: Grant, files: readonly FileInfo[]) {
    this.#place = place
    this.#grant = grant
    this.#files = files
    const position = digest(files.map(({ path, version }) => `${path} ${version}`).join('\n'))
    this.facts = { name: `${place.name}@${position}`, system: place.name, position }
  }

  static async take(place: Place, grant: Grant, table: SourceTable): Promise<FileSnapshot> {
    try {
      const { schema } = grant.source
      const files = table.table === ALL_FILES.table ? await place.list(inside(schema)) : [(await place.stat(inside(schema, table.table)))!]
      return new FileSnapshot(place, grant, files)
    } catch (error) {
      await place.end()
      throw error
    }
  }

  /** A file is read from its beginning, so it is one range; of a folder each file is one. */
  async plan(): Promise<Range[]> {
    if (this.#grant.source.table !== ALL_FILES.table) return [{ n: 0, from: null, to: null }]
    return this.#files.map(({ path }, n) => ({ n, from: path, to: path }))
  }

  async highWater(field: GrantField): Promise<string | null> {
    let highest: string | null = null
    const one = { fields: [field], types: { [field.name]: field.type } }
    for await (const values of this.#rows({ by: 'range', range: { from: null, to: null } })) {
      const value = values[field.name]
      const text = value === null || value === undefined ? null : String(value)
      if (text !== null && (highest === null || evaluate({ op: 'gt', field: field.name, value: highest }, { [field.name]: text }, one.fields))) highest = text
    }
    return highest
  }

  async reader(): Promise<SourceReader> {
    return { rows: (part) => this.#frames(part), end: async () => undefined }
  }

  end(): Promise<void> {
    return this.#place.end()
  }

  async *#frames(part: Part): AsyncGenerator<RowFrame, number> {
    const { fields, filter } = this.#grant
    const frames = new TupleFrames()
    const encoder = new RowEncoder(frames, fields)
    const wanted = partOf(part, this.#grant)
    let read = 0
    for await (const row of this.#rows(part)) {
      if (!wanted(row)) continue
      read++
      if (filter && evaluate(filter, row, fields) !== true) continue
      encoder.write(fields.map(({ name }) => row[name] as FieldValue))
      if (frames.full) yield frames.take()
    }
    if (frames.rows > 0) yield frames.take()
    return read
  }

  /** Rows by the names of the grant, and proof afterwards that nobody wrote into the file meanwhile. */
  async *#rows(part: Part): AsyncGenerator<FilterRow> {
    const { source, fields } = this.#grant
    const only = part.by === 'range' && part.range.from !== null ? part.range.from : undefined
    for (const file of this.#files) {
      if (only !== undefined && file.path !== only) continue
      for await (const { values } of recordsOf(this.#place, file, source.table)) {
        yield Object.fromEntries(fields.map(({ name, column }) => [name, values[column] ?? null])) as FilterRow
      }
      const now = await this.#place.stat(file.path)
      if (now?.version !== file.version)
        throw refusal('source_moved', `source: ${file.path} was changed while it was read; it is read again from its beginning`)
    }
  }
}

function digest(text: string): string {
  return createHash('sha512-256').update(text).digest('hex').slice(0, 32)
}
