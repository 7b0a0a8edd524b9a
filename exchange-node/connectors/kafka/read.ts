/** The committed messages of a stretch of a partition, in their order. What belongs to transactions that were given up is passed over. */
import type { Consumer, RecordsBatch } from '@platformatic/kafka'
import { refusal } from '../../refusal.ts'
import { type Cluster, COMMITTED, type Topic } from './cluster.ts'

type Fetched = Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number]
/** From the first offset to before the second. */
export type Span = { partition: number; from: bigint; to: bigint }
export type Message = { partition: number; offset: bigint /** milliseconds since 1970 */; timestamp: bigint; key: Buffer | null; value: Buffer | null }

const FETCH_BYTES = 4 << 20
const WAIT_MS = 500
/** Answers without a message, though there are some, before the cluster is taken to be stuck. */
const MOST_EMPTY = 60
const TRANSACTIONAL = 0x10
const CONTROL = 0x20
/** The time of its messages is that of the log, not of who wrote them. */
const LOG_TIME = 0x08
const ABORT = 0

/** Some messages at a time, never none. Refuses `source_changed` where retention has removed what was to be read. */
export async function* messagesOf(cluster: Cluster, topic: Topic, { partition, from, to }: Span): AsyncGenerator<Message[]> {
  const consumer = cluster.consumer()
  try {
    let empty = 0
    for (let at = from; at < to; ) {
      const asked = { partition, currentLeaderEpoch: -1, lastFetchedEpoch: -1, fetchOffset: at, partitionMaxBytes: FETCH_BYTES }
      const request = { node: topic.partitions[partition]!.leader, minBytes: 1, maxBytes: FETCH_BYTES, maxWaitTime: WAIT_MS, isolationLevel: COMMITTED }
      const answer = await cluster.told(() => consumer.fetch({ ...request, topics: [{ topicId: topic.id, partitions: [asked] }] }))
      const found = answer.responses.find(({ topicId }) => topicId === topic.id)?.partitions.find(({ partitionIndex }) => partitionIndex === partition)
      const last = found?.records?.at(-1)
      if (!found || !last) {
        if (++empty > MOST_EMPTY)
          throw refusal('database_unreachable', `${cluster.side}: the cluster tells of messages in ${topic.name} and gives none; it is tried again`)
        continue
      }
      empty = 0
      const messages = committed(found).filter(({ offset }) => offset >= at && offset < to)
      at = last.firstOffset + BigInt(last.lastOffsetDelta) + 1n
      if (messages.length > 0) yield messages
    }
  } finally {
    await consumer.close(true).catch(() => undefined)
  }
}

/**
 * The driver leaves messages in whose transaction was given up where the end of it lies in a later answer; so this is done here, as Kafka's own client does: each answer
 * names the transactions that were given up, by their producer and first message.
 */
function* committedBatches({ records, abortedTransactions }: Fetched): Generator<RecordsBatch> {
  const begun = [...(abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const given = new Set<bigint>()
  for (const batch of records ?? []) {
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta)
    while (begun.length > 0 && begun[0]!.firstOffset <= end) given.add(begun.shift()!.producerId)
    if (batch.attributes & CONTROL) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT) given.delete(batch.producerId)
    } else if (!(batch.attributes & TRANSACTIONAL && given.has(batch.producerId))) yield batch
  }
}

function committed(found: Fetched): Message[] {
  const messages: Message[] = []
  for (const { records, firstOffset, firstTimestamp, maxTimestamp, attributes } of committedBatches(found))
    for (const { offsetDelta, timestampDelta, key, value } of records)
      messages.push({
        partition: found.partitionIndex,
        offset: firstOffset + BigInt(offsetDelta),
        timestamp: attributes & LOG_TIME ? maxTimestamp : firstTimestamp + timestampDelta,
        key: key ?? null,
        value: value ?? null,
      })
  return messages
}
