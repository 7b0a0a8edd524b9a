/** The door of the nodes' tunnels: `GET /api/gateway/tunnel` with `Upgrade: zhenghe-gateway/1`, signed as every request of a node. */
import type { Socket } from 'node:net'
import { TUNNEL_PROTOCOL } from '@zhenghe/wire/tunnel.ts'
import { whoIs } from '../../../kernel/http/server.ts'
import type { Upgrade } from '../../../kernel/module.ts'
import type { RunningPlatform } from '../../../kernel/platform.ts'
import { refuser } from '../../../kernel/refusal.ts'
import { refusals } from '../contract.ts'
import { usageEndpoints } from '../usage.contract.ts'
import { gatewayOf } from './gateway.ts'

const refuse = refuser(refusals)
const ACCEPTED = `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${TUNNEL_PROTOCOL}\r\n\r\n`

export const tunnel: Upgrade = async (platform, request, socket, head) => {
  const actor = await whoIs(platform as RunningPlatform, request)
  if (request.headers.upgrade?.toLowerCase() !== TUNNEL_PROTOCOL) refuse('gateway.unknown')
  const { node } = await platform.run(usageEndpoints.tunnelPass, { actor, now: platform.now() }, {})
  if ('setNoDelay' in socket) (socket as Socket).setTimeout(0).setNoDelay(true).setKeepAlive(true, 30_000)
  socket.write(ACCEPTED)
  platform.local(gatewayOf).tunnels.enter(node, socket, head)
}
