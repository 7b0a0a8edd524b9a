/** What the tests of this folder share: connected sockets, a relay that may tamper, keys from fixed seeds, a grant. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Grant, identityFor } from './documents.ts'
import { WireError } from './error.ts'
import { generateNodeKeys } from './keys.ts'
import { type Incoming, openSession, type Session, type SessionOptions } from './session.ts'

export const DELIVERY = '0f8fad5b-d9cb-469f-a165-70867728950e'
export const provider = generateNodeKeys('provider')
export const consumer = generateNodeKeys('consumer')

const PKCS8 = { ed25519: '302e020100300506032b657004220420', x25519: '302e020100300506032b656e04220420' } as const

/** The private key whose 32 secret bytes are all the same. */
export function keyOf(type: keyof typeof PKCS8, byte: number): KeyObject {
  const der = Buffer.concat([Buffer.from(PKCS8[type], 'hex'), Buffer.alloc(32, byte)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

/** Two ends of one TCP connection. */
export async function socketPair(): Promise<[Socket, Socket]> {
  const server = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const left = net.connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  const [right] = (await once(server, 'connection')) as [Socket]
  server.close()
  return [left, right]
}

/** Changes what passes a relay from sender to receiver (`forth`) or back; gives the chunks that go on in place of one. */
export type Tamper = (chunk: Buffer, way: 'forth' | 'back', offset: number) => Buffer[]

/** As `socketPair`, with someone in between who sees and may change every byte. */
export async function relayedPair(tamper: Tamper): Promise<[Socket, Socket]> {
  const [[left, inner], [outer, right]] = await Promise.all([socketPair(), socketPair()])
  carry(inner, outer, (chunk, offset) => tamper(chunk, 'forth', offset))
  carry(outer, inner, (chunk, offset) => tamper(chunk, 'back', offset))
  return [left, right]
}

function carry(from: Socket, to: Socket, tamper: (chunk: Buffer, offset: number) => Buffer[]): void {
  let offset = 0
  from.on('data', (chunk: Buffer) => {
    for (const part of tamper(chunk, offset)) to.write(part)
    offset += chunk.length
  })
  from.on('end', () => to.end())
  from.on('close', () => to.destroy())
  from.on('error', () => to.destroy())
}

export function options(role: 'sender' | 'receiver', change: Partial<SessionOptions> = {}): SessionOptions {
  const [keys, peer] = role === 'sender' ? [provider, consumer.identity] : [consumer, provider.identity]
  return { role, keys, peer, delivery: DELIVERY, timeoutMs: 5000, ...change }
}

export async function connected(
  pair: Promise<[Duplex, Duplex]> = socketPair(),
  change: Partial<SessionOptions> = {},
): Promise<{ sender: Session; receiver: Session }> {
  const [left, right] = await pair
  const [sender, receiver] = await Promise.all([openSession(left, options('sender', change)), openSession(right, options('receiver', change))])
  return { sender, receiver }
}

/** Consumes a session to its end; each item is seen in time to begin the range it announces. */
export async function all(session: Session, seen: Incoming[] = []): Promise<Incoming[]> {
  for await (const item of session.incoming()) {
    seen.push(item)
    if (item.kind === 'message' && item.message.kind === 'rangeBegin') session.beginRange(item.message.n)
  }
  return seen
}

/** The `WireError` that a promise rejects with; any other outcome fails the test. */
export async function refusal(promise: Promise<unknown>): Promise<WireError> {
  const outcome = await promise.then(
    () => new Error('not refused'),
    (error: unknown) => error,
  )
  if (outcome instanceof WireError) return outcome
  throw outcome
}

/** The code of the `WireError` that a call throws; any other outcome fails the test. */
export function refusedCode(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
  throw new Error('not refused')
}

export const grant: Grant = {
  v: 1,
  id: '6f1c0d5e-5a0e-4c52-9d2e-3f5b1c7a9e10',
  version: 1,
  resource: { code: '30701/00012', name: '企业登记基本信息', version: 1 },
  source: { id: 'register', schema: 'public', table: 'legal_entity', shape: '00' },
  provider: { unit: 'market', name: '市场监管局', node: identityFor('international', provider.identity) },
  consumer: { unit: 'tax', name: '税务局', node: identityFor('international', consumer.identity) },
  fields: [
    { name: 'uscc', column: 'uscc', type: 'text', title: '统一社会信用代码', key: true, nullable: false, rules: [{ kind: 'uscc' }] },
    { name: 'status', column: 'status', type: 'text', title: '状态', key: false, nullable: true, rules: [] },
    { name: 'founded', column: 'est_date', type: 'date', title: '成立日期', key: false, nullable: true, rules: [] },
    { name: 'changed_at', column: 'updated_at', type: 'timestamptz', title: '变更时间', key: false, nullable: false, rules: [] },
  ],
  filter: { op: 'eq', field: 'status', value: '存续' },
  cursor: 'changed_at',
  purpose: '税源管理',
  basis: '税收征收管理法',
  notBefore: '2026-01-01T00:00:00+08:00',
  notAfter: '2027-01-01T00:00:00+08:00',
  limits: { rejectShare: 0.02, connections: 4 },
}
