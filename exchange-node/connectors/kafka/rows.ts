/** Messages as rows of named values, and what a topic shows as its columns. */

import { refusal } from '../../refusal.ts'
import type { SourceColumn } from '../../source/schema.ts'
import { fieldOf, NumberText, parseExactly } from '../files/formats/json.ts'
import type { FileRecord } from '../files/records.ts'
import { columnsOf } from '../files/schema.ts'
import { at } from '../json-path.ts'
import type { FieldValue } from '../tuples/encode.ts'
import type { Cluster, Topic } from './cluster.ts'
import { type Message, messagesOf, type Span } from './read.ts'
import { type Description, KEY, OFFSET, PARTITION, TIMESTAMP } from './topics.ts'

/** Messages that are looked at to learn what a topic holds, where nobody has described it. */
const SAMPLED = 1000
const utf8 = new TextDecoder('utf-8', { fatal: true })

type Values = Readonly<Record<string, FieldValue>>
/** The values of a message by the names of columns. */
export type MessageRow = (message: Message) => Values

/** Refuses `source_value` where a message is no JSON object, by its place. */
export function rowOf({ name }: Pick<Topic, 'name'>, columns: Description['columns'] | undefined): MessageRow {
  return (message) => ({ ...jsonValues(objectOf(name, message), columns), ...ownValues(message) })
}

/** By the paths of described columns, or else what stands at the top. */
function jsonValues(object: object, columns: Description['columns'] | undefined): Values {
  if (!columns) return Object.fromEntries(Object.entries(object).map(([column, value]) => [column, fieldOf(value)]))
  return Object.fromEntries(columns.map(({ name, path }) => [name, fieldOf(at(object, path ?? name))]))
}

function ownValues({ partition, offset, timestamp, key }: Message): Values {
  return { [PARTITION]: partition, [OFFSET]: offset, [TIMESTAMP]: new Date(Number(timestamp)), [KEY]: key }
}

function objectOf(topic: string, { partition, offset, value }: Message): object {
  const place = `message ${partition}:${offset} of ${topic}`
  const remedy = `ask its writer; to pass over this one, name "${partition}:${offset}" under skip in the description of the topic`
  try {
    const object = parseExactly(utf8.decode(value!))
    if (isObject(object)) return object
  } catch (error) {
    throw refusal('source_value', `source: ${place} is no JSON in UTF-8: ${remedy}`, error)
  }
  throw refusal('source_value', `source: ${place} is JSON, but no object with named values: ${remedy}`)
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof NumberText)
}

const own = (column: string, type: SourceColumn['type'], key: boolean, nullable = false): SourceColumn => ({
  ...{ column, dbType: type, type, nullable, key, comment: null },
})

/** The columns of a described topic, or those that its last messages seem to have. Rows of a topic of which every message is a row are told apart by where they lie. */
export async function shownColumns(cluster: Cluster, topic: Topic, description: Description | undefined, latest: boolean): Promise<SourceColumn[]> {
  const columns = description ? describedColumns(description) : await sampledColumns(cluster, topic, latest)
  const keyed = columns.some(({ key }) => key)
  return [
    ...columns,
    own(KEY, 'text', latest && !keyed, !latest),
    own(PARTITION, 'int4', !latest && !keyed),
    own(OFFSET, 'int8', !latest && !keyed),
    own(TIMESTAMP, 'timestamptz', false),
  ]
}

function describedColumns({ columns }: Description): SourceColumn[] {
  return columns.map(({ name, path = name, type, key }) => ({ column: name, dbType: `${type} ${path}`, type, nullable: !key, key, comment: null }))
}

/** In a topic of latest messages the key is what the keys of messages are made of; else where messages lie tells them apart. */
async function sampledColumns(cluster: Cluster, topic: Topic, latest: boolean): Promise<SourceColumn[]> {
  const messages = await sample(cluster, topic)
  const rows = messages.map((message) => jsonValues(objectOf(topic.name, message), undefined))
  async function* records(): AsyncGenerator<FileRecord> {
    for (const [line, values] of rows.entries()) yield { values, line }
  }
  const keys = latest ? keysOf(messages, rows) : []
  return (await columnsOf(records())).map((column) => ({ ...column, key: keys.includes(column.column), nullable: !keys.includes(column.column) }))
}

async function sample(cluster: Cluster, topic: Topic): Promise<Message[]> {
  const bounds = await cluster.bounds(topic)
  const each = BigInt(Math.ceil(SAMPLED / Math.max(bounds.length, 1)))
  const found: Message[] = []
  for (const [partition, { start, end }] of bounds.entries()) {
    const from = end - each > start ? end - each : start
    for await (const messages of messagesOf(cluster, topic, { partition, from, to: end })) found.push(...messages.filter(({ value }) => value !== null))
  }
  return found
}

/** The columns that the keys of all messages name, `{"id":7}`, or the first whose value they are. None where it is not so in every message. */
function keysOf(messages: readonly Message[], rows: readonly Values[]): string[] {
  const keys = messages.map(({ key }) => key && keyValues(key))
  const [first] = keys
  if (!first) return []
  const same = (names: readonly string[]) =>
    keys.every((key, at) => {
      if (typeof key === 'string') return names.length === 1 && String(rows[at]![names[0]!]) === key
      return key && Object.keys(key).length === names.length && names.every((name) => String(rows[at]![name]) === String(key[name]))
    })
  const candidates = typeof first === 'string' ? Object.keys(rows[0]!).map((name) => [name]) : [Object.keys(first)]
  return candidates.find((names) => names.length > 0 && same(names)) ?? []
}

/** A key that is a JSON object as its values, any other as its text. */
function keyValues(key: Buffer): Values | string {
  try {
    const object = parseExactly(key.toString())
    if (isObject(object)) return jsonValues(object, undefined)
  } catch {
    // then it is no JSON, which keys need not be
  }
  return key.toString()
}

export const spanOf = (bounds: readonly { start: bigint; end: bigint }[]): Span[] =>
  bounds.flatMap(({ start, end }, partition) => (end > start ? [{ partition, from: start, to: end }] : []))
