import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../testing/wait.ts'
import type { NatsLine } from './line.ts'
import { awaitSender, callReceiver } from './meeting.ts'
import { type Levels, meet, settingsOf, startLevels } from './testing/lines.ts'
import { NatsServer, startCluster } from './testing/nats-server.ts'

const MIB = 1 << 20
const sha = (bytes: Iterable<Buffer>) => [...bytes].reduce((hash, one) => hash.update(one), createHash('sha256')).digest('hex')

/** Writes as much as the line takes, then ends. @param act done when half has been written */
async function pour(line: NatsLine, blocks: readonly Buffer[], act: () => Promise<unknown> = async () => undefined): Promise<void> {
  for (const [at, block] of blocks.entries()) {
    if (!line.write(block)) await once(line, 'drain')
    if (at === blocks.length >> 1) await act()
  }
  line.end()
  line.resume()
}

async function drink(line: NatsLine): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  line.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(line, 'end')
  return chunks
}

const random = (blocks: number, size = MIB + 48) => Array.from({ length: blocks }, () => randomBytes(size))
const closed = (...lines: NatsLine[]) => {
  for (const line of lines) if (!line.writableEnded) line.end()
  return until(() => lines.every((line) => line.closed))
}
const streamsAt = async (server: NatsServer) => {
  const nc = await connect({ servers: server.url })
  try {
    return await (await jetstreamManager(nc)).streams.names().next()
  } finally {
    await nc.close()
  }
}

describe('one server', () => {
  let server: NatsServer
  beforeAll(async () => {
    server = await NatsServer.start({ more: 'max_payload: 1048576' })
  })
  afterAll(() => server.stop())

  test('bytes arrive as they were sent, both ways, and nothing is left at the broker', async () => {
    const [sender, receiver] = await meet(settingsOf(server))
    const [forth, back] = [random(20), random(3, 1000)]
    const [there, here] = await Promise.all([drink(receiver), drink(sender), pour(sender, forth), pour(receiver, back)])
    expect(sha(there)).toBe(sha(forth))
    expect(sha(here)).toBe(sha(back))
    await closed(sender, receiver)
    expect(await streamsAt(server)).toEqual([])
  })

  test('a reader that does not read holds the writer back: neither side nor the broker keeps more than the window', async () => {
    const [sender, receiver] = await meet(settingsOf(server))
    let written = 0
    const block = randomBytes(MIB)
    const writing = (async () => {
      for (; written < 64; written++) if (!sender.write(block)) await once(sender, 'drain')
      sender.end()
      sender.resume()
    })()
    await pause(1500)
    expect(written).toBeLessThan(24)
    const there = await drink(receiver)
    await writing
    expect(sha(there)).toBe(sha(Array.from({ length: 64 }, () => block)))
    await closed(sender, receiver)
  })

  test('a server that is killed and comes back with its store: both go on where they were', async () => {
    const [sender, receiver] = await meet(settingsOf(server))
    const blocks = random(40)
    const act = async () => {
      await server.kill()
      await server.again()
    }
    const [, there] = await Promise.all([pour(sender, blocks, act), drink(receiver)])
    expect(sha(there)).toBe(sha(blocks))
    await closed(sender, receiver)
  })

  test('a node that vanishes is noticed, and the other side ends so that it can be taken up again', async () => {
    const [sender, receiver] = await meet(settingsOf(server))
    receiver.destroy(new Error('killed'))
    await expect(once(sender, 'end')).rejects.toThrow('killed')
    await closed(sender, receiver)
  })

  test('who is given a line hears of it, though the receiver stops listening the moment it has it', async () => {
    const meeting = { delivery: randomUUID(), settings: settingsOf(server), place: { subject: '370000.tax', domain: null }, signal: AbortSignal.timeout(5000) }
    const { promise, resolve } = Promise.withResolvers<NatsLine>()
    const forget = await awaitSender(meeting, resolve)
    const [sender, receiver] = await Promise.all([callReceiver(meeting), promise.finally(forget)])
    sender.destroy()
    await closed(sender, receiver)
  })

  test('what a killed receiver left is cleared away at its next meeting', async () => {
    const nc = await connect({ servers: server.url })
    const delivery = randomUUID()
    const name = `EX_${delivery}_${randomUUID()}`
    await (await jetstreamManager(nc)).streams.add({ name, subjects: [`ex.370000.tax.${delivery}.old.f`] })
    await nc.close()
    const meeting = { delivery, settings: settingsOf(server), place: { subject: '370000.tax', domain: null }, signal: AbortSignal.timeout(5000) }
    const forget = await awaitSender(meeting, () => undefined)
    await forget()
    expect(await streamsAt(server)).not.toContain(name)
  })
})

test('a server whose max_payload is smaller than a frame gets smaller messages', async () => {
  const server = await NatsServer.start({ more: 'max_payload: 65536' })
  const [sender, receiver] = await meet(settingsOf(server))
  const blocks = random(5)
  const [, there] = await Promise.all([pour(sender, blocks), drink(receiver)])
  expect(sha(there)).toBe(sha(blocks))
  await closed(sender, receiver)
  await server.stop()
})

describe('a cluster of three', () => {
  let servers: NatsServer[]
  beforeAll(async () => {
    servers = await startCluster()
  })
  afterAll(() => Promise.all(servers.map((server) => server.stop())))

  test.each([0, 1, 2])('loses server %i while a line carries, and what was written arrives', async (which) => {
    const [sender, receiver] = await meet(settingsOf(...servers))
    const blocks = random(40)
    const [, there] = await Promise.all([pour(sender, blocks, () => servers[which]!.kill()), drink(receiver)])
    expect(sha(there)).toBe(sha(blocks))
    await servers[which]!.again()
    await closed(sender, receiver)
  })
})

describe('province, city and county', () => {
  let levels: Levels
  beforeAll(async () => {
    levels = await startLevels()
  })
  afterAll(() => levels?.stop())

  test.each(['province', 'county'])('a line into the %s crosses both leaves', async (to) => {
    const [up, down] = [settingsOf(levels.province), settingsOf(levels.county)]
    const [sender, receiver] = await (to === 'province' ? meet(down, up, 'province') : meet(up, down, 'county'))
    const blocks = random(20)
    const [, there] = await Promise.all([pour(sender, blocks), drink(receiver)])
    expect(sha(there)).toBe(sha(blocks))
    await closed(sender, receiver)
  })

  test('the city is killed and started again in the middle, and what was written arrives', async () => {
    const [sender, receiver] = await meet(settingsOf(levels.county), settingsOf(levels.province), 'province')
    const blocks = random(40)
    const act = async () => {
      await levels.city.kill()
      await levels.city.again()
    }
    const [, there] = await Promise.all([pour(sender, blocks, act), drink(receiver)])
    expect(sha(there)).toBe(sha(blocks))
    await closed(sender, receiver)
  })
})
