/** Moving a channel onto the platform: planned, begun, in parallel, closed with evidence; or kept for an approved reason until a day. */
import { z } from 'zod'
import { command, Id, SIGNED_IN } from '../../kernel/contract.ts'
import { Channel } from './channel.contract.ts'
import { ClosingWish, PlanWish, RetentionWish } from './evidence.contract.ts'

const One = z.object({ id: Id })
const Noted = One.extend({ note: z.string().max(500).default('') })
const acted = ['channels.unknown', 'channels.not_yours', 'channels.wrong_state'] as const

export const moveEndpoints = {
  plan: command('POST /channels/{id}/plan', {
    summary: 'Plan the move: the entry that replaces the channel, steps, who answers for it, until when',
    right: 'channels.register',
    in: One.extend(PlanWish.shape),
    out: Channel,
    refusals: [...acted, 'channels.bad_target', 'channels.bad_due', 'catalog.unknown'],
  }),
  begin: command('POST /channels/{id}/begin', { summary: 'Begin the move', right: 'channels.register', in: Noted, out: Channel, refusals: acted }),
  runParallel: command('POST /channels/{id}/parallel', {
    summary: 'The replacement delivers beside the channel: refused before a delivery of it has balanced',
    right: 'channels.register',
    in: Noted,
    out: Channel,
    refusals: [...acted, 'channels.no_evidence'],
  }),
  close: command('POST /channels/{id}/close', {
    summary: 'Close the channel with the record of what was switched off; only while the replacement delivers',
    right: 'channels.register',
    in: One.extend(ClosingWish.shape),
    out: Channel,
    refusals: [...acted, 'channels.no_evidence', 'channels.bad_closing'],
  }),
  askRetention: command('POST /channels/{id}/retention', {
    summary: 'Ask to keep the channel, with reason, basis and a last day',
    right: 'channels.register',
    in: One.extend(RetentionWish.shape),
    out: Channel,
    refusals: [...acted, 'channels.bad_until'],
  }),
  decideRetention: command('POST /channels/{id}/retention/decision', {
    summary: 'The data authority approves or refuses that a channel is kept',
    right: 'channels.supervise',
    in: One.extend({ approve: z.boolean(), note: z.string().max(500).default('') }),
    out: Channel,
    refusals: [...acted, 'channels.bad_until'],
  }),
  acknowledge: command('POST /channels/{id}/acknowledge', {
    summary: 'Take note of what the platform told about a channel; the notice leaves the list of what waits',
    right: SIGNED_IN,
    in: One,
    out: z.object({}),
    refusals: ['channels.unknown', 'channels.not_yours'],
  }),
}
