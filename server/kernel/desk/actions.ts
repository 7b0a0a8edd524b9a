import { clocksOf, previewClock, recomputeClocks } from '../clock/clock.ts'
import type { LocalDate } from '../contract.ts'
import type { KernelTables } from '../database.ts'
import type { Fact } from '../facts.ts'
import { keysOf } from '../keys.ts'
import { chainOrigin } from '../ledger/entry.ts'
import { proveLine } from '../ledger/seal.ts'
import { verifyLedger } from '../ledger/verify.ts'
import { type Actions, type Ctx, local } from '../module.ts'
import { decodeCursor, pageFrom } from '../paging.ts'
import { Refusal, refuser } from '../refusal.ts'
import { type contract, type FactView, refusals } from './contract.ts'
import { summaryOf } from './rules.ts'
import * as store from './store.ts'
import { todoTable } from './todos.ts'

const refuse = refuser(refusals)
/** The figures of all modules: given by the platform's start. */
export const factsOf = local<readonly Fact[]>(() => [])

export const actions: Actions<typeof contract, KernelTables> = {
  async todos(ctx) {
    const rows = await store.todosOf(ctx.kernel, ctx.actor)
    const clocks = await clocksOf(
      ctx,
      rows.flatMap(({ deadline }) => deadline ?? []),
    )
    const table = ctx.local(todoTable)
    const views = rows.flatMap((row) => {
      const known = table.get(row.kind)
      return known
        ? [
            {
              ...known(row),
              id: row.id,
              kind: row.kind,
              subject: row.subject,
              createdAt: row.createdAt,
              clock: (row.deadline && clocks.get(row.deadline)) || null,
            },
          ]
        : []
    })
    return views.sort((a, b) => (a.clock?.dueOn ?? '9999').localeCompare(b.clock?.dueOn ?? '9999') || a.createdAt.localeCompare(b.createdAt))
  },

  async ledger(ctx, { after, limit, ...filter }) {
    const own = ctx.reach('kernel.read_ledger') === 'everywhere' ? undefined : ctx.actor.id
    const cursor = after ? decodeCursor<[string, number, number]>(after) : undefined
    const wanted = { ...filter, ...(own ? { actor: own } : {}) }
    const [rows, total] = [await store.ledgerPage(ctx.kernel, wanted, cursor, limit + 1), await store.ledgerTotal(ctx.kernel, wanted)]
    const page = pageFrom(rows, limit, total, ({ at, chain, seq }) => [at, chain, seq])
    return { ...page, items: page.items.map(lineView) }
  },

  async historyOf(ctx, { subject }) {
    return (await store.linesAbout(ctx.kernel, subject)).map(lineView)
  },

  async proof(ctx, { chain, seq }) {
    const line = (await store.line(ctx.kernel, chain, seq)) ?? refuse('kernel.unknown')
    if (ctx.reach('kernel.read_ledger') !== 'everywhere' && line.actor !== ctx.actor.id) refuse('kernel.unknown')
    const before = seq > 1 ? await store.line(ctx.kernel, chain, seq - 1) : undefined
    const proof = await proveLine(ctx.kernel, chain, seq)
    const { seal: key } = ctx.local(keysOf)
    const publicKey = key.publicKey.export({ format: 'jwk' }).x ?? ''
    return {
      line: lineView(line),
      body: line.body,
      previous: (before?.hash ?? chainOrigin(chain)).toString('hex'),
      seal: proof
        ? {
            ...{ n: proof.seal.n, at: proof.seal.at, lines: proof.seal.lines, key: proof.seal.key, publicKey, index: proof.index },
            root: proof.seal.root.toString('hex'),
            signature: proof.seal.signature.toString('base64url'),
            heads: proof.seal.heads,
            previous: proof.seal.previous.toString('hex'),
            steps: proof.steps.map(({ side, hash }) => ({ side, hash: hash.toString('hex') })),
          }
        : null,
    }
  },

  async verify(ctx) {
    const started = performance.now()
    const result = await verifyLedger(ctx.kernel, ctx.local(keysOf).seal.publicKey)
    return { ...result, milliseconds: Math.round(performance.now() - started) }
  },

  async facts(ctx, scope) {
    return Promise.all(visibleFacts(ctx, scope.unit).map((fact) => measured(ctx, fact, scope)))
  },

  async evidence(ctx, { code, ...scope }) {
    const fact = visibleFacts(ctx, scope.unit).find((one) => one.code === code) ?? refuse('kernel.fact_unknown')
    return { fact: await measured(ctx, fact, scope), evidence: await fact.evidence(ctx.db as never, scope, 100) }
  },

  async clockPreview(ctx, { rule }) {
    return { clock: (await previewClock(ctx, rule)) ?? null }
  },

  calendar: (ctx, { year }) => store.calendarOf(ctx.kernel, year),

  async setCalendar(ctx, { year, days }) {
    if (days.some(({ day }) => !inYear(day, year))) throw new Refusal('kernel.bad_input', { problems: [{ path: 'days', message: `a day outside ${year}` }] })
    await store.setCalendar(ctx.kernel, year, days)
    return { moved: await recomputeClocks(ctx.kernel) }
  },

  async deadLetters(ctx) {
    return (await store.deadLetters(ctx.kernel)).map(({ payload, eventId: _, ...letter }) => ({ ...letter, summary: summaryOf(payload) }))
  },

  async replay(ctx, { ids }) {
    const dead = await store.deadLetters(ctx.kernel, ids)
    return { replayed: await again(ctx, dead) }
  },

  async replayKind(ctx, { task, reader }) {
    const dead = (await store.deadLetters(ctx.kernel)).filter((letter) => letter.task === task && letter.reader === reader)
    return { replayed: await again(ctx, dead) }
  },

  async discard(ctx, { ids }) {
    const dead = await store.deadLetters(ctx.kernel, ids)
    noteEvents(ctx, dead, 'discarded')
    return { discarded: await store.giveUp(ctx.kernel, dead.map(idOf)) }
  },
}

const idOf = ({ id }: { id: string }): string => id

function again(ctx: Ctx<KernelTables>, dead: readonly store.DeadRow[]): Promise<number> {
  noteEvents(ctx, dead, 'replayed')
  return store.tryAgain(ctx.kernel, dead.map(idOf))
}

/** The ledger line names the events, and what was done with which reader's work on them. */
function noteEvents(ctx: Ctx<KernelTables>, dead: readonly store.DeadRow[], what: string): void {
  for (const { eventId, reader, task } of dead) if (eventId) ctx.about('kernel.event', eventId, { [reader ?? task]: what })
}

const inYear = (day: LocalDate, year: number): boolean => day.startsWith(`${year}-`)

/** One's own unit's figures are for everyone in it; those of all units, or of another, need the right. */
function visibleFacts(ctx: Ctx<KernelTables>, unit: string | undefined): readonly Fact[] {
  const mine = unit !== undefined && unit === ctx.actor.unit
  if (!mine && ctx.reach('kernel.read_facts') !== 'everywhere' && !ctx.actor.holdings.some(({ right }) => right === 'kernel.read_facts'))
    throw new Refusal('kernel.forbidden', { right: 'kernel.read_facts' })
  return ctx.local(factsOf)
}

async function measured(
  ctx: Ctx<KernelTables>,
  { code, title, formula, unit, target, measure }: Fact,
  scope: { unit?: string | undefined },
): Promise<FactView> {
  return { code, title, formula, unit, target: target ?? null, ...(await measure(ctx.db as never, scope)) }
}

function lineView({ chain, seq, at, actor, endpoint, outcome, subjects, body, hash }: KernelTables['kernel.ledger']) {
  const { name } = (JSON.parse(body) as { actor: { name: string } }).actor
  return { chain, seq, at, actor, actorName: name, endpoint, outcome, subjects, hash: hash.toString('hex') }
}
