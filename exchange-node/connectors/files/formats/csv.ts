/** CSV as RFC 4180 has it, and its brothers with tabs or semicolons. The first line names the columns; an empty value without quotes is null, `""` is empty text. */
import { Readable } from 'node:stream'
import { type CastingContext, CsvError, parse } from 'csv-parse'
import { refusal } from '../../../refusal.ts'
import { utf8 } from '../encoding.ts'
import { type FileFormat, type FileRecord, type Slice, type SpoiltRecord, spoilt } from '../records.ts'

const LONGEST_RECORD = 7 << 20
type Parsed = { record: (string | null)[]; info: { lines: number } }

export function csv(delimiter?: string): FileFormat {
  return {
    name: delimiter === '\t' ? 'TSV' : 'CSV',
    records: (content) => records(content, delimiter),
    cut: { quoted: true, records: (content, slice) => slicedRecords(content, delimiter, slice) },
    names: async (content) => {
      for await (const names of lines(content, delimiter)) return headed(names.record)
      return []
    },
  }
}

async function* records(content: Readable, delimiter: string | undefined): AsyncGenerator<FileRecord | SpoiltRecord> {
  let names: string[] | undefined
  for await (const { record, info } of lines(content, delimiter)) {
    if (names) yield recordOf(names, record, info.lines)
    else names = headed(record)
  }
}

async function* slicedRecords(content: Readable, delimiter: string | undefined, slice: Slice): AsyncGenerator<FileRecord | SpoiltRecord> {
  for await (const { record, info } of lines(content, delimiter, slice)) yield recordOf(slice.names, record, slice.lines + info.lines)
}

function recordOf(names: readonly string[], record: Parsed['record'], line: number): FileRecord | SpoiltRecord {
  if (record.length === names.length) return { values: Object.fromEntries(names.map((name, at) => [name, record[at]])), line }
  return spoilt(line, record.join(','), `line ${line} has ${record.length} values, the first line has ${names.length} names: mend the line, then deliver again`)
}

async function* lines(content: Readable, delimiter: string | undefined, slice?: Slice): AsyncGenerator<Parsed> {
  const text = Readable.from(utf8(content, slice?.encoding), { objectMode: false })
  const parser = parse({
    ...(slice ? { record_delimiter: slice.end } : { bom: true }),
    info: true,
    delimiter: delimiter ?? [',', ';', '\t'],
    skip_empty_lines: true,
    relax_column_count: true, // counted by `recordOf`
    max_record_size: LONGEST_RECORD,
    cast: (value: string, { quoting }: CastingContext) => (value === '' && !quoting ? null : value),
  })
  text.on('error', (error) => parser.destroy(error))
  text.pipe(parser)
  try {
    yield* parser as AsyncIterable<Parsed>
  } catch (error) {
    throw explained(error, slice?.lines ?? 0)
  } finally {
    parser.destroy()
    text.destroy()
    content.destroy()
  }
}

function headed(record: readonly (string | null)[]): string[] {
  const names = record.map((name) => name?.trim() ?? '')
  const empty = names.indexOf('')
  if (empty >= 0) throw refusal('source_value', `source: the first line names no column ${empty + 1}: give every column a name`)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw refusal('source_value', `source: the first line names the column ${twice} twice: give every column a name of its own`)
  return names
}

function explained(error: unknown, before: number): unknown {
  if (!(error instanceof CsvError)) return error
  const line = before + Number((error as { lines?: number }).lines ?? 0)
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return refusal('row_too_long', `source: line ${line} is longer than ${LONGEST_RECORD} bytes, or a quote before it is never closed`, error)
  return refusal('source_value', `source: line ${line} cannot be read as CSV (${error.message}): mend the line, then resume`, error)
}
