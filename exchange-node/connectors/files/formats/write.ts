/** Rows of tuples as text files: CSV, or an object a line. What is written reads back as the same tuples. */
import type { CanonicalType, GrantField } from '@zhenghe/wire/documents.ts'
import { type Places, places, walk } from '../../../kernels/layout.ts'
import { textOf } from '../../tuples/text.ts'
import { NumberText } from './json.ts'

type Fields = readonly Pick<GrantField, 'name' | 'type'>[]
/** `head` begins the file; `rows` writes whole tuples. */
export type FileWriter = { head: string; rows(payload: Buffer): string }
export type WrittenFormat = 'csv' | 'jsonl'

export function writerOf(format: WrittenFormat, fields: Fields): FileWriter {
  return format === 'csv' ? csvWriter(fields) : jsonWriter(fields)
}

const MARK = '\ufeff'
const LINE_END = '\r\n'
const PLAIN = /^[^",;\t\r\n\ufeff]+$/
const quoted = (text: string) => (PLAIN.test(text) && text.trim() === text ? text : `"${text.replaceAll('"', '""')}"`)

/** RFC 4180, with the mark by which spreadsheets know UTF-8. Null is nothing at all, empty text is two quotes. */
function csvWriter(fields: Fields): FileWriter {
  return {
    head: `${MARK}${fields.map(({ name }) => name).join(',')}${LINE_END}`,
    rows: eachRow(fields, (values) => values.map((text) => (text === null ? '' : quoted(text))).join(',') + LINE_END),
  }
}

const BARE = new Set(['bool', 'int2', 'int4', 'int8', 'numeric'])
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/

/** Numbers keep all their digits; what JSON has no word for (NaN, infinities) is text. JSON values stand as the text they are, so that none of their digits is lost. */
function jsonWriter(fields: Fields): FileWriter {
  const object = jsonObject(fields)
  return { head: '', rows: eachRow(fields, (values) => `${object(values)}\n`) }
}

export type RowTexts = readonly (string | null)[]

/** A text of a type as JSON has it. */
export function jsonValue(type: CanonicalType, text: string | null): string | boolean | NumberText | null {
  if (text === null) return null
  if (type === 'bool') return text === 't'
  return BARE.has(type) && NUMBER.test(text) ? new NumberText(text) : text
}

/** One row of texts as a JSON object. */
export function jsonObject(fields: Fields): (values: RowTexts) => string {
  const names = fields.map(({ name }) => JSON.stringify(name))
  const written = (text: string | null, at: number): string => {
    const value = jsonValue(fields[at]!.type, text)
    return value instanceof NumberText ? value.text : JSON.stringify(value)
  }
  return (values) => `{${values.map((text, at) => `${names[at]}:${written(text, at)}`).join(',')}}`
}

function eachRow(fields: Fields, write: (values: RowTexts) => string): (payload: Buffer) => string {
  return (payload) => {
    let text = ''
    for (const values of rowTexts(fields, payload)) text += write(values)
    return text
  }
}

/** The rows of whole tuples, each as the texts of its fields. */
export function* rowTexts(fields: Fields, payload: Buffer): Generator<RowTexts> {
  const at: Places = places(fields.length)
  for (let from = 0; from < payload.length; ) {
    from = walk(payload, from, at)
    yield fields.map(({ type }, field) => (at.lengths[field]! < 0 ? null : textOf(type, payload, at.offsets[field]!, at.lengths[field]!)))
  }
}
