/** Excel workbooks: the first sheet, its first row the names of the columns. A formula gives its last result; macros are never looked at. */
import type { Readable } from 'node:stream'
import ExcelJS from 'exceljs'
import { refusal } from '../../../refusal.ts'
import type { FieldValue } from '../../tuples/encode.ts'
import { Unfit } from '../../unfit.ts'
import type { FileFormat, FileRecord, SpoiltRecord } from '../records.ts'

export const xlsx: FileFormat = { name: 'Excel', records }

async function* records(content: Readable): AsyncGenerator<FileRecord | SpoiltRecord> {
  const workbook = new ExcelJS.stream.xlsx.WorkbookReader(content as never, {
    sharedStrings: 'cache',
    styles: 'cache',
    worksheets: 'emit',
    hyperlinks: 'ignore',
    entries: 'emit',
  })
  try {
    for await (const sheet of workbook) {
      yield* rowsOf(sheet)
      return
    }
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('source_')) throw error
    throw refusal('source_value', `source: the workbook cannot be read (${(error as Error).message}): open it in Excel and save it again as .xlsx`, error)
  } finally {
    content.destroy()
  }
}

async function* rowsOf(sheet: AsyncIterable<ExcelJS.Row>): AsyncGenerator<FileRecord | SpoiltRecord> {
  let names: string[] | undefined
  for await (const row of sheet) {
    const cells = (row.values as ExcelJS.CellValue[]).slice(1)
    if (names) {
      if (cells.every((cell) => cell === null || cell === undefined)) continue
      yield recordOf(names, cells, row.number)
    } else names = cells.map((cell, at) => String(cellValue(cell, row.number, `${at + 1}`) ?? '').trim())
  }
}

function recordOf(names: readonly string[], cells: readonly ExcelJS.CellValue[], line: number): FileRecord | SpoiltRecord {
  try {
    return { values: Object.fromEntries(names.map((name, at) => [name, cellValue(cells[at], line, name)])), line }
  } catch (error) {
    if (error instanceof Unfit) return { problem: error, text: '', line }
    throw error
  }
}

function cellValue(cell: ExcelJS.CellValue | undefined, line: number, name: string): FieldValue {
  if (cell === null || cell === undefined) return null
  if (typeof cell !== 'object' || cell instanceof Date) return cell
  if ('richText' in cell) return cell.richText.map(({ text }) => text).join('')
  if ('text' in cell) return cellValue(cell.text as ExcelJS.CellValue, line, name)
  if ('formula' in cell || 'sharedFormula' in cell) return cellValue(cell.result as ExcelJS.CellValue, line, name)
  throw new Unfit(
    ...(['unreadable', name, 'source_value'] as const),
    `source: row ${line}, column ${name} holds the error ${'error' in cell ? cell.error : ''}: mend the cell, then deliver again`,
  )
}
