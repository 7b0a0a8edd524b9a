import { once } from 'node:events'
import net from 'node:net'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { Relay } from './relay.ts'

const log = pino({ level: 'silent' })
const server = net.createServer({ allowHalfOpen: true })
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
afterAll(() => server.close())
const { port } = server.address() as net.AddressInfo
const WORK = '00000000-0000-4000-8000-000000000001'

/** The node's end and the relay's end of one stream. */
async function stream(): Promise<{ node: net.Socket; here: net.Socket }> {
  const accepted = once(server, 'connection') as Promise<[net.Socket]>
  const node = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  node.on('error', () => node.destroy())
  const [here] = await accepted
  here.on('error', () => here.destroy())
  return { node, here }
}

async function enter(relay: Relay, side: 'sender' | 'receiver', head = Buffer.alloc(0)): Promise<net.Socket> {
  const { node, here } = await stream()
  relay.enter(WORK, { side, socket: here, head })
  return node
}

async function read(socket: net.Socket, length: number): Promise<string> {
  let text = ''
  while (text.length < length) {
    const chunk = socket.read() as Buffer | null
    if (chunk) text += chunk.toString('latin1')
    else await once(socket, 'readable')
  }
  return text
}
async function rest(socket: net.Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += (chunk as Buffer).toString('latin1')
  return text
}
const accepted = async (socket: net.Socket) => expect(await read(socket, 80)).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\n$/s)

test('two sides are joined, their bytes carried both ways, and an end is carried too', async () => {
  const relay = new Relay(log)
  const sender = await enter(relay, 'sender')
  const receiver = await enter(relay, 'receiver', Buffer.from('early'))
  await accepted(receiver)
  expect(await read(sender, 85)).toMatch(/early$/)
  receiver.write('from the receiver')
  expect(await read(sender, 17)).toBe('from the receiver')
  sender.end('goodbye')
  expect(await rest(receiver)).toBe('goodbye')
  receiver.end('after the end')
  expect(await rest(sender)).toBe('after the end')
})

test('the writer is held back while the reader is slow, and nothing is lost', async () => {
  const relay = new Relay(log)
  const [sender, receiver] = [await enter(relay, 'sender'), await enter(relay, 'receiver')]
  await Promise.all([accepted(sender), accepted(receiver)])
  const block = Buffer.alloc(1 << 20, 7)
  let held = false
  for (let n = 0; n < 64; n++) held = !sender.write(block) || held
  sender.end()
  expect(held).toBe(true)
  let bytes = 0
  for await (const chunk of receiver) bytes += (chunk as Buffer).length
  expect(bytes).toBe(64 << 20)
  receiver.destroy()
})

test('where one side breaks off the other is broken off too', async () => {
  const relay = new Relay(log)
  const [sender, receiver] = [await enter(relay, 'sender'), await enter(relay, 'receiver')]
  await Promise.all([accepted(sender), accepted(receiver)])
  sender.resetAndDestroy()
  expect(await rest(receiver)).toBe('')
})

test('who dials anew takes the place of the older dial, waiting or joined', async () => {
  const relay = new Relay(log)
  const first = await enter(relay, 'sender')
  const second = await enter(relay, 'sender')
  expect(await rest(first)).toMatch(/^HTTP\/1\.1 409 /)
  const receiver = await enter(relay, 'receiver')
  await Promise.all([accepted(second), accepted(receiver)])
  const third = await enter(relay, 'sender')
  expect(await Promise.all([rest(second), rest(receiver)])).toEqual(['', ''])
  const again = await enter(relay, 'receiver')
  await Promise.all([accepted(third), accepted(again)])
  relay.close()
})

test('who waits in vain is told so', async () => {
  const relay = new Relay(log, 1)
  const alone = await enter(relay, 'receiver')
  expect(await rest(alone)).toMatch(/^HTTP\/1\.1 503 .*exchange\.peer_absent/s)
})
