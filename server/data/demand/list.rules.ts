/** Pure: narrowing a list, counting its facets, and writing it as CSV. */
import type { Language, Text } from '../../kernel/texts.ts'
import type { ListKind, ListRow, Wanted } from './list.contract.ts'
import { listColumns, listNames, listStates } from './texts.ts'

type Filter = Pick<Wanted, 'text' | 'unit' | 'state'>

function fits(row: ListRow, { text, unit, state }: Filter): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const said = [row.number, row.item, row.unitName, row.other, row.basis].join('\n').toLowerCase()
  return words.every((word) => said.includes(word)) && (!unit?.length || unit.includes(row.unit)) && (!state?.length || state.includes(row.state))
}

export function narrowed<R extends ListRow>(rows: readonly R[], filter: Filter): R[] {
  return rows.filter((row) => fits(row, filter))
}

/** How many rows each unit and each state has, each counted without its own filter; the largest first. */
export function facetsOf(rows: readonly ListRow[], filter: Filter) {
  const { unit: _, ...noUnit } = filter
  const { state: __, ...noState } = filter
  const units = counted(narrowed(rows, noUnit), (row) => row.unit)
  const names = new Map(rows.map(({ unit, unitName }) => [unit, unitName]))
  return {
    units: units.map((one) => ({ ...one, label: names.get(one.value) ?? '' })),
    states: counted(narrowed(rows, noState), (row) => row.state),
  }
}

function counted(rows: readonly ListRow[], by: (row: ListRow) => string): { value: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(by(row), (counts.get(by(row)) ?? 0) + 1)
  return [...counts].map(([value, count]) => ({ value, count })).sort((one, other) => other.count - one.count || one.value.localeCompare(other.value))
}

/** A state of a list's row in words; the code itself where no word is known. */
export const stateWords = (state: string): Text => listStates[state as keyof typeof listStates] ?? { zh: state, en: state }

const BOM = '\uFEFF'
/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/

/** One cell: led by an apostrophe where it would be run as a formula, quoted where it must be (RFC 4180). */
export function csvCell(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The rows as a spreadsheet opens them: UTF-8 with BOM, a heading, CRLF. */
export function csvOf(list: ListKind, rows: readonly ListRow[], language: Language = 'zh'): string {
  const columns = listColumns[list]
  const cells = (row: ListRow): Record<keyof typeof columns, string> => ({
    ...{ number: row.number, item: row.item, unitName: row.unitName, other: row.other, basis: row.basis, since: row.since, due: row.due ?? '' },
    state: stateWords(row.state)[language],
  })
  const keys = Object.keys(columns) as (keyof typeof columns)[]
  const lines = [keys.map((key) => columns[key][language]), ...rows.map((row) => keys.map((key) => cells(row)[key]))]
  return `${BOM}${lines.map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`
}

/** `责任清单-2026-11-23.csv` */
export const fileName = (list: ListKind, day: string): string => `${listNames[list].zh}-${day}.csv`
