/** The JetStream stream of one meeting: made by the receiver, small, and cleared away by it. */
import { DiscardPolicy, JetStreamApiError, type JetStreamManager, RetentionPolicy, StorageType, type StreamConfig, type StreamInfo } from '@nats-io/jetstream'
import { type NatsConnection, nanos } from '@nats-io/transport-node'
import { packetSubjects } from './line.ts'
import { WINDOW } from './outgoing.ts'

/** Both directions' windows, and as much again for what is published twice; what is older has been taken. */
const MOST_BYTES = 4 * WINDOW
const MOST_AGE_MS = 600_000
/** Of a stream in which nothing happens any more. */
const ABANDONED_MS = 900_000
const TWICE_WITHIN_MS = 120_000
const REPLICAS_IN_CLUSTER = 3

export type Attempt = { delivery: string; attempt: string; base: string }

/** The name of a new stream, on three servers where the cluster has so many, else on one. Rejects as the broker does. */
export async function makeStream(nc: NatsConnection, jsm: JetStreamManager, attempt: Attempt): Promise<string> {
  const clustered = nc.info?.cluster !== undefined
  try {
    return await add(jsm, attempt, clustered ? REPLICAS_IN_CLUSTER : 1)
  } catch (error) {
    if (!clustered || !(error instanceof JetStreamApiError)) throw error
    return add(jsm, attempt, 1) // two servers, or one of three is down: better carried by one than not at all
  }
}

async function add(jsm: JetStreamManager, { delivery, attempt, base }: Attempt, replicas: number): Promise<string> {
  const config: Partial<StreamConfig> & { name: string } = {
    name: `EX_${delivery}_${attempt}`,
    subjects: packetSubjects(base),
    ...{ retention: RetentionPolicy.Limits, storage: StorageType.File, discard: DiscardPolicy.Old, num_replicas: replicas },
    ...{ max_bytes: MOST_BYTES, max_age: nanos(MOST_AGE_MS), duplicate_window: nanos(TWICE_WITHIN_MS) },
  }
  await jsm.streams.add(config)
  return config.name
}

/** Removes what a node that was killed has left: earlier streams of this delivery, and any of its subject space in which nothing happens. */
export async function clearStreams(jsm: JetStreamManager, { subject, delivery }: { subject: string; delivery: string }): Promise<void> {
  for await (const info of jsm.streams.list(`ex.${subject}.>`)) {
    const { name } = info.config
    if (name.startsWith(`EX_${delivery}_`) || (name.startsWith('EX_') && idleMs(info) > ABANDONED_MS)) await jsm.streams.delete(name).catch(() => undefined)
  }
}

function idleMs({ created, state, ts }: StreamInfo): number {
  const now = ts ? Date.parse(ts) : Date.now()
  return now - Math.max(Date.parse(created), Date.parse(state.last_ts) || 0)
}
