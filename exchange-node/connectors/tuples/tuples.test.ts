import type { CanonicalType } from '@zhenghe/wire/documents.ts'
import { expect, test } from 'vitest'
import { FRAME_BYTES } from '../../pg/copy-out.ts'
import { encodeValue, type FieldValue, RowEncoder } from './encode.ts'
import { FrameQueue, MAX_ROW_BYTES, TupleFrames } from './frames.ts'
import { uncommon } from './text.ts'
import { TupleReader } from './values.ts'

const fields = [
  { name: 'n', type: 'int4', key: true },
  { name: 'name', type: 'text', key: false },
] as const

test.each<[CanonicalType, FieldValue, RegExp]>([
  ['text', 'a\0b', /NUL/],
  ['text', Buffer.from([0xd5, 0xfe]), /UTF-8/],
  ['text', '\ud800', /half a character/],
  ['jsonb', '{"a": "\\u0000"}', /u0000/],
  ['jsonb', '"\\ud800"', /half a character/],
  ['jsonb', '{a: 1}', /not JSON/],
  ['date', '0000-00-00', /a day that never was: set it to null/],
  ['date', '2026-02-30', /no day/],
  ['date', '2026-00-10', /never was/],
  ['timestamp', '0000-00-00 00:00:00', /never was/],
  ['timestamp', '2026-01-01 25:00:00', /no day or time/],
  ['timestamptz', '2026-01-01 05:00:00', /no day or time/],
  ['time', '24:00:01', /no time/],
  ['time', '-01:00:00', /no time/],
  ['int2', 32768, /beyond int2/],
  ['int4', '2147483648', /beyond int4/],
  ['int8', '9223372036854775808', /beyond int8/],
  ['int8', '12.5', /whole number/],
  ['int4', '', /whole number/],
  ['float4', 1e300, /beyond float4/],
  ['float8', '1e999', /beyond float8/],
  ['float8', 'one', /no number/],
  ['numeric', '1,5', /decimal/],
  ['numeric', '', /decimal/],
  ['numeric', '1e-20000', /decimal/],
  ['uuid', '0f8fad5b-d9cb-469f-a165', /UUID/],
  ['bool', 'maybe', /true nor false/],
  ['bytea', 'ff', /bytes/],
  ['int4', true, /true or false/],
])('bad input: %s %s is refused by name', (type, value, problem) => {
  expect(encodeValue(new TupleFrames(), type, value)).toMatch(problem)
})

test('both halves of a character, each escaped, are good JSON, and so is an escaped backslash before u0000', () => {
  for (const good of ['"\\ud842\\udfb7"', '"\\\\u0000"', '{"a": "\\u653f"}']) expect(encodeValue(new TupleFrames(), 'jsonb', good)).toBeUndefined()
})

test('a refused row names its field and key and leaves no trace in the frame', () => {
  const out = new TupleFrames()
  const rows = new RowEncoder(out, fields)
  rows.write([1, '政'])
  expect(() => rows.write([2, 'a\0b'])).toThrow(/name of the row with n = 2 holds a NUL/)
  rows.write([3, null])
  const { payload, rows: count } = out.take()
  expect(count).toBe(2)
  expect([...new TupleReader(['int4', 'text']).rows(payload)]).toEqual([
    [1, '政'],
    [3, null],
  ])
})

test('bad input: a 100 MB field is refused as a row too long, whatever stands around it', () => {
  const out = new TupleFrames()
  expect(() => new RowEncoder(out, fields).write([1, 'x'.repeat(100 << 20)])).toThrow(/longer than/)
  expect(out.buffer.length).toBeLessThan(MAX_ROW_BYTES)
})

test('a driver that pushes rows is held back while a frame waits, and every frame ends on a row border', async () => {
  let paused = false
  let pauses = 0
  const queue = new FrameQueue({ pause: () => (paused = ++pauses > 0), resume: () => (paused = false) })
  const rows = new RowEncoder(queue.frames, fields)
  const total = 40_000
  let n = 0
  const push = () => {
    for (; n < total && !paused; n++) {
      rows.write([n, 'x'.repeat(n % 200)])
      queue.rowDone()
    }
    if (n === total) queue.end()
    else setImmediate(push)
  }
  push()
  const reader = new TupleReader(['int4', 'text'])
  let expected = 0
  for await (const { payload } of queue.all()) {
    expect(payload.length).toBeLessThan(FRAME_BYTES + 300)
    await new Promise((resolve) => setImmediate(resolve))
    for (const [value] of reader.rows(payload)) expect(value).toBe(expected++)
  }
  expect(expected).toBe(total)
  expect(pauses).toBeGreaterThan(3)
})

test('what a driver tells of a failure is thrown, and the rows before it are not taken for all', async () => {
  const queue = new FrameQueue({ pause: () => undefined, resume: () => undefined })
  new RowEncoder(queue.frames, fields).write([1, 'a'])
  queue.fail(new Error('gone'))
  await expect(queue.all().next()).rejects.toThrow('gone')
})

test.each<[CanonicalType, string, boolean]>([
  ['numeric', 'NaN', true],
  ['numeric', '-Infinity', true],
  ['numeric', '-1.5', false],
  ['date', 'infinity', true],
  ['date', '12000-01-01', true],
  ['date', '9999-12-31', false],
  ['timestamp', '0044-03-15 00:00:00 BC', true],
  ['timestamptz', '2026-01-01 00:00:00Z', false],
  ['float8', 'NaN', true],
])('%s %s is known to few databases: %s', (type, value, rare) => {
  const out = new TupleFrames()
  out.beginRow(1)
  encodeValue(out, type, value)
  out.endRow()
  const { payload } = out.take()
  expect(uncommon(type, payload, 6, payload.length - 6) !== undefined).toBe(rare)
})
