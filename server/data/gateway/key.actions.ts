import { contract as organizations } from '../../assurance/organizations/contract.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import * as store from './access.store.ts'
import { refusals } from './contract.ts'
import type { ConsumerKey, keyEndpoints } from './key.contract.ts'
import { boxOf, newKeyId } from './secret.ts'
import { ownUnit } from './sight.ts'
import type { ConsumerKeyRow, Tables } from './tables.ts'

const refuse = refuser(refusals)

export const keyActions: Actions<typeof keyEndpoints, Tables> = {
  async keys(ctx) {
    return (await store.keysOf(ctx.db, ownUnit(ctx, 'gateway.keys'))).map(shown)
  },

  async makeKey(ctx, { name, algorithm }) {
    const unit = ownUnit(ctx, 'gateway.keys')
    const [known] = await ctx.ask(organizations.unitsById, { ids: [unit] })
    const box = ctx.local(boxOf)
    const [id, secret] = [newKeyId(), box.newSecret()]
    const row = {
      id,
      unit,
      unitName: known?.name ?? '',
      unitDivision: known?.division ?? '',
      name,
      algorithm,
      sealed: box.seal(secret, id),
      madeAt: ctx.now,
      madeBy: ctx.actor.id,
    }
    const key = await store.insertKey(ctx.db, row)
    ctx.about('organizations.unit', unit, { key: id })
    return { key: shown(key), secret }
  },

  async revokeKey(ctx, { id }) {
    const key = (await store.findKey(ctx.db, id)) ?? refuse('gateway.unknown')
    if (!ctx.may('gateway.keys', { unit: key.unit, division: key.unitDivision })) refuse('gateway.not_yours')
    ctx.about('organizations.unit', key.unit, { key: id })
    return shown(await store.revokeKey(ctx.db, id, ctx.now))
  },
}

/** Without the sealed secret. */
function shown({ id, unit, unitName, name, algorithm, madeAt, revokedAt }: ConsumerKeyRow): ConsumerKey {
  return { id, unit, unitName, name, algorithm, madeAt, revokedAt }
}
