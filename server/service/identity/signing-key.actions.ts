import type { SuiteName } from '@zhenghe/wire/documents.ts'
import { fingerprint } from '@zhenghe/wire/keys.ts'
import { readSigningKey } from '@zhenghe/wire/signed.ts'
import { isSm2Public } from '@zhenghe/wire/sm2.ts'
import { refuser } from '../../kernel/refusal.ts'
import { refusals } from './contract.ts'
import { holdOwnAccount } from './proof.ts'
import * as store from './signing-key.store.ts'
import type { Part } from './tables.ts'

const refuse = refuser(refusals)

/** The keys by which people sign in their browsers. The platform never sees a private half unsealed. */
export const signingKeyActions: Part<'signingKey' | 'keepSigningKey' | 'retireSigningKey' | 'signingKeys'> = {
  async signingKey({ db, actor }) {
    const keys = await store.current(db, actor.id)
    const of = (suite: SuiteName) => keys.find(({ publicKey }) => readSigningKey(publicKey).suite === suite) ?? null
    return { key: of('international'), gm: of('gm') }
  },

  async keepSigningKey(ctx, wish) {
    const { db, actor, now, newId, about } = ctx
    await holdOwnAccount(ctx)
    const { suite, raw } = readSigningKey(wish.publicKey)
    if (fingerprint(wish.publicKey) !== wish.fingerprint || (suite === 'gm' && !isSm2Public(raw))) refuse('identity.bad_signing_key')
    const key = { ...wish, madeAt: now }
    const id = newId()
    about('identity.account', actor.id)
    about('identity.signing_key', id, { fingerprint: key.fingerprint })
    await store.insert(db, { ...key, id, person: actor.id })
    return key
  },

  async retireSigningKey(ctx, { suite }) {
    const { db, actor, now, about } = ctx
    await holdOwnAccount(ctx)
    const [retired] = await store.retire(db, actor.id, now, suite)
    if (!retired) return refuse('identity.unknown')
    about('identity.account', actor.id)
    about('identity.signing_key', retired.id, { fingerprint: retired.fingerprint })
    return {}
  },

  signingKeys: ({ db }, wanted) => store.publicHalves(db, wanted),
}
