/** How far the messages of a topic reach: its own number and an offset for each partition, `2034b585-…@0:120,1:98`. */
import { refusal } from '../../refusal.ts'
import type { Topic } from './cluster.ts'
import type { Span } from './read.ts'

const POSITION = /^([0-9a-zA-Z-]{1,64})@((?:\d{1,10}:\d{1,19})(?:,\d{1,10}:\d{1,19})*)?$/
const BOUND = /^(\d{1,10}):(\d{1,19})$/

export type Bounds = readonly { start: bigint; end: bigint }[]

export function positionOf({ id }: Pick<Topic, 'id'>, bounds: Bounds): string {
  return `${id}@${bounds.map(({ end }, partition) => `${partition}:${end}`).join(',')}`
}

/**
 * What came from one position to another, partition by partition; one that was not there before is read from its beginning. Refuses `source_changed` where the
 * topic is another than it was, or its retention has removed what was to come: a whole load is due then.
 */
export function spansBetween(topic: Topic, bounds: Bounds, from: string | undefined, to: string): Span[] {
  const [before, after] = [from === undefined ? new Map<number, bigint>() : offsetsOf(topic, from), offsetsOf(topic, to)]
  return [...after].flatMap(([partition, end]) => {
    const { start, end: now } = bounds[partition] ?? { start: 0n, end: 0n }
    const since = before.get(partition) ?? start
    if (end > now || since > end) throw changed(topic, 'has fewer messages than before: it was emptied')
    if (since < start && end > since)
      throw changed(topic, `has lost messages ${partition}:${since} to ${partition}:${start} by its retention before they were read`)
    return end > since ? [{ partition, from: since, to: end }] : []
  })
}

function offsetsOf(topic: Topic, position: string): Map<number, bigint> {
  const [, id, offsets = ''] = POSITION.exec(position) ?? []
  if (id === undefined) throw refusal('plan_differs', 'the increment begins at no place of a topic: order a whole load')
  if (id !== topic.id) throw changed(topic, 'was removed and made again')
  return new Map(
    offsets
      .split(',')
      .flatMap((part) => (part === '' ? [] : [part.split(':')]))
      .map(([partition, offset]) => [Number(partition), BigInt(offset!)]),
  )
}

function changed({ name }: Pick<Topic, 'name'>, what: string): Error {
  return refusal('source_changed', `source: the topic ${name} ${what}. An increment would leave rows out: order a whole load`)
}

/** Bounds of a range, «partition:offset» both. Refuses `plan_differs` for others: they come back from the other side. */
export function spanOfRange(topic: Topic, from: string | null, to: string | null): Span {
  const [first, last] = [BOUND.exec(from ?? ''), BOUND.exec(to ?? '')]
  if (!first || !last || first[1] !== last[1] || Number(first[1]) >= topic.partitions.length)
    throw refusal('plan_differs', 'a range of the plan is none of this topic: order a new delivery')
  return { partition: Number(first[1]), from: BigInt(first[2]!), to: BigInt(last[2]!) }
}
