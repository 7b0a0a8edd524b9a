/** Drafts (未申报): a need that somebody has begun to write. One a person, seen by them alone; stating a need ends it. */
import { z } from 'zod'
import { command, Id, Moment, query } from '../../kernel/contract.ts'
import { UpdateCycle } from '../catalog/contract.ts'
import { PurposeKind } from '../exchange/request.contract.ts'
import { Urgency, WishedWay } from './need.contract.ts'

const text = (most: number) => z.string().max(most).default('')
/** The fields of a need, any of them still empty. */
export const DraftWish = z.object({
  ...{ title: text(100), data: text(2000), basis: text(1000), purpose: text(1000), matter: text(200), contact: text(60), phone: text(30) },
  fields: z.array(z.string().max(100)).max(200).default([]),
  purposeKind: PurposeKind.optional(),
  urgency: Urgency.optional(),
  way: WishedWay.optional(),
  cycle: UpdateCycle.optional(),
  provider: Id.nullable().default(null),
})
export type DraftWish = z.infer<typeof DraftWish>
export const Draft = z.object({ wish: DraftWish, keptAt: Moment })
export type Draft = z.infer<typeof Draft>

export const draftEndpoints = {
  draft: query('GET /demand/draft', {
    summary: 'What one has begun to write; null where there is nothing',
    right: 'demand.ask',
    in: z.object({}),
    out: z.object({ draft: Draft.nullable() }),
  }),
  keepDraft: command('POST /demand/draft', {
    summary: 'Keep what one has written so far, in place of what was kept before',
    right: 'demand.ask',
    in: DraftWish,
    out: Draft,
    personal: ['phone'],
  }),
  dropDraft: command('POST /demand/draft/drop', {
    summary: 'Throw away what one has begun to write',
    right: 'demand.ask',
    in: z.object({}),
    out: z.object({}),
  }),
}
