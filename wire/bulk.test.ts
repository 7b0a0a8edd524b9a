import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { BulkDecoder, BulkSealer } from './bulk.ts'
import { ByteQueue } from './byte-queue.ts'
import { WireError } from './error.ts'
import { type BulkSecrets, type Frame, type FrameHead, FrameSealer, KIND, type Sealed } from './frame.ts'
import { Sm4Hmac } from './suites/sm4-hmac.ts'
import { all, connected, refusal, relayedPair, socketPair } from './testing.ts'

const MIB = 1 << 20
const secrets = (): BulkSecrets => ({ role: 'sender', cipher: new Uint8Array(16).fill(7), mac: new Uint8Array(32).fill(8) })
const noLoss = (reason: WireError) => {
  throw reason
}
const rows = (seq: number): FrameHead => ({ kind: KIND.rows, range: 1, seq, rows: 1 })
const GONE = new WireError('closed', 'the test is over')

function halves(): { sealer: BulkSealer; decoder: BulkDecoder; bytes: ByteQueue } {
  const [mine, theirs, bytes] = [secrets(), secrets(), new ByteQueue()]
  return { sealer: new BulkSealer(new Sm4Hmac(mine), mine, noLoss), decoder: new BulkDecoder(new Sm4Hmac(theirs), theirs, bytes, noLoss), bytes }
}

function push(bytes: ByteQueue, { header, body, tag }: Sealed): void {
  for (const part of [header, body, tag]) bytes.push(part)
}

test('a thread seals what the session’s own would, byte for byte, large and small in the order in which they were given', async () => {
  const { sealer } = halves()
  const own = new FrameSealer(new Sm4Hmac(secrets()))
  const payloads = [MIB, 5, 3 * MIB, 0, 16 << 10].map((size, at) => Buffer.alloc(size, at + 1))
  const sealing = payloads.map((payload, seq) => sealer.seal(rows(seq), payload))
  for (const payload of payloads) payload.fill(0) // it may be changed at once
  const expected = [MIB, 5, 3 * MIB, 0, 16 << 10].map((size, at) => own.seal(rows(at), Buffer.alloc(size, at + 1)))
  for (const [at, { header, body, tag }] of (await Promise.all(sealing)).entries()) {
    expect([header, tag]).toEqual([expected[at]!.header, expected[at]!.tag])
    expect(body.equals(expected[at]!.body)).toBe(true)
  }
  sealer.stop(GONE)
})

test('frames come out of a thread as they went in; what is wrong with one is told in its turn, and nothing after it', async () => {
  const { sealer, decoder, bytes } = halves()
  const payloads = [Buffer.alloc(MIB, 1), Buffer.from('small'), Buffer.alloc(2 * MIB, 2), Buffer.alloc(MIB, 3), Buffer.alloc(MIB, 4)]
  const sealed = await Promise.all(payloads.map((payload, seq) => sealer.seal(rows(seq), payload)))
  sealed[3]!.body[MIB - 1]! ^= 1
  for (const frame of sealed) push(bytes, frame)
  const got: Frame[] = []
  const reading = (async () => {
    for (let next = decoder.next(); next; next = decoder.next()) got.push(await next)
  })()
  expect((await refusal(reading)).code).toBe('tampered')
  expect(got.map(({ seq, payload }) => payload.equals(payloads[seq]!))).toEqual([true, true, true])
  sealer.stop(GONE)
  decoder.stop(GONE)
})

test('a half that was stopped seals and opens nothing more: its keys are wiped', async () => {
  const [own, theirs] = [secrets(), secrets()]
  const sealer = new BulkSealer(new Sm4Hmac(own), own, noLoss)
  const decoder = new BulkDecoder(new Sm4Hmac(theirs), theirs, new ByteQueue(), noLoss)
  const waiting = refusal(sealer.seal(rows(0), Buffer.alloc(MIB)))
  sealer.stop(GONE)
  decoder.stop(GONE)
  expect((await waiting).code).toBe('closed')
  expect(() => sealer.seal(rows(1), Buffer.from('x'))).toThrow(GONE)
  expect((await refusal(decoder.next()!)).code).toBe('closed')
  for (const { cipher, mac } of [own, theirs]) expect([...cipher, ...mac].every((byte) => byte === 0)).toBe(true)
})

test.each(['sender', 'receiver'] as const)('the %s’s thread dies in the middle of a load: both sides end, resumably, and nothing hangs', async (whose) => {
  const { sender, receiver } = await connected(socketPair(), { suite: 'gm' })
  const reading = refusal(all(receiver))
  const hearing = refusal(all(sender))
  sender.beginRange(1)
  await sender.send({ kind: 'rangeBegin', n: 1 })
  const threads: Worker[] = []
  const remember = (worker: Worker) => threads.push(worker)
  process.on('worker', remember)
  await sender.sendFrame(1, 1, Buffer.alloc(MIB))
  while (threads.length < 2) await new Promise(setImmediate)
  process.off('worker', remember)
  const flood = refusal(
    (async () => {
      for (;;) await sender.sendFrame(1, 1, Buffer.alloc(4 * MIB))
    })(),
  )
  await threads[whose === 'sender' ? 0 : 1]!.terminate()
  const errors = await Promise.all([flood, reading, hearing])
  expect(errors.map(({ resumable }) => resumable)).toEqual([true, true, true])
  expect(errors.map(({ code }) => code)).toContain('thread_lost')
})

test('threads end with their session', async () => {
  const threads: Worker[] = []
  const remember = (worker: Worker) => threads.push(worker)
  process.on('worker', remember)
  const { sender, receiver } = await connected(socketPair(), { suite: 'gm' })
  const reading = all(receiver)
  sender.beginRange(1)
  await sender.send({ kind: 'rangeBegin', n: 1 })
  await sender.sendFrame(1, 1, Buffer.alloc(MIB))
  while (threads.length < 2) await new Promise(setImmediate)
  process.off('worker', remember)
  const ends = Promise.all(threads.map((thread) => once(thread, 'exit')))
  await sender.close()
  expect((await reading).length).toBe(2)
  await receiver.close()
  expect(await ends).toEqual([[0], [0]])
})

test('a large frame with any byte of it changed on the way is refused', async () => {
  for (const where of [0, 40, 300_000, MIB + 32 + 5]) {
    let [seen, armed] = [0, false]
    const { sender, receiver } = await connected(
      relayedPair((chunk, way) => {
        if (way === 'back' || !armed) return [chunk]
        const at = where - seen
        seen += chunk.length
        if (at < 0 || at >= chunk.length) return [chunk]
        const changed = Buffer.from(chunk)
        changed[at]! ^= 0x10
        return [changed]
      }),
      { suite: 'gm' },
    )
    sender.beginRange(1)
    receiver.beginRange(1)
    armed = true
    const reading = refusal(all(receiver))
    await sender.sendFrame(1, 1, Buffer.alloc(MIB))
    expect((await reading).code).toMatch(/tampered|bad_magic|out_of_order/)
    sender.destroy()
  }
})
