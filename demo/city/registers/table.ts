/** What a register's table is made of; the catalogue's items, the DDL and the comments a node reads all come from here. */
import type { ItemType } from '@zhenghe/server/support/standards/contract.ts'

export type Column = {
  name: string
  title: string
  /** The type in PostgreSQL. */
  type: string
  /** Its type as a catalogue item. */
  item: ItemType
  /** Length in characters of a text, digits of a number; 0 where the type fixes it. */
  length: number
  /** What the title does not say: code table, unit, form. */
  note?: string
  key?: boolean
  nullable?: boolean
  /** Personal information or otherwise to be masked before it is shared. */
  sensitive?: boolean
}

/** One table. A row is an object with these column names as its keys, in this order. */
export type Table<Name extends string = string> = {
  schema: string
  name: string
  title: string
  columns: readonly (Column & { name: Name })[]
}

/** Text of a column, in characters. */
export function text(length: number): Pick<Column, 'type' | 'item' | 'length'> {
  return { type: `varchar(${length})`, item: 'C', length }
}
/** A text that always has this many characters. */
export function code(length: number): Pick<Column, 'type' | 'item' | 'length'> {
  return { type: `char(${length})`, item: 'C', length }
}
export const date = { type: 'date', item: 'D', length: 0 } as const
export const moment = { type: 'timestamptz', item: 'T', length: 0 } as const

/** One line of COPY text, in the order of the columns. No register of the city holds a tab, a line break or a backslash. */
export function copyLine(row: object): string {
  let line = ''
  for (const value of Object.values(row)) line += value === null ? '\\N\t' : `${value}\t`
  return `${line.slice(0, -1)}\n`
}

const CHUNK_CHARACTERS = 48_000

/** The lines of rows `from` to `from + count` − 1, gathered to chunks. */
export function* chunksOf(rowAt: (index: number) => object, from: number, count: number): Generator<string> {
  let chunk = ''
  for (let index = from; index < from + count; index++) {
    chunk += copyLine(rowAt(index))
    if (chunk.length < CHUNK_CHARACTERS) continue
    yield chunk
    chunk = ''
  }
  if (chunk) yield chunk
}

export function qualified(table: Pick<Table, 'schema' | 'name'>): string {
  return `${table.schema}.${table.name}`
}
