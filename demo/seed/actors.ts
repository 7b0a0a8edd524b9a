/** Who the seeding acts as: every act of it stands in the ledger under a name and a unit, as in life. */
import { createHash } from 'node:crypto'
import type { Actor, Caller } from '@zhenghe/server/kernel/module.ts'
import { SYSTEM } from '@zhenghe/server/kernel/platform.ts'
import { systemNow } from '@zhenghe/server/kernel/time.ts'

/** A stable id for a thing of the city that has none of its own. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(`zhenghe-demo:${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export const asPlatform = (): Caller => ({ actor: SYSTEM, now: systemNow() })

/** A clerk of a unit with some rights there, or everywhere where no unit bounds them. */
export function asClerk(name: string, unit: string, rights: readonly string[], bound = true): Caller {
  const actor: Actor = { kind: 'staff', id: idOf(`${unit}:${name}`), name, unit, holdings: rights.map((right) => (bound ? { right, unit } : { right })) }
  return { actor, now: systemNow() }
}
