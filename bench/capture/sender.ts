/** The provider's node of the bench, a process of its own: everything on, for as long as the capture goes on. */
import { once } from 'node:events'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { PostgresCapture } from '@zhenghe/exchange-node/capture/postgres/capture.ts'
import { sendCapture } from '@zhenghe/exchange-node/capture/send.ts'
import { SourceWatch } from '@zhenghe/exchange-node/capture/watch.ts'
import { RateBudget } from '@zhenghe/exchange-node/rate.ts'
import type { Refusal } from '@zhenghe/exchange-node/refusal.ts'
import type { Grant } from '@zhenghe/wire/documents.ts'
import { loadNodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession } from '@zhenghe/wire/session.ts'
import type { NodeSettings } from '../exchange/cases.ts'
import { serve } from '../exchange/child.ts'

serve<NodeSettings>(async ({ delivery, grant, keys, peer, approver, address, port }) => {
  const own = loadNodeKeys(keys)
  const stop = new AbortController()
  process.once('SIGUSR2', () => stop.abort())
  return async () => {
    const budgetBytes = 2 ** 40
    const folder = path.join(os.tmpdir(), 'zhenghe-bench', 'spill')
    const options = { delivery, accepted: '', statementTimeoutMs: 600_000, budgetBytes, overBudget: 'keep' as const, folder }
    const capture = await PostgresCapture.prepare(address, JSON.parse(grant.text) as Grant, options)
    const source = new SourceWatch(capture)
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const session = await openSession(socket, { role: 'sender', keys: own, peer, delivery })
    const watch = { progress: () => undefined, rejections: () => undefined, period: () => undefined, changed: () => undefined }
    const limits = { budgetBytes, periodMs: 3_600_000, periodChanges: 1e9, rejectionLimit: 100, rate: new RateBudget(), stop: stop.signal }
    const ended = await sendCapture({ delivery, grant, keys: own, approvers: [approver], capture, source, ...limits, watch }, session).catch(
      (error: Refusal) => error.code,
    )
    await source.end()
    await capture.end()
    return { ended }
  }
})
