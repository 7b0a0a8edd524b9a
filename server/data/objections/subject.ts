/** What an objection is about: read through the modules above with the caller's own sight, so that nobody objects to what they may not see. */
import { contract as organizations, type Unit } from '../../assurance/organizations/contract.ts'
import type { Id } from '../../kernel/contract.ts'
import { Refusal, refuser } from '../../kernel/refusal.ts'
import { contract as catalog } from '../catalog/contract.ts'
import { contract as exchange } from '../exchange/contract.ts'
import { type Raising, refusals, type Subject } from './contract.ts'
import type { Context } from './sight.ts'

const refuse = refuser(refusals)
/** `against` is the unit the subject itself names; null where it names none. */
type Found = { name: string; against: Id | null }

export async function subjectOf(ctx: Context, { subject, kind }: Pick<Raising, 'subject' | 'kind'>, raiser: Id): Promise<Found> {
  if (!subject) return { name: '', against: null }
  if (subject.kind === 'entry') {
    const [entry] = await ctx.ask(catalog.entriesById, { ids: [subject.id] })
    return entry ? { name: entry.name, against: entry.provider } : refuse('objections.subject_unknown')
  }
  return seen(async () => {
    if (subject.kind === 'quarantine') {
      const row = await ctx.ask(exchange.quarantinedRow, { id: subject.id })
      return { name: `${row.entryName} ${row.rowKey}`, against: null }
    }
    const { name, provider, consumer } = await exchanged(ctx, subject)
    const own = kind === 'application' ? [consumer] : [provider, consumer]
    if (!own.includes(raiser)) refuse('objections.bad_subject')
    return { name, against: raiser === consumer ? provider : consumer }
  })
}

async function exchanged(ctx: Context, { kind, id }: Subject): Promise<{ name: string; provider: Id; consumer: Id }> {
  const found = kind === 'request' ? await ctx.ask(exchange.requestById, { id }) : await ctx.ask(exchange.deliveryById, { id })
  return { name: `${found.entryName} ${found.number}`, provider: found.provider, consumer: found.consumer }
}

/** What the exchange does not show the caller is unknown here as well. */
async function seen(find: () => Promise<Found>): Promise<Found> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof Refusal && error.code === 'exchange.unknown') return refuse('objections.subject_unknown')
    throw error
  }
}

/** Units of today by their ids; closed ones are left out. */
export async function unitsOf(ctx: Context, ids: readonly Id[]): Promise<ReadonlyMap<Id, Unit>> {
  const units = await ctx.ask(organizations.unitsById, { ids: [...new Set(ids)] })
  return new Map(units.filter(({ closedOn }) => closedOn === null || closedOn > ctx.today).map((unit) => [unit.id, unit]))
}
