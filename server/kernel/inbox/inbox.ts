/** What waits for whom, written in the transaction of the act that makes it wait: never behind. */
import { sql } from 'kysely'
import type { Id } from '../contract.ts'
import type { Ctx } from '../module.ts'

/** Whoever holds the right in the unit, or one person. */
export type Assignee = { unit: Id; right: string } | { person: Id }
export type Waiting = { kind: string; subject: Id; to: Assignee; params?: Readonly<Record<string, unknown>>; deadline?: Id }

type Here = Pick<Ctx, 'kernel' | 'newId' | 'now'>

/** Puts an item before its assignees; the same item is never there twice. */
export async function putTodo({ kernel, newId, now }: Here, { kind, subject, to, params = {}, deadline }: Waiting): Promise<void> {
  const unit = 'unit' in to ? to.unit : null
  const right = 'unit' in to ? to.right : null
  const person = 'person' in to ? to.person : null
  await sql`insert into kernel.todo (id, kind, subject, unit, "right", person, params, deadline, created_at)
    values (${newId()}, ${kind}, ${subject}, ${unit}, ${right}, ${person}, ${JSON.stringify(params)}, ${deadline ?? null}, ${now}) on conflict do nothing`.execute(
    kernel,
  )
}

/** Takes the subject's items of a kind (or of every kind) away from all they wait for, or from one unit. */
export async function doneTodo({ kernel, now }: Pick<Ctx, 'kernel' | 'now'>, subject: Id, kind?: string, unit?: Id): Promise<void> {
  let update = kernel.updateTable('kernel.todo').set({ doneAt: now }).where('subject', '=', subject).where('doneAt', 'is', null)
  if (kind) update = update.where('kind', '=', kind)
  if (unit) update = update.where('unit', '=', unit)
  await update.execute()
}
