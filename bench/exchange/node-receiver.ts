/** The consumer's node of the bench, a process of its own: everything on. */

import { once } from 'node:events'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { PostgresTarget } from '@zhenghe/exchange-node/connectors/postgres/target.ts'
import { awaitSender } from '@zhenghe/exchange-node/nats/meeting.ts'
import { prepareReceive, receive } from '@zhenghe/exchange-node/receive.ts'
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

serve<NodeSettings>(async ({ delivery, grant, keys, peer, approver, address, port, nats }) => {
  const own = loadNodeKeys(keys)
  const arrival = await expectSender({ delivery, port, nats })
  return async () => {
    const target = { store: new PostgresTarget(address), name: { schema: 'public', table: 'received' }, memoryMiB: 512 }
    const prepared = prepareReceive({ delivery, mode: 'snapshot', grant, keys: own, approvers: [approver], target, watch: () => undefined })
    const evidence = await receive(
      prepared,
      await openSession(await arrival(), { role: 'receiver', keys: own, peer, delivery, suite: suiteOfGrant(prepared.grant) }),
    )
    return { receipt: evidence.receipt.text }
  }
})
