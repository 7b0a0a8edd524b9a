/** The consumer's node of the bench, a process of its own: everything on. */

import { once } from 'node:events'
import net from 'node:net'
import { PostgresTarget } from '@zhenghe/exchange-node/connectors/postgres/target.ts'
import { prepareReceive, receive } from '@zhenghe/exchange-node/receive.ts'
import { suiteOfGrant } from '@zhenghe/wire/documents.ts'
import { loadNodeKeys } from '@zhenghe/wire/keys.ts'
import { openSession } from '@zhenghe/wire/session.ts'
import type { NodeSettings } from './cases.ts'
import { serve } from './child.ts'

serve<NodeSettings>(async ({ delivery, grant, keys, peer, approver, address, port }) => {
  const own = loadNodeKeys(keys)
  const server = net.createServer({ noDelay: true }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return async () => {
    const target = { store: new PostgresTarget(address), name: { schema: 'public', table: 'received' }, memoryMiB: 512 }
    const prepared = prepareReceive({ delivery, mode: 'snapshot', grant, keys: own, approvers: [approver], target, watch: () => undefined })
    const [socket] = (await once(server, 'connection')) as [net.Socket]
    const evidence = await receive(prepared, await openSession(socket, { role: 'receiver', keys: own, peer, delivery, suite: suiteOfGrant(prepared.grant) }))
    server.close()
    return { receipt: evidence.receipt.text }
  }
})
