/** What a node tells of itself with every beat: counts and sizes, never a row, a key or an address. */
import { z } from 'zod'
import { Moment } from '../../kernel/contract.ts'

/** A level that has a limit: log kept back by a replication slot, a budget of any kind. Whoever builds one puts it into the beat; the monitor draws it. */
export const Gauge = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/),
  label: z.object({ zh: z.string().max(60), en: z.string().max(60) }),
  value: z.number(),
  limit: z.number().positive(),
  unit: z.enum(['bytes', 'rows', 'seconds', 'count']),
})
export type Gauge = z.infer<typeof Gauge>

/** A letter that the platform refused for good and the node keeps; its body stays at the node. */
export const RefusedLetter = z.object({ id: z.int(), about: z.string().max(200), code: z.string().max(80), detail: z.string().max(500), at: Moment })
export type RefusedLetter = z.infer<typeof RefusedLetter>

export const NodeHealth = z.object({
  outbox: z.object({ waiting: z.int(), oldestSeconds: z.number().nullable().meta({ description: 'age of the oldest letter that waits' }), refused: z.int() }),
  refused: z.array(RefusedLetter).max(50).meta({ description: 'the newest of the refused letters' }),
  disk: z.object({ freeBytes: z.number(), totalBytes: z.number() }).nullable().meta({ description: 'of the file system that holds the node’s home' }),
  memoryBytes: z.number().meta({ description: 'resident set' }),
  loopLagMs: z.number().meta({ description: '99th percentile of the event loop’s delay since the last beat' }),
  startedAt: Moment,
})
export type NodeHealth = z.infer<typeof NodeHealth>
