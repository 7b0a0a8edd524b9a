/** A broker that does what a broker must not: the line puts it right or ends so that it can be taken up again. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type JetStreamManager, jetstreamManager, PubHeaders } from '@nats-io/jetstream'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../testing/wait.ts'
import type { NatsLine } from './line.ts'
import { meet, SUBJECT, settingsOf } from './testing/lines.ts'
import { NatsServer } from './testing/nats-server.ts'

let server: NatsServer
let nc: NatsConnection
let jsm: JetStreamManager

beforeAll(async () => {
  server = await NatsServer.start()
  nc = await connect({ servers: server.url })
  jsm = await jetstreamManager(nc)
})
afterAll(async () => {
  await nc?.close()
  await server?.stop()
})

/** The stream of the line under test: the only one there is. */
async function streamOf(): Promise<{ name: string; forth: string }> {
  const [info] = await jsm.streams.list(`ex.${SUBJECT}.>`).next()
  return { name: info!.config.name, forth: info!.config.subjects!.find((subject) => subject.endsWith('.f'))! }
}

const sha = (chunks: readonly Buffer[]) => chunks.reduce((hash, chunk) => hash.update(chunk), createHash('sha256')).digest('hex')
const packets = Array.from({ length: 8 }, () => randomBytes(1000))

/** What the reader gets of all packets, each written alone. @param meddle with the broker, after so many packets */
async function carry([sender, receiver]: [NatsLine, NatsLine], after: number, meddle: () => Promise<unknown>, written = packets): Promise<string> {
  const read: Buffer[] = []
  receiver.on('data', (chunk: Buffer) => read.push(chunk))
  sender.resume()
  for (const [at, packet] of written.entries()) {
    if (at === after) await meddle()
    await new Promise((resolve) => sender.write(packet, resolve))
  }
  sender.end()
  receiver.end()
  await once(receiver, 'end')
  await until(() => sender.closed && receiver.closed)
  return sha(read)
}

function publish(subject: string, id: string, data: Buffer): void {
  const head = headers()
  head.set(PubHeaders.MsgIdHdr, id)
  nc.publish(subject, data, { headers: head })
}

test('the broker drops a second publication by its id; one that it keeps all the same is dropped by the line', async () => {
  const lines = await meet(settingsOf(server))
  const { name, forth } = await streamOf()
  const before = async () => (await jsm.streams.info(name)).state.messages
  const twice = async () => {
    await until(async () => (await before()) === 4)
    publish(forth, 'f2', packets[1]!)
    await nc.flush()
    expect(await before()).toBe(4)
    publish(forth, 'f2.9', packets[1]!)
    publish(forth, 'f1.9', packets[0]!)
    await until(async () => (await before()) === 6)
  }
  expect(await carry(lines, 4, twice)).toBe(sha(packets))
})

test('packets that come in another order are put in order', async () => {
  const lines = await meet(settingsOf(server))
  const { forth } = await streamOf()
  const early = async () => {
    publish(forth, 'f6.9', packets[5]!)
    publish(forth, 'f5.9', packets[4]!)
    await nc.flush()
  }
  expect(await carry(lines, 4, early)).toBe(sha(packets))
})

test('a consumer that the broker has lost is made again, and nothing is missing', async () => {
  const lines = await meet(settingsOf(server))
  const { name } = await streamOf()
  const lose = async () => {
    for await (const consumer of jsm.consumers.list(name)) await jsm.consumers.delete(name, consumer.name)
  }
  expect(await carry(lines, 4, lose)).toBe(sha(packets))
})

test('packets that the broker took and lost are published again', async () => {
  const lines = await meet(settingsOf(server))
  const { name } = await streamOf()
  const lose = async () => {
    for await (const consumer of jsm.consumers.list(name)) await jsm.consumers.delete(name, consumer.name)
    const { last_seq: last } = (await jsm.streams.info(name)).state
    lines[0].write(packets[4]!)
    await until(async () => (await jsm.streams.info(name)).state.last_seq > last)
    await jsm.streams.purge(name)
  }
  const rest = packets.slice(5)
  expect(await carry(lines, 4, lose, [...packets.slice(0, 4), ...rest])).toBe(sha(packets))
})

test('a stream that somebody deletes ends the line on both sides, and says that nothing was carried', async () => {
  const [sender, receiver] = await meet(settingsOf(server))
  const { name } = await streamOf()
  const failed = Promise.all([once(sender, 'error'), once(receiver, 'error')])
  await jsm.streams.delete(name)
  sender.write(packets[0]!)
  for (const [error] of await failed) expect((error as Error).message).toMatch(/carried nothing to the other side/)
})
