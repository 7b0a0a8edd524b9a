import { contract as organizations, type Unit } from '../../assurance/organizations/contract.ts'
import type { Actions } from '../../kernel/module.ts'
import { refuser } from '../../kernel/refusal.ts'
import { contract as partners } from '../partners/contract.ts'
import { list } from './channel.actions.ts'
import type { ChannelFacts, channelEndpoints } from './channel.contract.ts'
import { refusals } from './contract.ts'
import { contentKey, providerKey } from './rules.ts'
import type { SheetFault, SheetField, SheetProblem } from './sheet.contract.ts'
import { readSheet, type SheetRow } from './sheet.rules.ts'
import { type Context, ownUnit } from './sight.ts'
import * as store from './store.ts'
import type { Tables } from './tables.ts'

const refuse = refuser(refusals)
const SAME_NAME = 50
/** A provider of a way that comes from above need not be a unit of this platform. */
const FROM_ABOVE: readonly string[] = ['vertical_system', 'other_platform']
type Read = { good: ChannelFacts[]; problems: SheetProblem[] }

export const sheetActions: Actions<Pick<typeof channelEndpoints, 'checkSheet' | 'importSheet'>, Tables> = {
  async checkSheet(ctx, { text }) {
    const { good, problems } = await read(ctx, text, await ownUnit(ctx))
    return { good: good.length, problems }
  },

  async importSheet(ctx, { text, onlyGood }) {
    const consumer = await ownUnit(ctx)
    const { good, problems } = await read(ctx, text, consumer)
    if (problems.length > 0 && !onlyGood) refuse('channels.rows_wrong', { good: good.length, problems })
    const listed: string[] = []
    for (const facts of good) listed.push((await list(ctx, consumer, facts)).id)
    return { listed, left: problems }
  },
}

/** Which rows can be listed, by what the platform knows of their providers and of the channels listed before. */
async function read(ctx: Context, text: string, consumer: Unit): Promise<Read> {
  const sheet = readSheet(text, ctx.today) ?? refuse('channels.bad_sheet')
  const providers = await providersOf(ctx, sheet.rows)
  const outside = [...providers.values()].flatMap((found) => (found.length === 1 && found[0]?.kind === 'outside' ? [found[0].id] : []))
  const agreed = new Set((await ctx.ask(partners.inForce, { units: outside })).map(({ unit }) => unit))
  const listed = new Set((await store.listedKeys(ctx.db, consumer.id)).map(keyOf))
  const result: Read = { good: [], problems: [...sheet.problems] }
  for (const row of sheet.rows) {
    const found = providers.get(row.provider) ?? []
    const problem = objectionTo(row, found, consumer, agreed)
    const facts = factsOf(row, found[0])
    const key = keyOf({ providerKey: providerKey(facts), contentKey: contentKey(facts.content), way: facts.way })
    if (problem) result.problems.push(problem)
    else if (listed.has(key)) result.problems.push(wrong(row, 'content', 'already_listed'))
    else result.good.push(facts)
    if (!problem) listed.add(key)
  }
  return { ...result, problems: result.problems.sort((one, other) => one.row - other.row) }
}

const keyOf = (one: { providerKey: string; contentKey: string; way: string }): string => [one.providerKey, one.contentKey, one.way].join('\n')

function wrong({ row, ...cells }: SheetRow, field: SheetField, fault: SheetFault): SheetProblem {
  return { row, field, fault, value: String(cells[field] ?? '').slice(0, 60) }
}

function objectionTo(row: SheetRow, found: readonly Unit[], consumer: Unit, agreed: ReadonlySet<string>): SheetProblem | undefined {
  if (row.consumer && ![consumer.name, consumer.shortName, consumer.uscc].includes(row.consumer)) return wrong(row, 'consumer', 'not_your_unit')
  if (found.length > 1) return wrong(row, 'provider', 'ambiguous_unit')
  const [unit] = found
  if (!unit) return FROM_ABOVE.includes(row.way) ? undefined : wrong(row, 'provider', 'unknown_unit')
  if (unit.id === consumer.id) return wrong(row, 'provider', 'own_unit')
  return unit.kind === 'outside' && !agreed.has(unit.id) ? wrong(row, 'provider', 'no_agreement') : undefined
}

/** The units of each name as it is written: by full name, short name or credit code; a full name comes before a short one. */
async function providersOf(ctx: Context, rows: readonly SheetRow[]): Promise<ReadonlyMap<string, Unit[]>> {
  const found = new Map<string, Unit[]>()
  for (const name of new Set(rows.map(({ provider }) => provider))) {
    const { items } = await ctx.ask(organizations.units, { text: name, limit: SAME_NAME })
    const exact = items.filter((unit) => unit.name === name || unit.uscc === name)
    found.set(name, exact.length > 0 ? exact : items.filter(({ shortName }) => shortName === name))
  }
  return found
}

function factsOf({ row: _, consumer: __, provider, ...cells }: SheetRow, unit: Unit | undefined): ChannelFacts {
  return { ...cells, provider: unit?.id ?? null, providerName: unit ? '' : provider, entry: null }
}
