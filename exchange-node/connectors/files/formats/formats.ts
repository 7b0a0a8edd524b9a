/** Which format a file has, by its name. */
import type { FileFormat } from '../records.ts'
import { csv } from './csv.ts'
import { jsonArray, jsonLines } from './json.ts'
import { parquet } from './parquet.ts'
import { xlsx } from './xlsx.ts'
import { xml } from './xml.ts'

const BY_ENDING: Readonly<Record<string, FileFormat>> = {
  csv: csv(),
  txt: csv(),
  tsv: csv('\t'),
  jsonl: jsonLines,
  ndjson: jsonLines,
  json: jsonArray,
  xlsx,
  xml,
  parquet,
}

/** Undefined for files that hold no rows. */
export function formatOf(file: string): FileFormat | undefined {
  return BY_ENDING[file.slice(file.lastIndexOf('.') + 1).toLowerCase()]
}
