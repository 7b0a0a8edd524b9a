/** Push tasks (推送任务): how and when a subscription is served, agreed on under its signed grant. */
import { DeliveryMode } from '@zhenghe/wire/documents.ts'
import { z } from 'zod'
import { command, Id, Moment, PageInput, pageOf, query, SIGNED_IN } from '../../kernel/contract.ts'
import { GrantView } from './grant.contract.ts'
import { Schedule } from './schedule.contract.ts'

const One = z.object({ id: Id })
/** 待发布, 未开始, 进行中, 已结束, 已停用. */
export const PushState = z.enum(['draft', 'not_started', 'running', 'ended', 'stopped'])
export type PushState = z.infer<typeof PushState>

/** ONCE is a schedule of kind `once`, at `beginsAt`; PERIOD is any other, from then until `endsAt`. */
export const PushWish = z.object({
  name: z.string().trim().min(2).max(80),
  mode: DeliveryMode.refine((mode): boolean => mode !== 'capture', 'a capture goes on by itself and needs no push task'),
  schedule: Schedule,
  beginsAt: Moment.optional().meta({ description: 'at once where absent' }),
  endsAt: Moment.optional().meta({ description: 'as long as the grant stands where absent' }),
})
export type PushWish = z.infer<typeof PushWish>

export const PushHead = z.object({
  id: Id,
  number: z.string(),
  name: z.string(),
  subscription: Id,
  grant: Id,
  entry: Id,
  entryName: z.string(),
  provider: Id,
  providerName: z.string(),
  consumer: Id,
  consumerName: z.string(),
  state: PushState,
  mode: DeliveryMode,
  schedule: Schedule,
  beginsAt: Moment,
  endsAt: Moment.nullable(),
  nextDueAt: Moment.nullable(),
  lastRun: z.object({ id: Id, state: z.string(), at: Moment, loaded: z.number() }).nullable(),
})
export type PushHead = z.infer<typeof PushHead>
export const PushView = PushHead.extend({
  keys: z.array(z.string()).meta({ description: 'primary key, from the grant' }),
  incrementField: z.string().nullable().meta({ description: 'from the grant; null where only whole tables can be pushed' }),
  fields: GrantView.shape.fields.meta({ description: 'with the masks and rules of the grant' }),
  filterWords: GrantView.shape.filterWords,
  target: z.object({ store: z.string(), schema: z.string(), table: z.string() }),
  nextRuns: z.array(Moment).meta({ description: 'the next five, or what it would run if it were published now' }),
  publishedAt: Moment.nullable(),
  stopReason: z.string().nullable(),
})
export type PushView = z.infer<typeof PushView>

const ON_ONE = ['exchange.unknown', 'exchange.not_yours', 'exchange.push_state']
const ON_WISH = ['exchange.bad_schedule', 'exchange.no_cursor', 'exchange.bad_push_span']

export const pushEndpoints = {
  draftPush: command('POST /exchange/pushes', {
    summary: 'Draft a push task for a subscription of one’s own data',
    right: 'exchange.push',
    in: PushWish.extend({ subscription: Id }),
    out: PushView,
    refusals: ['exchange.unknown', 'exchange.not_yours', 'exchange.grant_over', 'exchange.wrong_state', ...ON_WISH],
  }),
  changePush: command('POST /exchange/pushes/{id}', {
    summary: 'Change a push task that is not published, or that is stopped',
    right: 'exchange.push',
    in: PushWish.extend({ id: Id }),
    out: PushView,
    refusals: [...ON_ONE, ...ON_WISH],
  }),
  publishPush: command('POST /exchange/pushes/{id}/publish', {
    summary: 'Publish a push task: from now on it decides when its subscription is served',
    right: 'exchange.push',
    in: One,
    out: PushView,
    refusals: [...ON_ONE, 'exchange.push_live', 'exchange.grant_over', 'exchange.wrong_state', 'exchange.no_runs_left'],
  }),
  stopPush: command('POST /exchange/pushes/{id}/stop', {
    summary: 'Stop a push task; what is under way ends by itself, the subscription’s own schedule holds again',
    right: 'exchange.push',
    in: One.extend({ reason: z.string().trim().min(2).max(500) }),
    out: PushView,
    refusals: ON_ONE,
  }),
  startPush: command('POST /exchange/pushes/{id}/start', {
    summary: 'Start a stopped push task again; runs missed meanwhile are not made up',
    right: 'exchange.push',
    in: One,
    out: PushView,
    refusals: [...ON_ONE, 'exchange.push_live', 'exchange.grant_over', 'exchange.wrong_state', 'exchange.no_runs_left'],
  }),
  pushes: query('GET /exchange/pushes', {
    summary: 'Push tasks from or to one’s unit, or all to a supervisor; newest first',
    right: SIGNED_IN,
    in: PageInput.extend({ state: z.array(PushState).optional(), subscription: Id.optional() }),
    out: pageOf(PushHead),
  }),
  pushById: query('GET /exchange/pushes/{id}', {
    summary: 'One push task with the fields, masks and filter of its grant, and its next runs',
    right: SIGNED_IN,
    in: One,
    out: PushView,
    refusals: ['exchange.unknown'],
  }),
}
