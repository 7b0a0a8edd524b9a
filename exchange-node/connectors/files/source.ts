/** Files as a source: a table is a file of rows, or a folder whose files are the rows (`*`: name, size, time, digest and content of each). */
import { createHash } from 'node:crypto'
import type { DeliveryMode, Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { WireError } from '@zhenghe/wire/error.ts'
import { checkFilter } from '@zhenghe/wire/filter.ts'
import type { Range } from '@zhenghe/wire/messages.ts'
import type { RowFrame } from '../../pg/copy-out.ts'
import { refusal } from '../../refusal.ts'
import { checkCursor } from '../../source/preflight.ts'
import { type SourceTable, shapeHas } from '../../source/schema.ts'
import type { SnapshotFacts } from '../../source/snapshot.ts'
import type { Look, Part, Source, SourceConnector, SourceOptions, SourceReader, SourceSnapshot } from '../connector.ts'
import { Highest } from '../passing.ts'
import { Sieve } from '../sieve.ts'
import type { HoldBack } from '../unfit.ts'
import { partName, partNamed, partsFor } from './cuts.ts'
import { type FileInfo, inside, type Place } from './place.ts'
import type { FileRecord, SpoiltRecord } from './records.ts'
import { isCuttable, Slices } from './slices.ts'
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

  prepare(grant: Grant, mode: DeliveryMode, options: SourceOptions): Promise<Source> {
    return this.#at(async (place) => {
      if (mode === 'incremental') checkCursor(grant)
      const problems = grant.filter ? checkFilter(grant.filter, grant.fields) : []
      if (problems.length > 0) throw new WireError('bad_filter', `the filter does not fit the granted fields: ${problems[0]!.code}`, { problems })
      const table = await granted(place, grant)
      return { table, snapshot: async () => FileSnapshot.take(this.#open(), grant, table, options) }
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

type Placed = (FileRecord | SpoiltRecord) & { place: string }

class FileSnapshot implements SourceSnapshot {
  readonly facts: SnapshotFacts
  /** of a file; one of a folder's may be as it was */
  readonly allOrNothing: boolean
  readonly #place: Place
  readonly #grant: Grant
  readonly #files: readonly FileInfo[]
  readonly #options: SourceOptions
  readonly #slices: Slices | undefined

  private constructor(place: Place, grant: Grant, files: readonly FileInfo[], options: SourceOptions) {
    this.#place = place
    this.#grant = grant
    this.#files = files
    this.#options = options
    this.allOrNothing = grant.source.table !== ALL_FILES.table
    const [only] = grant.source.table === ALL_FILES.table ? [] : files
    this.#slices = only && isCuttable(place, only.path) ? new Slices(place, only) : undefined
    const position = digest(files.map(({ path, version }) => `${path} ${version}`).join('\n'))
    this.facts = { name: `${place.name}@${position}`, system: place.name, position }
  }

  static async take(place: Place, grant: Grant, table: SourceTable, options: SourceOptions): Promise<FileSnapshot> {
    try {
      const { schema } = grant.source
      const files = table.table === ALL_FILES.table ? await place.list(inside(schema)) : [(await place.stat(inside(schema, table.table)))!]
      return new FileSnapshot(place, grant, files, options)
    } catch (error) {
      await place.end()
      throw error
    }
  }

  /** Text of a folder is cut at its rows; other files are read from their beginning, so each is one range; of a folder's files each is one. */
  async plan(): Promise<Range[]> {
    if (this.#grant.source.table !== ALL_FILES.table) {
      const [file] = this.#files
      const parts = file && this.#slices ? partsFor(file.bytes, this.#options.pagesPerRange) : 1
      if (parts === 1) return [{ n: 0, from: null, to: null }]
      return Array.from({ length: parts }, (_, n) => ({ n, from: partName(n, parts), to: partName(n, parts) }))
    }
    return this.#files.map(({ path }, n) => ({ n, from: path, to: path }))
  }

  async highWater(field: GrantField): Promise<string | null> {
    const highest = new Highest(field)
    for await (const record of this.#records({ by: 'range', range: { from: null, to: null } }))
      if ('values' in record) highest.meet(record.values[field.column] ?? null)
    return highest.value
  }

  async reader(): Promise<SourceReader> {
    return { rows: (part, holdBack) => this.#frames(part, holdBack), end: async () => undefined }
  }

  end(): Promise<void> {
    return this.#place.end()
  }

  async *#frames(part: Part, holdBack: HoldBack | undefined): AsyncGenerator<RowFrame, number> {
    const { fields } = this.#grant
    const sieve = new Sieve(part, this.#grant, this.#options.overlapSeconds, holdBack)
    for await (const record of this.#records(part)) {
      if ('problem' in record) sieve.spoil(record.problem, record.text, record.place)
      else
        sieve.take(
          fields.map(({ column }) => record.values[column] ?? null),
          record.place,
        )
      if (sieve.full) yield sieve.frame()
    }
    if (sieve.pending) yield sieve.frame()
    return sieve.read
  }

  /** What the file holds, and proof afterwards that nobody wrote into it meanwhile. */
  async *#records(part: Part): AsyncGenerator<Placed> {
    const { source } = this.#grant
    const all = source.table === ALL_FILES.table
    const only = part.by === 'range' && part.range.from !== null ? part.range.from : undefined
    for (const file of this.#files) {
      if (all && only !== undefined && file.path !== only) continue
      const records = !all && only !== undefined ? this.#partOf(file, only) : recordsOf(this.#place, file, source.table)
      for await (const record of records) yield { ...record, place: `${file.path}:${record.line}` }
      const now = await this.#place.stat(file.path)
      if (now?.version !== file.version)
        throw refusal('source_moved', `source: ${file.path} was changed while it was read; it is read again from its beginning`)
    }
  }

  #partOf(file: FileInfo, name: string): AsyncIterable<FileRecord | SpoiltRecord> {
    if (this.#slices) return this.#slices.records(name)
    return partNamed(name).n === 0 ? recordsOf(this.#place, file, this.#grant.source.table) : NOTHING
  }
}

const NOTHING: AsyncIterable<FileRecord> = (async function* () {})()

function digest(text: string): string {
  return createHash('sha512-256').update(text).digest('hex').slice(0, 32)
}
