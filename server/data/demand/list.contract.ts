/** The three lists (需求清单、责任清单、负面清单): computed, never kept by hand; published as numbered editions that never change. */
import { z } from 'zod'
import { command, Id, LocalDate, Moment, query, SIGNED_IN } from '../../kernel/contract.ts'

export const ListKind = z.enum(['needs', 'duties', 'negative'])
export type ListKind = z.infer<typeof ListKind>
export const ListRow = z.object({
  id: Id,
  number: z.string(),
  item: z.string(),
  unit: Id.meta({ description: 'needs: who asks; duties and negative: who has it' }),
  unitName: z.string(),
  other: z.string().meta({ description: 'needs: who is to supply; duties: who asks; negative: why' }),
  basis: z.string(),
  state: z.string(),
  since: LocalDate,
  due: LocalDate.nullable().meta({ description: 'duties: promised for; negative: reviewed on' }),
  link: z.string(),
})
export type ListRow = z.infer<typeof ListRow>
const Facet = z.array(z.object({ value: z.string(), label: z.string(), count: z.int() }))
const Wanted = z.object({
  list: ListKind,
  text: z.string().max(100).default(''),
  unit: z.array(Id).optional(),
  state: z.array(z.string().max(30)).optional(),
})
export type Wanted = z.output<typeof Wanted>

export const Edition = z.object({
  id: Id,
  list: ListKind,
  division: z.string(),
  number: z.int(),
  publishedAt: Moment,
  publishedByName: z.string(),
  note: z.string(),
  rowCount: z.int(),
  digest: z.string().meta({ description: 'SHA-256 over the canonical JSON of its rows' }),
})
export type Edition = z.infer<typeof Edition>

export const NegativeState = z.enum(['candidate', 'listed', 'rejected', 'lifted'])
export type NegativeState = z.infer<typeof NegativeState>
export const Negative = z.object({
  id: Id,
  number: z.string(),
  unit: Id,
  unitName: z.string(),
  item: z.string(),
  entry: Id.nullable(),
  basis: z.string(),
  reason: z.string(),
  state: NegativeState,
  proposedAt: Moment,
  proposedByName: z.string(),
  approvedAt: Moment.nullable(),
  approvedByName: z.string().nullable(),
  reviewOn: LocalDate.nullable(),
  reviewDue: z.boolean(),
  endReason: z.string().nullable(),
  need: Id.nullable().meta({ description: 'the need whose refusal proposed it' }),
})
export type Negative = z.infer<typeof Negative>

const One = z.object({ id: Id })
const acted = ['demand.unknown', 'demand.not_yours', 'demand.wrong_state'] as const

export const listEndpoints = {
  list: query('GET /demand/lists', {
    summary: 'A list as it stands now: found by words, narrowed by unit and state, with exact totals and facets',
    right: SIGNED_IN,
    in: Wanted.extend({ offset: z.int().min(0).max(100_000).default(0), limit: z.int().min(1).max(200).default(50) }),
    out: z.object({ total: z.int(), rows: z.array(ListRow), units: Facet, states: z.array(z.object({ value: z.string(), count: z.int() })) }),
  }),
  exported: query('GET /demand/lists/csv', {
    summary: 'Exactly what is filtered, as CSV (UTF-8 with BOM); cells that a spreadsheet would run as a formula are escaped',
    right: SIGNED_IN,
    in: Wanted,
    out: z.object({ name: z.string(), csv: z.string(), rows: z.int() }),
  }),
  editions: query('GET /demand/editions', {
    summary: 'Published editions of a list, newest first',
    right: SIGNED_IN,
    in: z.object({ list: ListKind }),
    out: z.array(Edition),
  }),
  edition: query('GET /demand/editions/{id}', {
    summary: 'One edition with its rows, as it was published',
    right: SIGNED_IN,
    in: One,
    out: Edition.extend({ rows: z.array(ListRow) }),
    refusals: ['demand.unknown'],
  }),
  publish: command('POST /demand/editions', {
    summary: 'Publish a list of the own division as it stands now, as the next numbered edition',
    right: 'demand.analyse',
    in: z.object({ list: ListKind, note: z.string().trim().max(500).default('') }),
    out: Edition,
    refusals: ['demand.unchanged', 'demand.publishing'],
  }),
  negatives: query('GET /demand/negatives', {
    summary: 'Items proposed for the negative list, decided or not, newest first',
    right: SIGNED_IN,
    in: z.object({ state: z.array(NegativeState).optional() }),
    out: z.array(Negative),
  }),
  negative: query('GET /demand/negatives/{id}', {
    summary: 'One item of the negative list',
    right: SIGNED_IN,
    in: One,
    out: Negative,
    refusals: ['demand.unknown'],
  }),
  propose: command('POST /demand/negatives', {
    summary: 'Propose an item of the own unit that may not be shared, with its legal basis',
    right: 'demand.supply',
    in: z.object({
      item: z.string().trim().min(2).max(200),
      entry: Id.nullable().default(null),
      basis: z.string().trim().min(4).max(500),
      reason: z.string().trim().min(4).max(1000),
    }),
    out: Negative,
    refusals: ['demand.negative_twice', 'demand.entry_not_theirs', 'demand.in_catalogue'],
  }),
  decide: command('POST /demand/negatives/{id}/decision', {
    summary: 'The data authority puts an item on the negative list until its review, or does not',
    right: 'demand.analyse',
    in: One.extend({ approve: z.boolean(), reviewOn: LocalDate.nullable().default(null), note: z.string().trim().max(500).default('') }),
    out: Negative,
    refusals: [...acted, 'demand.bad_review', 'demand.needs_reason'],
  }),
  review: command('POST /demand/negatives/{id}/review', {
    summary: 'Review an item that is on the list: keep it until the next review, or lift it',
    right: 'demand.analyse',
    in: One.extend({ keep: z.boolean(), reviewOn: LocalDate.nullable().default(null), note: z.string().trim().max(500).default('') }),
    out: Negative,
    refusals: [...acted, 'demand.bad_review', 'demand.needs_reason'],
  }),
}
