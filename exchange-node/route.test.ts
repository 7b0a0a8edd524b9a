import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import type { SuiteName } from '@zhenghe/wire/documents.ts'
import { generateNodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession } from '@zhenghe/wire/session.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Control } from './control.ts'
import { Listener } from './listener.ts'
import { meetReceiver, meetSender } from './route.ts'
import { FakePlatform } from './testing/platform.ts'

const sender = generateNodeKeys('sender')
const receiver = generateNodeKeys('receiver')
const impostor = generateNodeKeys('impostor')
let platform: FakePlatform // knows neither node, so its relay lets nobody in
let listener: Listener

beforeAll(async () => {
  platform = await FakePlatform.start()
  listener = await Listener.open('127.0.0.1', 0)
})
afterAll(async () => {
  listener.close()
  await platform.stop()
})

const address = () => `127.0.0.1:${listener.port}`
const connected = async () => {
  const socket = net.connect(listener.port, '127.0.0.1')
  await once(socket, 'connect')
  return socket.on('error', () => undefined)
}
const ends = (delivery: string, signal = new AbortController().signal, suite: SuiteName = 'international') => ({
  sending: { delivery, keys: sender, peer: receiver.identity, suite, control: new Control(platform.address, sender), signal },
  receiving: { delivery, keys: receiver, peer: sender.identity, suite, control: new Control(platform.address, receiver), signal },
})

describe('a direct route', () => {
  test('is met whoever comes first', async () => {
    for (const senderFirst of [true, false]) {
      const { sending, receiving } = ends(randomUUID())
      const begin = [() => meetReceiver(sending, address()), () => meetSender(receiving, listener)]
      const met = await Promise.all((senderFirst ? begin : begin.reverse()).map((go) => go()))
      expect(met.map(({ route }) => route)).toEqual(['direct', 'direct'])
      for (const { session } of met) session.destroy()
    }
  })

  test('is met by a session of suite 2 too', async () => {
    const { sending, receiving } = ends(randomUUID(), undefined, 'gm')
    const met = await Promise.all([meetReceiver(sending, address()), meetSender(receiving, listener)])
    expect(met.map(({ route }) => route)).toEqual(['direct', 'direct'])
    for (const { session } of met) session.destroy()
  })

  test('is not taken from the true sender by one who only knows the delivery', async () => {
    const { sending, receiving } = ends(randomUUID())
    const { delivery } = sending
    const meeting = meetSender(receiving, listener)
    await expect(openSession(await connected(), { role: 'sender', keys: impostor, peer: receiver.identity, delivery })).rejects.toThrow()
    const [{ session }, mine] = await Promise.all([meeting, meetReceiver(sending, address())])
    session.destroy()
    mine.session.destroy()
  })

  test('what is no hello is hung up on', async () => {
    const socket = await connected()
    socket.write(randomBytes(200))
    await once(socket, 'close')
  })

  test('a meeting that is called off ends at once, on both sides', async () => {
    const off = new AbortController()
    const { sending, receiving } = ends(randomUUID(), off.signal)
    const both = Promise.allSettled([meetReceiver(sending, '127.0.0.1:1'), meetSender(receiving, listener)])
    off.abort()
    for (const outcome of await both) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'peer_unreachable', resumable: true } })
  })
})
