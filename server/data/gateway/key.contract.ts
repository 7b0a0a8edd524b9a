/** Keys by which a unit's systems sign their calls. */
import { z } from 'zod'
import { command, Id, Moment, query } from '../../kernel/contract.ts'

export const KeyAlgorithm = z.enum(['HMAC-SHA256'])
export type KeyAlgorithm = z.infer<typeof KeyAlgorithm>
export const KeyId = z.string().regex(/^zk_[a-z0-9]{16}$/)
export const ConsumerKey = z.object({
  id: KeyId,
  unit: Id,
  unitName: z.string(),
  name: z.string(),
  algorithm: KeyAlgorithm,
  madeAt: Moment,
  revokedAt: Moment.nullable(),
})
export type ConsumerKey = z.infer<typeof ConsumerKey>

export const keyEndpoints = {
  keys: query('GET /gateway/keys', { summary: 'Keys of one’s unit', right: 'gateway.keys', in: z.object({}), out: z.array(ConsumerKey) }),
  makeKey: command('POST /gateway/keys', {
    summary: 'Make a key for one system; the secret is answered once and never again',
    right: 'gateway.keys',
    in: z.object({ name: z.string().trim().min(2).max(60), algorithm: KeyAlgorithm.default('HMAC-SHA256') }),
    out: z.object({ key: ConsumerKey, secret: z.string() }),
    refusals: ['gateway.key_name_taken'],
  }),
  revokeKey: command('POST /gateway/keys/{id}/revoke', {
    summary: 'Revoke a key; calls signed by it are refused at once',
    right: 'gateway.keys',
    in: z.object({ id: KeyId }),
    out: ConsumerKey,
    refusals: ['gateway.unknown', 'gateway.not_yours'],
  }),
}
