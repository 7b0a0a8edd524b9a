/** Lines between two ends, over the servers of a test. */
import { randomUUID } from 'node:crypto'
import type { NatsLine } from '../line.ts'
import { awaitSender, callReceiver } from '../meeting.ts'
import type { NatsSettings } from '../settings.ts'
import { freePort, NatsServer } from './nats-server.ts'

export const SUBJECT = '370000.tax'
const MEETING_MS = 30_000

export function settingsOf(...servers: NatsServer[]): NatsSettings {
  return { servers: servers.map(({ url }) => url), login: { kind: 'none' }, only: false }
}

/** Both ends of a line, the sender's first. @param domain of the receiver */
export async function meet(sending: NatsSettings, receiving = sending, domain: string | null = null): Promise<[NatsLine, NatsLine]> {
  const common = { delivery: randomUUID(), place: { subject: SUBJECT, domain }, signal: AbortSignal.timeout(MEETING_MS) }
  const { promise, resolve } = Promise.withResolvers<NatsLine>()
  const forget = await awaitSender({ ...common, settings: receiving }, resolve)
  const lines = await Promise.all([callReceiver({ ...common, settings: sending }), promise])
  await forget()
  return lines
}

export type Levels = { province: NatsServer; city: NatsServer; county: NatsServer; stop: () => Promise<void> }

/** Each a leaf of the one before, each with a JetStream of its own. */
export async function startLevels(): Promise<Levels> {
  const [above, below] = [await freePort(), await freePort()]
  const leaf = (port: number) => `remotes: [{ url: "nats-leaf://127.0.0.1:${port}" }], reconnect: 1`
  const province = await NatsServer.start({ name: 'province', domain: 'province', more: `leafnodes: { listen: 127.0.0.1:${above} }` })
  const city = await NatsServer.start({ name: 'city', domain: 'city', more: `leafnodes: { listen: 127.0.0.1:${below}, ${leaf(above)} }` })
  const county = await NatsServer.start({ name: 'county', domain: 'county', more: `leafnodes: { ${leaf(below)} }` })
  const stop = async () => {
    await Promise.all([province.stop(), city.stop(), county.stop()])
  }
  return { province, city, county, stop }
}
