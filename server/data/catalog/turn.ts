/** One act on an entry: held, judged by its state, and noted in its history. */
import { createHash } from 'node:crypto'
import { canonical } from '@zhenghe/wire/canonical.ts'
import type { Id, Moment } from '../../kernel/contract.ts'
import { refuser } from '../../kernel/refusal.ts'
import { later } from '../../kernel/time.ts'
import { contract as standards } from '../../support/standards/contract.ts'
import { fits } from './binding.rules.ts'
import { problemsOf } from './compilation.rules.ts'
import { type Content, type EntryState, type Item, refusals } from './contract.ts'
import * as store from './entry.store.ts'
import { type Move, moves, rightFor } from './rules.ts'
import { type Context, demandAt, seesDraftsOf } from './sight.ts'
import type { Act, BindingRow, EntryRow, VersionRow } from './tables.ts'

const refuse = refuser(refusals)
/** The entry with its version in work, or its published one where none is in work. */
export type Turn = { entry: EntryRow; version: VersionRow }

/** Holds an entry for a move that its state allows and the caller may make; refuses otherwise. */
export async function held(ctx: Context, id: Id, move: Move): Promise<Turn> {
  const entry = (await store.lock(ctx.db, id)) ?? refuse('catalog.unknown')
  if (move !== 'return') demandAt(ctx, moves[move].right, entry)
  else if (!seesDraftsOf(ctx, entry)) refuse(entry.publishedVersion === null ? 'catalog.unknown' : 'catalog.not_yours')
  const version = await workingVersion(ctx, entry)
  const state = stateFor(move, entry, version)
  demandAt(ctx, rightFor(move, state) ?? refuse('catalog.wrong_state', { state }), entry)
  return { entry, version }
}

/** What a move is judged by: withdrawing goes by the published version, whatever is in work beside it. */
function stateFor(move: Move, entry: EntryRow, version: VersionRow): EntryState {
  if (entry.withdrawnAt) return 'withdrawn'
  return move === 'withdraw' && entry.publishedVersion !== null ? 'published' : version.state
}

async function workingVersion({ db }: Context, { id, workingVersion: number }: EntryRow): Promise<VersionRow> {
  return (await store.version(db, id, number)) ?? refuse('catalog.unknown')
}

/** Writes what happened into the entry's history and names it in the ledger, with the digest of the content it happened to. */
export async function record(
  ctx: Context,
  { id, code }: Pick<EntryRow, 'id' | 'code'>,
  done: { version: number; content: Content },
  act: Act,
  note = '',
): Promise<void> {
  const { version, content } = done
  await store.addStep(ctx.db, { entry: id, version, at: ctx.now, act, by: ctx.actor.id, byName: ctx.actor.name, note })
  await store.update(ctx.db, id, { changedAt: ctx.now })
  ctx.about('catalog.entry', id, { code, version, contentDigest: createHash('sha256').update(canonical(content)).digest('hex') })
}

/** Now, or just after the moment before: two savings of a draft never carry the same moment. */
export function afterwards(now: Moment, before: Moment): Moment {
  return now > before ? now : later(before, 1)
}

/** Refuses a version that breaks a rule of compilation, with all it breaks. */
export async function demandComplete(ctx: Context, entry: EntryRow, { content }: VersionRow): Promise<void> {
  const published = entry.publishedVersion === null ? undefined : await store.version(ctx.db, entry.id, entry.publishedVersion)
  const binding = await store.binding(ctx.db, entry.id)
  const codeTables = content.items.some(({ codeTable }) => codeTable) ? await codeTableNames(ctx) : new Set<string>()
  const boundItems = binding ? content.items.filter((item) => standsOn(binding, item)).map(({ column }) => column) : null
  const problems = problemsOf(content, { publishedClass: published?.class ?? null, boundItems, codeTables })
  if (problems.length > 0) refuse('catalog.incomplete', { problems })
}

async function codeTableNames(ctx: Context): Promise<ReadonlySet<string>> {
  return new Set((await ctx.ask(standards.codeTables, {})).map(({ name }) => name))
}

/** Whether the bound table still carries an item, after its type or its part in the key may have changed. */
function standsOn({ types, keys }: BindingRow, { column, type, key }: Item): boolean {
  return fits(type, types[column] ?? null) && keys.includes(column) === key
}
