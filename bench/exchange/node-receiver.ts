/** The consumer's node of the bench, a process of its own: everything on. */

import { once } from 'node:events'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import type { TargetConnector } from '@zhenghe/exchange-node/connectors/connector.ts'
import { PostgresTarget } from '@zhenghe/exchange-node/connectors/postgres/target.ts'
import { awaitSender } from '@zhenghe/exchange-node/nats/meeting.ts'
import { prepareReceive, receive, reconcile } from '@zhenghe/exchange-node/receive.ts'
import { suiteOfGrant } from '@zhenghe/wire/documents.ts'
import { loadNodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession } from '@zhenghe/wire/session.ts'
import type { NodeSettings } from './cases.ts'
import { serve } from './child.ts'

type Meeting = Pick<NodeSettings, 'delivery' | 'port' | 'nats'>

/** Ready for the sender when it resolves; the answer gives the stream, once. */
async function expectSender({ delivery, port, nats }: Meeting): Promise<() => Promise<Duplex>> {
  if (!nats) {
    const server = net.createServer({ noDelay: true }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return async () => {
      const [socket] = (await once(server, 'connection')) as [net.Socket]
      server.close()
      return socket
    }
  }
  const settings = { servers: [nats], login: { kind: 'none' as const }, only: true }
  const { promise, resolve } = Promise.withResolvers<Duplex>()
  const forget = await awaitSender({ delivery, settings, place: { subject: 'bench', domain: null }, signal: new AbortController().signal }, resolve)
  return () => promise.finally(forget)
}

/** A store as the engine sees those that have no hash of rows in common with the source. */
function withoutRecordHashes(store: PostgresTarget): TargetConnector {
  return {
    look: () => store.look(),
    tables: () => store.tables(),
    discard: (delivery) => store.discard(delivery),
    receiptHeld: (delivery) => store.receiptHeld(delivery),
    open: async (request) => Object.defineProperty(await store.open(request), 'recordHashes', { value: undefined }),
  }
}

serve<NodeSettings>(async ({ delivery, grant, keys, peer, approver, address, port, nats, order }) => {
  const own = loadNodeKeys(keys)
  const arrival = await expectSender({ delivery, port, nats })
  return async () => {
    const { mode, reconcile: comparing } = order ?? { mode: 'snapshot' as const }
    const postgres = new PostgresTarget(address)
    const store = comparing?.tuples ? withoutRecordHashes(postgres) : postgres
    const target = { store, name: { schema: 'public', table: 'received' }, memoryMiB: 512 }
    const prepared = prepareReceive({ delivery, mode, grant, keys: own, approvers: [approver], target, watch: () => undefined })
    const stream = await arrival()
    const session = await openSession(stream, { role: 'receiver', keys: own, peer, delivery, suite: suiteOfGrant(prepared.grant) })
    const told = comparing
      ? { result: JSON.stringify(await reconcile(prepared, session, { mend: comparing.mend, scope: 'full' })) }
      : { receipt: (await receive(prepared, session)).receipt.text }
    return { ...told, ...(stream instanceof net.Socket ? { wireBytes: stream.bytesRead + stream.bytesWritten } : {}) }
  }
})
