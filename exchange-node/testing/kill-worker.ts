/** One node of the kill test, a process of its own: does deliveries as it is told over IPC, until it is killed. */
import { once } from 'node:events'
import net from 'node:net'
import type { NodeIdentity, Signed } from '@zhenghe/wire/documents.ts'
import { loadNodeKeys, type StoredNodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession, type Session } from '@zhenghe/wire/session.ts'
import type pg from 'pg'
import { PostgresSource } from '../connectors/postgres/source.ts'
import { PostgresTarget } from '../connectors/postgres/target.ts'
import { RateBudget } from '../rate.ts'
import { prepareReceive, receive } from '../receive.ts'
import type { Refusal } from '../refusal.ts'
import { prepareSend, send } from '../send.ts'

export type WorkerSettings = { role: 'sender' | 'receiver'; keys: StoredNodeKeys; peer: NodeIdentity; approver: string; address: pg.ClientConfig; port: number }
export type WorkerTask = { delivery: string; grant: Signed; pagesPerRange: number }
export type WorkerAnswer = { ready: true } | { receipt: string; manifest: string } | { code: string; detail: string; resumable: boolean }

const settings = JSON.parse(process.argv[2]!) as WorkerSettings
const keys = loadNodeKeys(settings.keys)
const { role, peer, approver, address, port } = settings
/** A sender that was killed before it called never comes. */
const SENDER_MS = 1500
const tell = (answer: WorkerAnswer) => process.send!(answer)

const server = role === 'receiver' ? net.createServer({ noDelay: true }).listen(port, '127.0.0.1') : undefined
if (server) await once(server, 'listening')

async function session(delivery: string): Promise<Session> {
  const socket = server
    ? ((await once(server, 'connection', { signal: AbortSignal.timeout(SENDER_MS) })) as [net.Socket])[0]
    : net.connect({ port, host: '127.0.0.1', noDelay: true })
  return openSession(socket, { role, keys, peer, delivery, timeoutMs: 5000 })
}

async function deliver({ delivery, grant, pagesPerRange }: WorkerTask): Promise<WorkerAnswer> {
  const common = { delivery, grant, keys, approvers: [approver], mode: 'snapshot' as const }
  if (role === 'receiver') {
    const opened = session(delivery)
    const target = { store: new PostgresTarget(address), name: { schema: 'public', table: 'received' }, memoryMiB: 64 }
    const { receipt, manifest } = await receive(prepareReceive({ ...common, target, watch: () => undefined }), await opened)
    return { receipt: receipt.text, manifest: manifest.text }
  }
  const prepared = await prepareSend({
    ...common,
    source: new PostgresSource(address),
    reading: { statementTimeoutMs: 60_000, overlapSeconds: 0, pagesPerRange },
    rejectionLimit: 0,
    rate: new RateBudget(),
    stop: new AbortController().signal,
    watch: { progress: () => undefined, rejections: () => undefined },
  })
  const { receipt, manifest } = (await send(prepared, await session(delivery)))!
  return { receipt: receipt.text, manifest: manifest.text }
}

process.on('message', (task: WorkerTask) => {
  deliver(task).then(tell, (error: Refusal) => tell({ code: error.code, detail: error.message, resumable: error.resumable }))
})
process.on('disconnect', () => process.exit())
tell({ ready: true })
