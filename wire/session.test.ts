import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { generateNodeKeys } from './keys.ts'
import type { Message } from './messages.ts'
import { type Incoming, openSession, type Session, type SessionOptions } from './session.ts'

const DELIVERY = '0f8fad5b-d9cb-469f-a165-70867728950e'
const provider = generateNodeKeys('provider')
const consumer = generateNodeKeys('consumer')

function ends(change: { sender?: Partial<SessionOptions>; receiver?: Partial<SessionOptions> } = {}) {
  return {
    sender: { role: 'sender', keys: provider, peer: consumer.identity, delivery: DELIVERY, ...change.sender },
    receiver: { role: 'receiver', keys: consumer, peer: provider.identity, delivery: DELIVERY, ...change.receiver },
  } as const satisfies Record<string, SessionOptions>
}

async function connected(): Promise<{ sender: Session; receiver: Session }> {
  const [left, right] = duplexPair()
  const options = ends()
  const [sender, receiver] = await Promise.all([openSession(left, options.sender), openSession(right, options.receiver)])
  return { sender, receiver }
}

async function all(session: Session): Promise<Incoming[]> {
  const items: Incoming[] = []
  for await (const item of session.incoming()) items.push(item)
  return items
}

test('messages and the frames of several ranges arrive whole, in order, with the same digests on both sides', async () => {
  const { sender, receiver } = await connected()
  const payloads = [Buffer.alloc(3_000_000, 'a'), Buffer.from('b'), Buffer.alloc(0)]
  const got = all(receiver)
  for (const session of [sender, receiver]) for (const range of [1, 2]) session.beginRange(range)
  await sender.send({ kind: 'rangeBegin', n: 1 })
  for (const [at, payload] of payloads.entries()) await sender.sendFrame(1 + (at % 2), at, payload)
  await sender.close()
  const items = await got
  expect(items[0]).toEqual({ kind: 'message', message: { kind: 'rangeBegin', n: 1 } satisfies Message })
  expect(items.slice(1)).toEqual(payloads.map((payload, at) => ({ kind: 'frame', range: 1 + (at % 2), seq: Math.floor(at / 2), rows: at, payload })))
  expect(receiver.rangeDigest(1)).toBe(sender.rangeDigest(1))
  expect(receiver.rangeDigest(2)).toBe(sender.rangeDigest(2))
  await receiver.close()
})
