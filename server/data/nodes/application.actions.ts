import { contract as organizations } from '../../assurance/organizations/contract.ts'
import { maskPhone } from '../../assurance/organizations/rules.ts'
import type { Id } from '../../kernel/contract.ts'
import { doneTodo, putTodo } from '../../kernel/inbox/inbox.ts'
import type { Actions, Ctx } from '../../kernel/module.ts'
import { decodeCursor, pageFrom } from '../../kernel/paging.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { type Reach, significant } from '../../kernel/rights.ts'
import {
  ApplicationFacets,
  type ApplicationHead,
  ApplicationKind,
  ApplicationState,
  type ApplicationStep,
  type ApplicationView,
  Area,
  type applicationEndpoints,
} from './application.contract.ts'
import { type ApplicationAct, applicationAllows, stateOfApplication, usableAddress } from './application.rules.ts'
import * as store from './application.store.ts'
import { NodeRevoked, refusals } from './contract.ts'
import { prepareNode } from './enrolment.ts'
import { allows, stateOf } from './rules.ts'
import { change as changeNode, lock as lockNode, type Tables } from './store.ts'

const refuse = refuser(refusals)
type Context = Ctx<Tables>
const ALLOCATING_POST = 'bureau_officer'
const NOTICES = ['nodes.application_rejected', 'nodes.application_recovered'] as const

export const applicationActions: Actions<typeof applicationEndpoints, Tables> = {
  async applyForNode(ctx, wish) {
    const unit = ctx.actor.unit
    if (!unit || !ctx.may('nodes.apply', { unit })) throw new Refusal('kernel.forbidden', { right: 'nodes.apply' })
    const [known] = await ctx.ask(organizations.unitsById, { ids: [unit] })
    const { name: unitName, division: unitDivision } = known ?? refuse('nodes.application_unknown')
    const row = await store.insertApplication(ctx.db, { id: ctx.newId(), unit, unitName, unitDivision, ...wish, appliedAt: ctx.now, appliedBy: ctx.actor.id })
    await noteStep(ctx, row.id, 'applied')
    await tellAllocators(ctx, row, 'nodes.application_review')
    return viewOf(ctx, row)
  },

  async applications(ctx, { after, limit, ...wanted }) {
    const filter = { ...wanted, sight: sightOf(ctx) }
    const rows = await store.applicationPage(ctx.db, filter, after ? decodeCursor<[string]>(after)[0] : undefined, limit + 1)
    const page = pageFrom(rows, limit, await store.applicationTotal(ctx.db, filter), ({ id }) => [id])
    const counts = await store.applicationCounts(ctx.db, filter)
    const whole = (values: readonly string[], found: Record<string, number>) => Object.fromEntries(values.map((value) => [value, found[value] ?? 0]))
    const facets = {
      state: whole(ApplicationState.options, counts.state),
      kind: whole(ApplicationKind.options, counts.kind),
      area: whole(Area.options, counts.area),
    }
    return { ...page, items: page.items.map(headOf), facets: ApplicationFacets.parse(facets) }
  },

  async application(ctx, { id }) {
    return viewOf(ctx, seen(ctx, await store.findApplication(ctx.db, id)))
  },

  async withdrawApplication(ctx, { id, reason }) {
    await held(ctx, id, 'withdraw', 'nodes.apply')
    return stepped(ctx, id, { withdrawnAt: ctx.now }, 'withdrawn', reason)
  },

  async approveApplication(ctx, { id, note }) {
    const row = await held(ctx, id, 'approve', 'nodes.allocate')
    const view = await stepped(ctx, id, { approvedAt: ctx.now }, 'approved', note)
    await tellAllocators(ctx, row, 'nodes.application_allocate')
    return view
  },

  async rejectApplication(ctx, { id, reason }) {
    const row = await held(ctx, id, 'reject', 'nodes.allocate')
    const view = await stepped(ctx, id, { rejectedAt: ctx.now }, 'rejected', reason)
    await tellUnit(ctx, row, 'nodes.application_rejected', 'nodes.apply')
    return view
  },

  async allocate(ctx, { id, ip, port, note }) {
    if (!usableAddress(ip)) refuse('nodes.ip_unusable')
    const row = await held(ctx, id, 'allocate', 'nodes.allocate')
    const view = await stepped(ctx, id, { allocatedAt: ctx.now, nodeIp: ip, nodePort: port }, 'allocated', note ? `${ip}:${port}\n${note}` : `${ip}:${port}`)
    await tellUnit(ctx, row, 'nodes.application_sign', 'nodes.operate')
    return view
  },

  async signFor(ctx, { id, node: chosen }) {
    const { unit, nodeName } = await held(ctx, id, 'sign', 'nodes.operate')
    const made = chosen ? undefined : await prepareNode(ctx, { unit, name: nodeName })
    if (chosen) await demandStandingNode(ctx, chosen, unit)
    const application = await stepped(ctx, id, { signedAt: ctx.now, node: chosen ?? made?.row.id ?? null }, 'signed')
    return { application, token: made?.token ?? null }
  },

  async recover(ctx, { id, reason }) {
    const row = await held(ctx, id, 'recover', 'nodes.allocate')
    const view = await stepped(ctx, id, { recoveredAt: ctx.now }, 'recovered', reason)
    if (row.node && !(await store.nodeServesOthers(ctx.db, row.node, id))) await revokeNode(ctx, row.node, reason)
    await tellUnit(ctx, row, 'nodes.application_recovered', 'nodes.apply')
    return view
  },

  async acknowledgeApplication(ctx, { id }) {
    const row = seen(ctx, await store.findApplication(ctx.db, id))
    if (!ctx.may('nodes.apply', { unit: row.unit, division: row.unitDivision })) refuse('nodes.application_not_yours')
    for (const kind of NOTICES) await doneTodo(ctx, id, kind)
    ctx.about('nodes.application', id)
    return {}
  },
}

/** The own unit, and where one applies, operates or allocates. */
function sightOf({ actor, reach }: Context): Reach {
  const reaches = ['nodes.apply', 'nodes.operate', 'nodes.allocate', 'nodes.supervise'].map((right) => reach(right))
  const limited = reaches.filter((one) => one !== 'everywhere')
  if (limited.length < reaches.length) return 'everywhere'
  return { units: [...(actor.unit ? [actor.unit] : []), ...limited.flatMap(({ units }) => units)], divisions: limited.flatMap(({ divisions }) => divisions) }
}

/** The application where the caller may see it; to others it is unknown. */
function seen(ctx: Context, row: store.ApplicationRow | undefined): store.ApplicationRow {
  const sight = sightOf(ctx)
  const within = row && (sight === 'everywhere' || sight.units.includes(row.unit) || sight.divisions.some((division) => row.unitDivision.startsWith(division)))
  return row && within ? row : refuse('nodes.application_unknown')
}

/** The locked application where the right holds in its unit and its state allows the act. */
async function held(ctx: Context, id: Id, act: ApplicationAct, right: string): Promise<store.ApplicationRow> {
  const row = seen(ctx, await store.lockApplication(ctx.db, id))
  if (!ctx.may(right, { unit: row.unit, division: row.unitDivision })) refuse('nodes.application_not_yours')
  const state = stateOfApplication(row)
  return applicationAllows(state, act) ? row : refuse('nodes.application_state', { state })
}

/** Changes an application, takes what waited for the step off every list, and notes who did it. */
async function stepped(
  ctx: Context,
  id: Id,
  change: Parameters<typeof store.changeApplication>[2],
  act: ApplicationStep['act'],
  note = '',
): Promise<ApplicationView> {
  const row = await store.changeApplication(ctx.db, id, change)
  await doneTodo(ctx, id)
  await noteStep(ctx, id, act, note)
  return viewOf(ctx, row)
}

async function noteStep(ctx: Context, application: Id, act: ApplicationStep['act'], note = ''): Promise<void> {
  await store.addApplicationStep(ctx.db, { application, at: ctx.now, act, by: ctx.actor.id, byName: ctx.actor.name, note })
  ctx.about('nodes.application', application)
}

function headOf(row: store.ApplicationRow): ApplicationHead {
  const { id, number, unit, unitName, kind, area, nodeName, nodeIp, nodePort, protection, contact, appliedAt } = row
  const address = nodeIp?.replace(/\/\d+$/, '') ?? null
  return {
    ...{ id, number, unit, unitName, kind, area, nodeName, nodePort, protection, contact, appliedAt, nodeIp: address },
    state: stateOfApplication(row),
    phone: maskPhone(row.phone),
  }
}

async function viewOf({ db }: Context, row: store.ApplicationRow): Promise<ApplicationView> {
  const { address, system, purpose, node, phone } = row
  return { ...headOf(row), address, system, purpose, node, phone, steps: await store.applicationStepsOf(db, row.id) }
}

async function tellUnit(ctx: Context, { id, unit, nodeName }: store.ApplicationRow, kind: string, right: string): Promise<void> {
  await putTodo(ctx, { kind, subject: id, to: { unit, right }, params: { name: nodeName } })
}

/** Before the units whose officers allocate for the applicant's division. */
async function tellAllocators(ctx: Context, { id, unitName, unitDivision, nodeName }: store.ApplicationRow, kind: string): Promise<void> {
  const officers = await ctx.ask(organizations.liaisons, { post: ALLOCATING_POST })
  const units = await ctx.ask(organizations.unitsById, { ids: [...new Set(officers.map(({ unit }) => unit))] })
  for (const { id: unit } of units.filter(({ division }) => unitDivision.startsWith(significant(division))))
    await putTodo(ctx, { kind, subject: id, to: { unit, right: 'nodes.allocate' }, params: { name: nodeName, unit: unitName } })
}

/** Refuses unless the unit's own node of this id stands. */
async function demandStandingNode(ctx: Context, id: Id, unit: Id): Promise<void> {
  const node = await lockNode(ctx.db, id)
  if (node?.unit !== unit) return refuse('nodes.unknown')
  if (stateOf(node) === 'revoked') refuse('nodes.wrong_state', { state: 'revoked' })
  ctx.about('nodes.node', id)
}

/** What goes through the node ends: the exchange hears of it. */
async function revokeNode(ctx: Context, id: Id, reason: string): Promise<void> {
  const node = await lockNode(ctx.db, id)
  if (!node || !allows(stateOf(node), 'revoke')) return
  await doneTodo(ctx, id)
  await changeNode(ctx.db, id, { revokedAt: ctx.now, revokeReason: reason })
  ctx.about('nodes.node', id)
  ctx.emit(NodeRevoked, { node: id, unit: node.unit, reason })
}
