/** What was called: counts, times and digests, never contents. And the door of the nodes' tunnels. */
import { z } from 'zod'
import { Id, Moment, query, SIGNED_IN } from '../../kernel/contract.ts'
import { AccessView } from './access.contract.ts'

export const UsageRow = z.object({
  api: Id,
  apiCode: z.string(),
  apiName: z.string(),
  n: z.int(),
  consumer: Id,
  consumerName: z.string(),
  calls: z.int(),
  errors: z.int().meta({ description: 'answered 5xx: the provider’s or our fault' }),
  refused: z.int().meta({ description: 'answered 4xx' }),
  cached: z.int(),
  bytesIn: z.int(),
  bytesOut: z.int(),
  p50: z.number().nullable().meta({ description: 'milliseconds, the middle of a half octave' }),
  p95: z.number().nullable(),
  lastAt: Moment,
})
export type UsageRow = z.infer<typeof UsageRow>
/** One line of the calls' ledger. */
export const CallLine = z.object({
  id: z.string(),
  at: Moment,
  key: z.string(),
  access: z.string(),
  api: z.string(),
  n: z.int(),
  operation: z.string(),
  status: z.int(),
  code: z.string(),
  ms: z.number(),
  in: z.int(),
  out: z.int(),
  asked: z.string().meta({ description: 'SHA-256 of method, target and body, hex' }),
  answered: z.string().meta({ description: 'SHA-256 of the answer’s body, hex' }),
  how: z.enum(['live', 'cached', 'mock']),
})
export type CallLine = z.infer<typeof CallLine>

export const usageEndpoints = {
  usage: query('GET /gateway/usage', {
    summary: 'Calls by interface and consumer within some days, of one’s unit on either side, or all to a supervisor',
    right: SIGNED_IN,
    in: z.object({ api: Id.optional(), days: z.int().min(1).max(366).default(30) }),
    out: z.array(UsageRow),
  }),
  unused: query('GET /gateway/unused', {
    summary: 'Grants in force by which nobody called for some days',
    right: SIGNED_IN,
    in: z.object({ days: z.int().min(1).max(366).default(30) }),
    out: z.array(AccessView),
  }),
  calls: query('GET /gateway/accesses/{id}/calls', {
    summary: 'The last calls by a grant: digests, never bodies',
    right: SIGNED_IN,
    in: z.object({ id: Id }),
    out: z.array(CallLine),
    refusals: ['gateway.unknown'],
  }),
  verifyCalls: query('GET /gateway/calls/verify', {
    summary: 'Whether every chain of calls is whole',
    right: 'kernel.verify_ledger',
    in: z.object({}),
    out: z.object({ chains: z.int(), calls: z.int(), broken: z.array(z.object({ chain: Id, seq: z.int() })) }),
  }),
  tunnelPass: query('GET /gateway/tunnel-pass', {
    summary: 'Whether the calling node may open a tunnel',
    right: 'nodes.node',
    in: z.object({}),
    out: z.object({ node: Id }),
  }),
}
