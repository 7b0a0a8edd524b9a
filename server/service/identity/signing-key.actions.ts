import { fingerprint } from '@zhenghe/wire/keys.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { holdOwnAccount } from './proof.ts'
import * as store from './signing-key.store.ts'
import type { Part } from './tables.ts'

const refuse = refuser(refusals)

/** The keys by which people sign in their browsers. The platform never sees a private half unsealed. */
export const signingKeyActions: Part<'signingKey' | 'keepSigningKey' | 'retireSigningKey' | 'signingKeys'> = {
  signingKey: async ({ db, actor }) => ({ key: (await store.current(db, actor.id)) ?? null }),

  async keepSigningKey(ctx, wish) {
    const { db, actor, now, newId, about } = ctx
    await holdOwnAccount(ctx)
    if (fingerprint(wish.publicKey) !== wish.fingerprint) refuse('identity.bad_signing_key')
    const key = { ...wish, madeAt: now }
    const id = newId()
    about('identity.account', actor.id)
    about('identity.signing_key', id, { fingerprint: key.fingerprint })
    await store.insert(db, { ...key, id, person: actor.id })
    return key
  },

  async retireSigningKey(ctx) {
    const { db, actor, now, about } = ctx
    await holdOwnAccount(ctx)
    const retired = (await store.retire(db, actor.id, now)) ?? refuse('identity.unknown')
    about('identity.account', actor.id)
    about('identity.signing_key', retired.id, { fingerprint: retired.fingerprint })
    return {}
  },

  signingKeys: ({ db }, wanted) => store.publicHalves(db, wanted),
}
