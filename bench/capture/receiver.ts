/** The consumer's node of the bench, a process of its own. */
import { once } from 'node:events'
import net from 'node:net'
import { Moments } from '@zhenghe/exchange-node/capture/moments.ts'
import { receiveCapture } from '@zhenghe/exchange-node/capture/receive.ts'
import { PostgresTarget } from '@zhenghe/exchange-node/connectors/postgres/target.ts'
import type { Refusal } from '@zhenghe/exchange-node/refusal.ts'
import type { Grant } from '@zhenghe/wire/documents.ts'
import { loadNodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession } from '@zhenghe/wire/session.ts'
import type { NodeSettings } from '../exchange/cases.ts'
import { serve } from '../exchange/child.ts'

serve<NodeSettings>(async ({ delivery, grant, keys, peer, approver, address, port }) => {
  const own = loadNodeKeys(keys)
  const server = net.createServer({ noDelay: true }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return async () => {
    const [socket] = (await once(server, 'connection')) as [net.Socket]
    server.close()
    const session = await openSession(socket, { role: 'receiver', keys: own, peer, delivery })
    const target = { store: new PostgresTarget(address), name: { schema: 'public', table: 'captured' }, memoryMiB: 256 }
    const watch = { progress: () => undefined, period: () => undefined }
    const options = { delivery, grant, keys: own, approvers: [approver], address, target, watch, moments: new Moments() }
    return { ended: await receiveCapture(options, JSON.parse(grant.text) as Grant, session).catch((error: Refusal) => error.code) }
  }
})
