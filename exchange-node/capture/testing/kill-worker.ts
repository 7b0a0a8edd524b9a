/** One half of the captures of the kill test, a process of its own: captures again and again, until it is killed. */
import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Grant, NodeIdentity, Signed } from '@zhenghe/wire/documents.ts'
import { loadNodeKeys, type StoredNodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession, type Session } from '@zhenghe/wire/session.ts'
import type pg from 'pg'
import { PostgresTarget } from '../../connectors/postgres/target.ts'
import { RateBudget } from '../../rate.ts'
import type { Refusal } from '../../refusal.ts'
import { Moments } from '../moments.ts'
import { PostgresCapture } from '../postgres/capture.ts'
import { receiveCapture } from '../receive.ts'
import { sendCapture } from '../send.ts'
import { SourceWatch } from '../watch.ts'

export type WorkerSettings = {
  role: 'sender' | 'receiver'
  keys: StoredNodeKeys
  peer: NodeIdentity
  approver: string
  address: pg.ClientConfig
  port: number
  delivery: string
  grant: Signed
  folder: string
}

const { role, peer, approver, address, port, delivery, grant: signed, folder, ...settings } = JSON.parse(process.argv[2]!) as WorkerSettings
const keys = loadNodeKeys(settings.keys)
const grant = JSON.parse(signed.text) as Grant
const AGAIN_MS = 50

const open = (socket: net.Socket): Promise<Session> => openSession(socket, { role, keys, peer, delivery, timeoutMs: 5000 })
const common = { delivery, grant: signed, keys, approvers: [approver] }

async function sendOnce(): Promise<void> {
  const budgetBytes = 2 ** 34
  const capture = await PostgresCapture.prepare(address, grant, {
    delivery,
    accepted: '',
    statementTimeoutMs: 60_000,
    pagesPerRange: 8,
    budgetBytes,
    overBudget: 'drop',
    folder,
  })
  const source = new SourceWatch(capture, 500)
  try {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const watch = { progress: () => undefined, rejections: () => undefined, period: () => undefined, changed: () => undefined }
    const limits = { budgetBytes, periodMs: 400, periodChanges: 5000, rejectionLimit: 0, rate: new RateBudget(), stop: new AbortController().signal }
    await sendCapture({ ...common, capture, source, ...limits, watch }, await open(socket))
  } finally {
    await source.end()
    await capture.end()
  }
}

async function again(work: () => Promise<unknown>): Promise<never> {
  for (;;) {
    await work().catch(({ code, message, resumable }: Refusal) => {
      if (resumable === false) process.send!({ code, message })
    })
    await pause(AGAIN_MS)
  }
}

if (role === 'sender') void again(sendOnce)
else {
  const server = net.createServer({ noDelay: true }).listen(port, '127.0.0.1')
  const target = { store: new PostgresTarget(address), name: { schema: 'public', table: 'received' }, memoryMiB: 64 }
  const watch = { progress: () => undefined, period: () => undefined }
  void again(async () => {
    const [socket] = (await once(server, 'connection')) as [net.Socket]
    await receiveCapture({ ...common, address, target, watch, moments: new Moments() }, grant, await open(socket))
  })
}
process.on('disconnect', () => process.exit())
