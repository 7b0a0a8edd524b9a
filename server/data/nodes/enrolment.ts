/** Preparing a node: its row and the one-time token with which it joins. */
import { createHash, randomBytes } from 'node:crypto'
import type { Id } from '../../kernel/contract.ts'
import type { Ctx } from '../../kernel/module.ts'
import { later } from '../../kernel/time.ts'
import { TOKEN_HOURS } from './rules.ts'
import * as store from './store.ts'

const TOKEN_BYTES = 32
const HOUR = 3_600_000

export const sha256 = (token: string): Buffer => createHash('sha256').update(token).digest()

/** A node of the unit that waits to join, and its token; a name whose token expired unused gets a new one. The name's constraint refuses a second node. */
export async function prepareNode(ctx: Ctx<store.Tables>, { unit, name }: { unit: Id; name: string }): Promise<{ row: store.NodeRow; token: string }> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const tokenRow = { tokenHash: sha256(token), tokenExpiresAt: later(ctx.now, TOKEN_HOURS * HOUR) }
  const row =
    (await store.renewToken(ctx.db, { unit, name }, tokenRow, ctx.now)) ??
    (await store.insert(ctx.db, { id: ctx.newId(), unit, name, madeAt: ctx.now, ...tokenRow }))
  ctx.about('nodes.node', row.id)
  return { row, token }
}
