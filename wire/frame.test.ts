import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WireError } from './error.ts'
import { type Frame, type FrameCipher, FrameDecoder, FrameSealer, HEADER_BYTES, KIND, MAX_PAYLOAD_BYTES, type Role } from './frame.ts'
import { RangeDigests } from './ranges.ts'
import { AesGcm } from './suites/international.ts'
import { Sm4Hmac } from './suites/sm4-hmac.ts'
import { refusedCode } from './testing.ts'

const key = createSecretKey(Buffer.alloc(32, 7))
const SUITES: [string, (role: Role) => FrameCipher][] = [
  ['suite 1', (role) => new AesGcm(key, role)],
  ['suite 2', (role) => new Sm4Hmac({ role, cipher: new Uint8Array(16).fill(7), mac: new Uint8Array(32).fill(7) })],
]
const u32 = fc.nat({ max: 0xffff_ffff })
const frames = fc.array(fc.record({ range: u32, seq: u32, rows: u32, payload: fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)) }), {
  minLength: 1,
  maxLength: 6,
})
type Plain = { range: number; seq: number; rows: number; payload: Buffer }

type Cut = { header: Buffer; tag: Buffer }

describe.each(SUITES)('%s', (_, cipherOf) => {
  function sealAll(plain: readonly Plain[]): Buffer[] {
    const sealer = new FrameSealer(cipherOf('sender'))
    return plain.map(({ payload, ...head }) => {
      const { header, body, tag } = sealer.seal({ kind: KIND.rows, ...head }, payload)
      return Buffer.concat([header, body, tag])
    })
  }

  function decode(chunks: readonly Buffer[], decoder = new FrameDecoder(cipherOf('sender'))): Frame[] {
    const opened: Frame[] = []
    for (const chunk of chunks) {
      decoder.push(chunk)
      for (let frame = decoder.next(); frame; frame = decoder.next()) opened.push(frame)
    }
    decoder.end()
    return opened
  }

  function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
    const chunks: Buffer[] = []
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length]!
      chunks.push(bytes.subarray(at, at + size))
      at += size
    }
    return chunks
  }

  test('any frames come out as they went in, however the stream was cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 1, maxLength: 5 }), (plain, sizes) => {
        const opened = decode(cut(Buffer.concat(sealAll(plain)), sizes))
        expect(opened.map(({ range, seq, rows, payload }) => ({ range, seq, rows, payload }))).toEqual(plain)
      }),
    )
  })

  test('any single bit changed anywhere is refused, and no frame from there on is given out', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (plain, where) => {
        const sealed = sealAll(plain)
        const bytes = Buffer.concat(sealed)
        const bit = where % (bytes.length * 8)
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        const decoder = new FrameDecoder(cipherOf('sender'))
        const given: Frame[] = []
        decoder.push(bytes)
        const refused = refusedCode(() => {
          for (let frame = decoder.next(); frame; frame = decoder.next()) given.push(frame)
          decoder.end()
        })
        expect(refused).toMatch(/tampered|bad_magic|unsupported_version|unknown_kind|replayed|out_of_order|oversized|truncated/)
        expect(Buffer.concat(sealAll(plain.slice(0, given.length))).length).toBeLessThanOrEqual(bit >> 3)
      }),
    )
  })

  const [one, two, three] = sealAll([1, 2, 3].map((n) => ({ range: n, seq: 0, rows: n, payload: Buffer.from([n]) }))) as [Buffer, Buffer, Buffer]
  function changed(at: number, value: number): Buffer {
    const copy = Buffer.from(one)
    copy.writeUInt32BE(value, at)
    return copy
  }

  test.each([
    ['a frame that comes twice', [one, one], 'replayed'],
    ['a frame left out', [one, three], 'out_of_order'],
    ['two frames exchanged', [two, one], 'out_of_order'],
    ['a stream that ends within a header', [one, two.subarray(0, 20)], 'truncated'],
    ['a stream that ends within a payload', [one, two.subarray(0, HEADER_BYTES + 1)], 'truncated'],
    ['bytes that are no frame', [Buffer.from('GET / HTTP/1.1\r\nHost: example\r\n\r\n')], 'bad_magic'],
    ['another version', [changed(4, 0x02010000)], 'unsupported_version'],
    ['a kind of frame not known', [changed(4, 0x01090000)], 'unknown_kind'],
    ['a reserved bit', [changed(4, 0x01010001)], 'unknown_kind'],
    ['a frame larger than may be', [changed(20, MAX_PAYLOAD_BYTES + 1).subarray(0, HEADER_BYTES)], 'oversized'],
    ['the other direction of the same session', [], 'tampered'],
  ] as const)('%s is refused', (_, chunks, code) => {
    expect(refusedCode(() => (chunks.length > 0 ? decode(chunks) : decode([one], new FrameDecoder(cipherOf('receiver')))))).toBe(code)
  })

  test('a payload too large for a frame is refused where it is made', () => {
    expect(
      refusedCode(() => new FrameSealer(cipherOf('sender')).seal({ kind: KIND.rows, range: 0, seq: 0, rows: 0 }, Buffer.alloc(MAX_PAYLOAD_BYTES + 1))),
    ).toBe('oversized')
  })

  test('the largest frame passes byte by byte in bounded memory', () => {
    const payload = Buffer.alloc(1 << 20, 5)
    const [bytes] = sealAll([{ range: 1, seq: 0, rows: 1, payload }]) as [Buffer]
    const decoder = new FrameDecoder(cipherOf('sender'))
    const before = process.memoryUsage()
    for (let at = 0; at < bytes.length; at++) decoder.push(bytes.subarray(at, at + 1))
    const after = process.memoryUsage()
    expect(decoder.next()?.payload.equals(payload)).toBe(true)
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(4 << 20)
  })

  test('fuzz: whatever arrives, the decoder gives frames, waits or refuses; it never keeps more than one frame', () => {
    const garbage = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes))
    const almost = fc.tuple(fc.nat({ max: HEADER_BYTES - 1 }), fc.nat({ max: 255 })).map(([at, value]) => {
      const copy = Buffer.from(one)
      copy[at] = value
      return copy
    })
    const part = fc.oneof(
      garbage,
      almost,
      fc.constantFrom(one, two, three),
      fc.nat({ max: one.length }).map((size) => one.subarray(0, size)),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (chunks) => {
        const decoder = new FrameDecoder(cipherOf('sender'))
        try {
          for (const chunk of chunks) {
            decoder.push(chunk)
            while (decoder.next());
          }
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
        expect(decoder.bytes.length).toBeLessThanOrEqual(8 * 400 + MAX_PAYLOAD_BYTES)
      }),
      { seed: 20260101, numRuns: 3000 },
    )
  })

  test('the digest of a range is over its headers and tags, in order, and begins anew', () => {
    const [first, second] = [one, two].map((bytes) => ({ header: bytes.subarray(0, HEADER_BYTES), tag: bytes.subarray(-cipherOf('sender').tagBytes) })) as [
      Cut,
      Cut,
    ]
    const digests = new RangeDigests()
    const over = (...cuts: Cut[]) => {
      digests.begin(1)
      for (const { header, tag } of cuts) digests.advance(1, header, tag)
      return digests.digest(1)
    }
    expect(over()).toBe('0'.repeat(64))
    expect(over(first, second)).toBe(over(first, second))
    expect(new Set([over(first), over(first, second), over(second, first)]).size).toBe(3)
    expect(refusedCode(() => digests.digest(2))).toBe('out_of_order')
  })
})
