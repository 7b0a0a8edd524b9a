/** A real server to be called: answers well, or in each of the ways servers answer badly. */
import { once } from 'node:events'
import net from 'node:net'

const COMPANY = {
  uscc: '91379900MA3C1A2B3X',
  name: '云泽建材有限公司',
  legal: { name: '王某', id: '379900199001011234' },
  shareholders: [
    { name: '李某', share: 40 },
    { name: '赵某', share: 60 },
  ],
}
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const json = (value: unknown, status = '200 OK'): string => {
  const body = JSON.stringify(value)
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

export type TestUpstream = {
  address: string
  asked: string[]
  /** whole heads of requests */
  heads: string[]
  /** Lets the calls that hang be answered. */
  release: () => void
  connections: () => number
  close: () => Promise<void>
}

export async function testUpstream(): Promise<TestUpstream> {
  const asked: string[] = []
  const heads: string[] = []
  const sockets = new Set<net.Socket>()
  let hanging: (() => void)[] = []
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end)
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
        if (text.length < end + 4 + length) return
        const body = Buffer.from(text.slice(end + 4, end + 4 + length), 'latin1').toString()
        text = text.slice(end + 4 + length)
        const target = head.split(' ')[1] ?? ''
        heads.push(head)
        asked.push(`${head.split('\r\n')[0]} ${body}`.trim())
        answer(socket, target, body, hanging)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/api`,
    asked,
    heads,
    release: () => {
      for (const run of hanging) run()
      hanging = []
    },
    connections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function answer(socket: net.Socket, target: string, body: string, hanging: (() => void)[]): void {
  const [, kind, id] = target.replace(/\?.*/, '').slice('/api'.length).split('/')
  switch (kind) {
    case 'garbage':
      return void socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n')
    case 'notjson':
      return void socket.write(`${HEAD}content-length: 9\r\n\r\n{"name": `)
    case 'smuggle':
      return void socket.write(`${HEAD}content-length: 2\r\ncontent-length: 4\r\n\r\n{}{}`)
    case 'cut':
      return void socket.end(`${HEAD}content-length: 5000\r\n\r\n{"name":`)
    case 'huge':
      return void socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n${`1000\r\n${'x'.repeat(0x1000)}\r\n`.repeat(40)}0\r\n\r\n`)
    case 'chunked':
      return void socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n5;a=b\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n`)
    case 'closing':
      return void socket.end(`${HEAD}connection: close\r\n\r\n{"until":"close"}`)
    case 'hang':
      return void hanging.push(() => socket.write(json({ late: true })))
    case 'broken':
      return void socket.write(json({ error: 'stack trace' }, '500 Internal Server Error'))
    case 'absent':
      return void socket.write(json({ error: 'no such company' }, '404 Not Found'))
    case 'moved':
      return void socket.write('HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n')
    case 'page':
      return void socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 8\r\n\r\n<script>')
    case 'echo':
      return void socket.write(json({ target, body: body ? JSON.parse(body) : null }))
    default:
      return void socket.write(json({ ...COMPANY, uscc: decodeURIComponent(id ?? '') }))
  }
}
