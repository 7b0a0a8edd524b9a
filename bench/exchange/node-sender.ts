/** The provider's node of the bench, a process of its own: everything on. */

import { once } from 'node:events'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { PostgresSource } from '@zhenghe/exchange-node/connectors/postgres/source.ts'
import { callReceiver } from '@zhenghe/exchange-node/nats/meeting.ts'
import { RateBudget } from '@zhenghe/exchange-node/rate.ts'
import { prepareSend, send } from '@zhenghe/exchange-node/send.ts'
import { suiteOfGrant } from '@zhenghe/wire/documents.ts'
import { loadNodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession } from '@zhenghe/wire/session.ts'
import type { NodeSettings } from './cases.ts'
import { serve } from './child.ts'

async function reachReceiver({ delivery, port, nats }: Pick<NodeSettings, 'delivery' | 'port' | 'nats'>): Promise<Duplex> {
  if (nats) {
    const settings = { servers: [nats], login: { kind: 'none' as const }, only: true }
    return callReceiver({ delivery, settings, place: { subject: 'bench', domain: null }, signal: new AbortController().signal })
  }
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

serve<NodeSettings>(async ({ delivery, grant, keys, peer, approver, address, port, nats, order }) => {
  const own = loadNodeKeys(keys)
  return async () => {
    const prepared = await prepareSend({
      delivery,
      mode: order?.mode ?? 'snapshot',
      grant,
      keys: own,
      approvers: [approver],
      source: new PostgresSource(address),
      reading: { statementTimeoutMs: 600_000, overlapSeconds: 0 },
      rejectionLimit: 100,
      rate: new RateBudget(),
      stop: new AbortController().signal,
      watch: { progress: () => undefined, rejections: () => undefined },
    })
    const stream = await reachReceiver({ delivery, port, nats })
    const evidence = await send(prepared, await openSession(stream, { role: 'sender', keys: own, peer, delivery, suite: suiteOfGrant(prepared.grant) }))
    return { manifest: evidence?.manifest.text }
  }
})
