/** A stream to another node through the platform, which joins two streams and carries sealed bytes. docs/protocols/wire.md §3 */
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import type { Control } from './control.ts'
import { type PlatformError, problemOf } from './http.ts'
import { refusal } from './refusal.ts'

const PROTOCOL = 'zhenghe-wire/1'

/** The stream, once the platform lets us in. Refuses `peer_unreachable` where it does not, or the signal is aborted. */
export async function enterRelay(control: Control, delivery: string, signal: AbortSignal): Promise<Duplex> {
  const path = `/api/exchange/relay?delivery=${delivery}`
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  const fail = (why: string) => reject(refusal('peer_unreachable', `the other node cannot be reached through the platform's relay: ${why}`))
  const request = (control.platform.startsWith('https:') ? https : http).request(control.platform + path, {
    headers: { ...control.headers('GET', path), connection: 'Upgrade', upgrade: PROTOCOL },
    agent: false,
  })
  const giveUp = () => {
    fail('it has not come in time')
    request.destroy()
  }
  request.once('upgrade', (_, socket, head) => {
    if (head.length > 0) socket.unshift(head)
    if (socket instanceof net.Socket) socket.setNoDelay(true).setKeepAlive(true)
    socket.on('error', () => socket.destroy())
    resolve(socket)
  })
  request.once('response', (response) => void explain(response).then(({ message }) => fail(message)))
  request.on('error', (error) => fail(error.message))
  signal.addEventListener('abort', giveUp, { once: true })
  if (signal.aborted) giveUp()
  else request.end()
  return promise.finally(() => signal.removeEventListener('abort', giveUp))
}

async function explain(response: http.IncomingMessage): Promise<PlatformError> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer)
    return problemOf(JSON.parse(Buffer.concat(chunks).toString()), response.statusCode ?? 0)
  } catch {
    return problemOf({}, response.statusCode ?? 0)
  }
}
