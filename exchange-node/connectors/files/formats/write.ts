/** Rows of tuples as text files: CSV, or an object a line. What is written reads back as the same tuples. */
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { type Places, places, walk } from '../../../kernels/layout.ts'
import { textOf } from '../../tuples/text.ts'

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
  const names = fields.map(({ name }) => JSON.stringify(name))
  const written = (text: string | null, at: number): string => {
    const { type } = fields[at]!
    if (text === null) return 'null'
    if (type === 'bool') return text === 't' ? 'true' : 'false'
    return BARE.has(type) && NUMBER.test(text) ? text : JSON.stringify(text)
  }
  return { head: '', rows: eachRow(fields, (values) => `{${values.map((text, at) => `${names[at]}:${written(text, at)}`).join(',')}}\n`) }
}

function eachRow(fields: Fields, write: (values: (string | null)[]) => string): (payload: Buffer) => string {
  const at: Places = places(fields.length)
  return (payload) => {
    let text = ''
    for (let from = 0; from < payload.length; ) {
      from = walk(payload, from, at)
      text += write(fields.map(({ type }, field) => (at.lengths[field]! < 0 ? null : textOf(type, payload, at.offsets[field]!, at.lengths[field]!))))
    }
    return text
  }
}
