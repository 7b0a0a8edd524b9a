/** How the messages of topics become rows: a JSON file beside the node's configuration. A closed language: nothing in it is a program. */
import { CanonicalType } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { JsonPath } from '../json-path.ts'

/** What a message tells besides its value, as columns of every topic. */
export const PARTITION = '_partition'
export const OFFSET = '_offset'
export const TIMESTAMP = '_timestamp'
export const KEY = '_key'
const OWN_COLUMNS: ReadonlySet<string> = new Set([PARTITION, OFFSET, TIMESTAMP, KEY])

const Column = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(63)
    .refine((name) => !OWN_COLUMNS.has(name), 'is a column that every topic has anyway'),
  path: JsonPath.optional(),
  type: CanonicalType,
  key: z.boolean().default(false),
})

const Described = z.strictObject({
  topic: z.string().regex(/^[a-zA-Z0-9._-]{1,249}$/, 'is no name of a topic'),
  comment: z.string().max(1000).optional(),
  /** the last message of each key, or every message. By default the one for compacted topics, the other for all else */
  rows: z.enum(['latest', 'every']).optional(),
  columns: z.array(Column).min(1),
  /** messages that a person has looked at and passes over: «partition:offset» */
  skip: z
    .array(z.string().regex(/^\d{1,10}:\d{1,19}$/, 'is no partition:offset'))
    .max(10_000)
    .default([]),
})

export const TopicsFile = z
  .strictObject({ topics: z.array(Described).min(1) })
  .refine(({ topics }) => new Set(topics.map(({ topic }) => topic)).size === topics.length, { path: ['topics'], message: 'describes a topic twice' })

export type Description = z.output<typeof Described>
export type Topics = z.output<typeof TopicsFile>
