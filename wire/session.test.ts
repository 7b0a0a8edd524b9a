import { once } from 'node:events'
import { type Duplex, duplexPair } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SuiteName } from './documents.ts'
import type { Role } from './frame.ts'
import { generateNodeKeys, type NodeKeys } from './keys.ts'
import type { Message } from './messages.ts'
import { type Incoming, openSession, type Session, type SessionOptions } from './session.ts'
import { frameKeys } from './suites/international.ts'
import {
  all,
  connected as connect,
  consumer,
  DELIVERY,
  options as optionsOf,
  provider,
  refusal,
  refusedCode,
  relayedPair,
  socketPair,
  type Tamper,
} from './testing.ts'

/** Bytes of a hello and of a frame without payload. */
const SIZES = { international: { hello: 168, frame: 48 }, gm: { hello: 267, frame: 64 } }

/** How long a fuzzed session waits, in ms; SM2 takes its time. */
const HASTE = { international: 100, gm: 500 }

/** A node that shows the identity of the sender and holds other keys. */
function impostor(suite: SuiteName, which: 'sign' | 'seal'): NodeKeys {
  const [real, others] = [provider, generateNodeKeys('x')]
  return suite === 'gm' ? { ...real, gm: { ...real.gm!, [which]: others.gm![which] } } : { ...real, [which]: others[which] }
}

test.each<[string, Partial<SessionOptions>, Partial<SessionOptions>]>([
  ['one side goes by suite 1, the other by suite 2', { suite: 'international' }, { suite: 'gm' }],
  ['one side goes by suite 2, the other by suite 1', { suite: 'gm' }, { suite: 'international' }],
  ['the grant says suite 2 and this side has no SM2 keys', { suite: 'gm' }, { suite: 'gm', keys: withoutGm(consumer) }],
  ['the grant says suite 2 and does not name the other side’s SM2 keys', { suite: 'gm' }, { suite: 'gm', peer: withoutGm(provider).identity }],
])('%s: refused by name, and not to be tried again', async (_, atSender, atReceiver) => {
  const [left, right] = await socketPair()
  const sending = openSession(left, optionsOf('sender', atSender)).catch(() => undefined)
  const error = await refusal(openSession(right, optionsOf('receiver', atReceiver)))
  expect([error.code, error.resumable]).toEqual(['unsupported_version', false])
  expect(error.message).toMatch(/suite [12] \((gm|international)/)
  left.destroy()
  await sending
})

function withoutGm({ identity: { gm: _, ...identity }, sign, seal }: NodeKeys): NodeKeys {
  return { identity, sign, seal }
}

test('a suite that this version does not have is refused, with the numbers of those it has', async () => {
  const [left, right] = await socketPair()
  right.write(Buffer.from('5a48574801020003', 'hex'))
  expect(await refusal(openSession(left, optionsOf('sender')))).toMatchObject({ code: 'unsupported_version', params: { suite: 3, supported: [1, 2] } })
  right.destroy()
})

test('RFC 7748 §6.1 an ephemeral key of small order, which would make a secret that all know, is refused', () => {
  const zero = Buffer.alloc(32).toString('base64url')
  const mine = { ephemeral: generateNodeKeys('once').seal, seal: consumer.seal }
  expect(refusedCode(() => frameKeys('receiver', mine, { ephemeral: zero, seal: provider.identity.seal }, Buffer.alloc(32)))).toBe('bad_key')
})

const SCRIPT: Incoming[] = [
  { kind: 'message', message: { kind: 'rangeBegin', n: 1 } },
  { kind: 'frame', range: 1, seq: 0, rows: 3, payload: Buffer.alloc(900, 1) },
  { kind: 'frame', range: 1, seq: 1, rows: 4, payload: Buffer.alloc(900, 2) },
  { kind: 'message', message: { kind: 'rangeDone', n: 1 } },
]

async function play(session: Session): Promise<void> {
  session.beginRange(1)
  for (const item of SCRIPT) await (item.kind === 'frame' ? session.sendFrame(item.range, item.rows, item.payload) : session.send(item.message))
  await session.close()
}

function attacker(way: string, at: number, kind: string, bit: number): Tamper {
  return (chunk, direction, offset) => {
    const here = at - offset
    if (way !== direction || here < 0 || here >= chunk.length) return kind === 'cut' && way === direction && here < 0 ? [] : [chunk]
    const [before, after] = [chunk.subarray(0, here), chunk.subarray(here)]
    if (kind === 'cut') return [before]
    if (kind === 'drop') return [before, after.subarray(1)]
    if (kind === 'double') return [before, after, after]
    if (kind === 'add') return [before, Buffer.from([bit]), after]
    const flipped = Buffer.from(chunk)
    flipped[here]! ^= 1 << bit
    return [flipped]
  }
}

describe.each(['international', 'gm'] as const)('suite %s', (suite) => {
  const size = SIZES[suite]
  const options = (role: Role, change: Partial<SessionOptions> = {}) => optionsOf(role, { suite, ...change })
  const connected = (pair?: Promise<[Duplex, Duplex]>, change: Partial<SessionOptions> = {}) => connect(pair, { suite, ...change })

  test('messages and the frames of several ranges arrive whole, in order, with the same digests on both sides', async () => {
    const { sender, receiver } = await connected()
    const payloads = [Buffer.alloc(3_000_000, 'a'), Buffer.from('b'), Buffer.alloc(0)]
    const got = all(receiver)
    for (const n of [1, 2]) {
      sender.beginRange(n)
      await sender.send({ kind: 'rangeBegin', n })
    }
    await Promise.all(payloads.map((payload, at) => sender.sendFrame(1 + (at % 2), at, payload)))
    const answer: Message = { kind: 'rangeDone', n: 1 }
    await receiver.send(answer)
    const back = await sender.incoming()[Symbol.asyncIterator]().next()
    expect(back.value).toEqual({ kind: 'message', message: answer })
    await sender.close()
    const frames = (await got).slice(2) as Extract<Incoming, { kind: 'frame' }>[]
    expect(frames.map(({ range, seq, rows }) => [range, seq, rows])).toEqual(payloads.map((_, at) => [1 + (at % 2), Math.floor(at / 2), at]))
    expect(frames.every(({ payload }, at) => payload.equals(payloads[at]!))).toBe(true)
    expect([1, 2].map((n) => receiver.rangeDigest(n))).toEqual([1, 2].map((n) => sender.rangeDigest(n)))
    await receiver.close()
  })

  test('a range begun again starts anew on both sides', async () => {
    const { sender, receiver } = await connected()
    const got = all(receiver)
    for (const text of ['lost', 'kept']) {
      sender.beginRange(7)
      await sender.send({ kind: 'rangeBegin', n: 7 })
      await sender.sendFrame(7, 1, Buffer.from(text))
    }
    await sender.close()
    expect((await got).map((item) => (item.kind === 'frame' ? item.seq : item.message.kind))).toEqual(['rangeBegin', 0, 'rangeBegin', 0])
    expect(receiver.rangeDigest(7)).toBe(sender.rangeDigest(7))
  })

  test.each<[string, Partial<SessionOptions>, Partial<SessionOptions>, RegExp]>([
    ['a node with other keys', { keys: generateNodeKeys('provider') }, {}, /wrong_peer/],
    ['a node that has the name and id but not the keys', { keys: generateNodeKeys('provider', options('sender').keys.identity.id) }, {}, /wrong_peer/],
    ['a node that shows the right identity without its signing key', { keys: impostor(suite, 'sign') }, {}, /wrong_peer/],
    ['a node that shows the right identity without its sealing key', { keys: impostor(suite, 'seal') }, {}, /tampered/],
    ['two senders', { keys: consumer, peer: consumer.identity }, { role: 'sender', peer: consumer.identity }, /wrong_role/],
    ['another delivery', { delivery: '7c9e6679-7425-40de-944b-e07fc1f90ae7' }, {}, /wrong_delivery/],
  ])('%s is refused in the handshake', async (_, atSender, atReceiver, code) => {
    const [left, right] = await socketPair()
    const impostor = openSession(left, options('sender', atSender)) // may well find its peer good
    const [seen] = await Promise.all([refusal(openSession(right, options('receiver', atReceiver))), impostor.catch(() => undefined)])
    expect(seen.code).toMatch(code)
    expect(right.destroyed).toBe(true)
    left.destroy()
  })

  test('a peer that says nothing is given up in time', async () => {
    const [left, right] = await socketPair()
    const error = await refusal(openSession(left, options('sender', { timeoutMs: 30 })))
    expect([error.code, error.resumable]).toEqual(['timeout', true])
    right.destroy()
  })

  test('a web browser that calls is told apart from its first bytes', async () => {
    const [left, right] = await socketPair()
    right.write('GET / HTTP/1.1\r\n')
    expect((await refusal(openSession(left, options('sender')))).code).toBe('bad_magic')
  })

  test('heartbeats keep a quiet session for longer than its timeout; a half-open one is noticed and may be resumed', async () => {
    let beats = 0
    let cut = false
    const quietForTwoTimeouts = Promise.withResolvers<void>()
    const { sender, receiver } = await connected(
      relayedPair((chunk) => {
        if (chunk.length === size.frame && ++beats === 2 * 6) quietForTwoTimeouts.resolve()
        return cut ? [] : [chunk]
      }),
      { timeoutMs: 300 },
    )
    const ends = [refusal(all(sender)), refusal(all(receiver))]
    await quietForTwoTimeouts.promise
    await sender.send({ kind: 'rangeBegin', n: 1 })
    cut = true
    const errors = await Promise.all(ends)
    expect(errors.map(({ code }) => code)).toContain('timeout') // whoever notices first hangs up on the other
    expect(errors.every(({ resumable }) => resumable)).toBe(true)
  })

  test('a line that breaks is told to readers and writers, who may resume', async () => {
    const [left, right] = await socketPair()
    const { sender, receiver } = await connected(Promise.resolve([left, right]))
    const reading = refusal(all(receiver))
    left.destroy()
    expect((await reading).code).toBe('connection_lost')
    await once(right, 'close')
    const writing = await refusal(receiver.send({ kind: 'rangeDone', n: 1 }))
    expect([writing.code, writing.resumable]).toEqual(['connection_lost', true])
    expect((await refusal(sender.send({ kind: 'rangeBegin', n: 1 }))).resumable).toBe(true)
  })

  test('a consumer that is busy pauses the stream, and the sender waits', async () => {
    const { sender, receiver } = await connected(Promise.resolve(duplexPair()))
    sender.beginRange(1)
    await sender.send({ kind: 'rangeBegin', n: 1 })
    let taken = 0
    const flood = (async () => {
      for (; taken < 64; taken++) await sender.sendFrame(1, 1, Buffer.alloc(1 << 20))
    })()
    const items = receiver.incoming()[Symbol.asyncIterator]()
    await items.next()
    receiver.beginRange(1)
    await items.next()
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate) // an unbounded sender would finish in 64
    expect(taken).toBeLessThan(10)
    for (let frames = 1; frames < 64; frames++) await items.next()
    await flood
    sender.destroy()
    receiver.destroy()
  })

  test('only the sender sends rows, and only of a range begun', async () => {
    const { sender, receiver } = await connected()
    receiver.beginRange(1)
    expect((await refusal(receiver.sendFrame(1, 1, Buffer.alloc(1)))).code).toBe('unexpected')
    expect((await refusal(sender.sendFrame(1, 1, Buffer.alloc(1)))).code).toBe('out_of_order')
    sender.beginRange(2)
    const reading = refusal(all(receiver))
    await sender.sendFrame(2, 1, Buffer.alloc(1))
    expect((await reading).code).toBe('out_of_order')
  })

  test('a message of a shape this version does not know is refused', async () => {
    const { sender, receiver } = await connected()
    const reading = refusal(all(receiver))
    await sender.send({ kind: 'from the future' } as unknown as Message)
    expect((await reading).code).toBe('bad_message')
  })

  test('a session destroyed gives its reason to whoever waits', async () => {
    const { sender, receiver } = await connected()
    const reading = refusal(all(sender))
    sender.destroy(new Error('the delivery was called off'))
    expect(await reading).toMatchObject({ code: 'closed', message: 'the delivery was called off' })
    expect((await refusal(sender.send({ kind: 'rangeBegin', n: 1 }))).code).toBe('closed')
    receiver.destroy()
  })

  test('both may close, in any order, and nothing is left open', async () => {
    const [left, right] = await socketPair()
    const { sender, receiver } = await connected(Promise.resolve([left, right]))
    const closed = Promise.all([once(left, 'close'), once(right, 'close')])
    const reading = all(receiver)
    await sender.close()
    await reading
    await receiver.close()
    await sender.close()
    await closed
    expect((await refusal(sender.send({ kind: 'rangeBegin', n: 1 }))).code).toBe('closed')
  })

  test('fuzz: with anyone in between who flips, drops, doubles, cuts or adds bytes, both sides end, with a WireError, having seen only what was sent', async () => {
    const attack = fc.record({
      way: fc.constantFrom('forth', 'back'),
      at: fc.oneof(fc.nat({ max: size.hello + size.frame + 64 }), fc.nat({ max: 3000 })),
      kind: fc.constantFrom('flip', 'drop', 'double', 'cut', 'add'),
      bit: fc.nat({ max: 7 }),
    })
    await fc.assert(
      fc.asyncProperty(attack, async ({ way, at, kind, bit }) => {
        const [left, right] = await relayedPair(attacker(way, at, kind, bit))
        const seen: Incoming[] = []
        const sending = openSession(left, options('sender', { timeoutMs: HASTE[suite] })).then(play)
        const receiving = openSession(right, options('receiver', { timeoutMs: HASTE[suite] })).then((session) => all(session, seen))
        const outcomes = await Promise.allSettled([sending, receiving])
        for (const { status, ...rest } of outcomes) if (status === 'rejected') expect(rest).toMatchObject({ reason: { name: 'WireError' } })
        expect(seen).toEqual(SCRIPT.slice(0, seen.length))
        left.destroy()
        right.destroy()
      }),
      { seed: 20260102, numRuns: suite === 'gm' ? 60 : 150 },
    )
  })

  test('the delivery must be a UUID', async () => {
    const [left, right] = await socketPair()
    expect((await refusal(openSession(left, options('sender', { delivery: `${DELIVERY}x` })))).code).toBe('unexpected')
    right.destroy()
  })
})
