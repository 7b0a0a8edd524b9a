/** Holding a channel for an act on it, its clock, and who waits for it. */
import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { endClock, startClock } from '../../kernel/clock/clock.ts'
import type { Id } from '../../kernel/contract.ts'
import { putTodo } from '../../kernel/inbox/inbox.ts'
import { refuser } from '../../kernel/refusal.ts'
import { answersFor } from '../catalog/rules.ts'
import { refusals } from './contract.ts'
import { type ChannelAct, channelAllows, stateOfChannel } from './rules.ts'
import { type Context, demandAt, type Side } from './sight.ts'
import { lockChannel } from './store.ts'
import type { ChannelRow } from './tables.ts'

const refuse = refuser(refusals)
const BUREAU_POST = 'bureau_officer'

export function requireAct(row: ChannelRow, act: ChannelAct): void {
  const state = stateOfChannel(row)
  if (!channelAllows(state, act)) refuse('channels.wrong_state', { state })
}

/** The locked channel where `channels.register` holds at one of these sides and its state allows the act. */
export async function lockFor(ctx: Context, id: Id, act: ChannelAct, ...sides: Side[]): Promise<ChannelRow> {
  const row = demandAt(ctx, 'channels.register', await lockChannel(ctx.db, id), ...sides)
  requireAct(row, act)
  return row
}

/** Ends the clock of the step before and starts the next one; answers its id. */
export async function nextClock(ctx: Context, { id, clock }: Pick<ChannelRow, 'id'> & { clock: Id | null }, rule: string): Promise<Id> {
  if (clock) await endClock(ctx, clock)
  return startClock(ctx, { rule, subject: { kind: 'channels.channel', id } })
}

/** The units whose officers answer for the consumer's division. */
export async function bureausOf(ctx: Context, { consumerDivision }: Pick<ChannelRow, 'consumerDivision'>): Promise<Id[]> {
  const officers = await ctx.ask(organizations.liaisons, { post: BUREAU_POST })
  const units = await ctx.ask(organizations.unitsById, { ids: [...new Set(officers.map(({ unit }) => unit))] })
  return units.filter(({ division }) => answersFor(division, consumerDivision)).map(({ id }) => id)
}

type Kind = 'plan' | 'reconfirm' | 'late' | 'reopened' | 'retention_refused' | 'retention_ended'
/** Puts the channel before those who list channels in its consumer. */
export const tellConsumer = (ctx: Context, { id, consumer, content }: ChannelRow, kind: Kind, deadline?: Id): Promise<void> =>
  putTodo(ctx, {
    kind: `channels.${kind}`,
    subject: id,
    to: { unit: consumer, right: 'channels.register' },
    params: { content },
    ...(deadline ? { deadline } : {}),
  })

export async function tellBureaus(ctx: Context, row: ChannelRow, kind: 'confirm' | 'retention', deadline?: Id): Promise<void> {
  const params = { content: row.content, consumer: row.consumerName }
  for (const unit of await bureausOf(ctx, row))
    await putTodo(ctx, {
      ...{ kind: `channels.${kind}`, subject: row.id, to: { unit, right: 'channels.supervise' }, params },
      ...(deadline ? { deadline } : {}),
    })
}
