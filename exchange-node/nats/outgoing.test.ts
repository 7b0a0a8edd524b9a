import { describe, expect, test } from 'vitest'
import { Incoming } from './incoming.ts'
import { Outgoing, STALLED_MS, WINDOW } from './outgoing.ts'

const MIB = 1 << 20

/** A sending half whose clock and broker are in the hands of the test. */
function sending(mostBytes = MIB) {
  const published: { id: string; data: Buffer }[] = []
  const state = { now: 1000, failure: undefined as Error | undefined }
  const fail = (reason: Error) => {
    state.failure = reason
  }
  const outgoing = new Outgoing('f', { publish: (id, data) => published.push({ id, data }), fail, mostBytes, now: () => state.now })
  const ids = () => published.splice(0).map(({ id }) => id)
  return { outgoing, published, ids, state }
}

describe('sending', () => {
  test('cuts what is larger than a message into equal parts, in order', async () => {
    const { outgoing, published } = sending(1000)
    const data = Buffer.from(Array.from({ length: 2500 }, (_, at) => at % 251))
    await outgoing.write(data)
    expect(published.map(({ id, data: part }) => [id, part.length])).toEqual([
      ['f1', 834],
      ['f2', 834],
      ['f3', 832],
    ])
    expect(Buffer.concat(published.map(({ data: part }) => part)).equals(data)).toBe(true)
  })

  test('waits for the reader where a window is under way; the window grows with what arrives, up to its limit', async () => {
    const { outgoing, state } = sending()
    let written = 0
    const writing = (async () => {
      for (; written < 100; written++) await outgoing.write(Buffer.alloc(MIB))
    })()
    const settle = () => new Promise((resolve) => setImmediate(resolve))
    await settle()
    expect(outgoing.outstanding).toBe(MIB)
    for (let seq = 1; seq <= 50; seq++) {
      state.now += 10
      outgoing.acknowledged(seq, seq)
      await settle()
      expect(outgoing.outstanding).toBeLessThanOrEqual(WINDOW)
    }
    expect(outgoing.outstanding).toBe(WINDOW)
    for (let seq = 51; seq <= 100; seq++) {
      outgoing.acknowledged(seq, seq)
      await settle()
    }
    await writing
    expect(outgoing.outstanding).toBe(0)
  })

  test('where packets take seconds to arrive no more of them are put under way', async () => {
    const { outgoing, state } = sending(MIB / 4)
    void outgoing.write(Buffer.alloc(64 * MIB)).catch(() => undefined)
    for (let seq = 1; seq <= 20; seq++) {
      await new Promise((resolve) => setImmediate(resolve))
      state.now += 5000
      outgoing.acknowledged(seq, seq)
    }
    await new Promise((resolve) => setImmediate(resolve))
    expect(outgoing.outstanding).toBeLessThanOrEqual(2 * MIB)
    outgoing.fail(new Error('over'))
  })

  test('what does not arrive is published again under its id, then under another, then the line is given up', async () => {
    const { outgoing, ids, state } = sending()
    await outgoing.write(Buffer.alloc(10))
    await outgoing.write(Buffer.alloc(10))
    outgoing.acknowledged(1, 0)
    expect(ids()).toEqual(['f1', 'f2'])
    state.now += 3100
    outgoing.watch()
    expect(ids()).toEqual(['f2'])
    state.now += 6100
    outgoing.watch()
    expect(ids()).toEqual(['f2.2'])
    state.now += STALLED_MS
    outgoing.watch()
    expect(state.failure?.message).toMatch(/carried nothing to the other side for 34 seconds/)
    await expect(outgoing.write(Buffer.alloc(1))).rejects.toThrow()
  })

  test('a reader that is busy for minutes is no stall: everything has arrived', async () => {
    const { outgoing, ids, state } = sending()
    await outgoing.write(Buffer.alloc(10))
    outgoing.acknowledged(1, 0)
    ids()
    state.now += 600_000
    outgoing.watch()
    expect(ids()).toEqual([])
    expect(state.failure).toBeUndefined()
  })

  test('acknowledgements that cannot be are passed over; late ones change nothing', async () => {
    const { outgoing } = sending()
    await outgoing.write(Buffer.alloc(10))
    outgoing.acknowledged(7, 7)
    outgoing.acknowledged(0, 1)
    expect(outgoing.outstanding).toBe(10)
    outgoing.acknowledged(1, 1)
    outgoing.acknowledged(0, 0)
    expect(outgoing.outstanding).toBe(0)
  })

  test('the end is waited for', async () => {
    const { outgoing, published } = sending()
    let ended = false
    const end = outgoing.end().then(() => {
      ended = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect([ended, published.at(-1)]).toEqual([false, { id: 'f1', data: Buffer.alloc(0) }])
    outgoing.acknowledged(1, 1)
    await end
  })
})

describe('receiving', () => {
  const packet = (text: string) => Buffer.from(text)
  const all = (incoming: Incoming) => {
    const read: string[] = []
    for (let data = incoming.take(); data; data = incoming.take()) read.push(data.toString())
    return read
  }

  test('out of any order and number of packets comes each once, in order', () => {
    const incoming = new Incoming()
    for (const [seq, text] of [
      [2, 'b'],
      [2, 'b'],
      [4, 'd'],
      [1, 'a'],
      [1, 'a'],
    ] as const)
      incoming.receive(seq, packet(text))
    expect(all(incoming)).toEqual(['a', 'b'])
    expect(incoming.held).toBe(1)
    expect(incoming.account).toEqual({ arrived: 2, taken: 2 })
    expect(incoming.receive(3, packet('c'))).toBe(true)
    expect(incoming.receive(3, packet('c'))).toBe(false)
    expect(all(incoming)).toEqual(['c', 'd'])
    expect(incoming.held).toBe(0)
  })

  test('nobody can fill the memory by sending without end', () => {
    const incoming = new Incoming()
    const send = () => {
      for (let seq = 2; ; seq++) incoming.receive(seq, Buffer.alloc(4 * MIB))
    }
    expect(send).toThrow('more than was asked')
    expect(incoming.held).toBeLessThanOrEqual(64 * MIB)
  })
})
