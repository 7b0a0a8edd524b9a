import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkApiGrant } from './api-grant.ts'
import type { GrantField } from './documents.ts'
import { FrameKind, FrameReader, frame, LARGEST_FRAME, type TunnelFrame } from './tunnel.ts'

test('§5: frames are the same however the stream is cut', () => {
  const payloads = fc.array(fc.string({ maxLength: 200 }), { maxLength: 8 })
  fc.assert(
    fc.property(payloads, fc.integer({ min: 1, max: 50 }), (texts, size) => {
      const stream = Buffer.concat(texts.map((text, id) => frame(FrameKind.call, id, text)))
      const heard: TunnelFrame[] = []
      const reader = new FrameReader((one) => heard.push({ ...one, payload: Buffer.from(one.payload) }))
      for (let at = 0; at < stream.length; at += size) reader.feed(stream.subarray(at, at + size))
      expect(heard.map(({ kind, id, payload }) => [kind, id, payload.toString()])).toEqual(texts.map((text, id) => [FrameKind.call, id, text]))
    }),
  )
})

test('§5: a frame too large or too short to be one ends the stream before anything of it is kept', () => {
  for (const length of [LARGEST_FRAME + 1, 0xffffffff, 4, 0]) {
    const head = Buffer.alloc(9)
    head.writeUInt32BE(length, 0)
    expect(() => new FrameReader(() => undefined).feed(head)).toThrow(expect.objectContaining({ code: 'oversized' }))
  }
})

const field = (name: string, more: Partial<GrantField> = {}): GrantField => ({
  ...{ name, column: name, type: 'text', title: name, key: false, nullable: true, rules: [] },
  ...more,
})
const FIELDS = [field('uscc', { key: true, nullable: false }), field('name'), field('id_no', { mask: { kind: 'name' } })]

test('§4: an API grant names its key, granted fields and each operation once, and finds by no masked field', () => {
  const code = (operations: Parameters<typeof checkApiGrant>[0]['operations'], fields = FIELDS) => {
    try {
      checkApiGrant({ fields, operations })
      return 'good'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  expect(code([{ kind: 'verify', name: 'v', compare: ['name', 'id_no'] }])).toBe('good')
  expect(code([{ kind: 'find', name: 'f', fields: ['id_no'], by: ['name'], most: 1 }])).toBe('good')
  expect(code([{ kind: 'find', name: 'f', fields: ['name'], by: ['id_no'], most: 1 }])).toBe('bad_operation')
  expect(code([{ kind: 'byKey', name: 'g', fields: ['secret'] }])).toBe('bad_operation')
  expect(
    code([
      { kind: 'byKey', name: 'g', fields: ['name'] },
      { kind: 'verify', name: 'g', compare: ['name'] },
    ]),
  ).toBe('duplicate_name')
  expect(code([{ kind: 'byKey', name: 'g', fields: ['name'] }], FIELDS.slice(1))).toBe('bad_operation')
})
