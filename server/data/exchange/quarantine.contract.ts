/** Rows that failed a rule on their way out (隔离数据): their provider sees them, nobody else. */
import { z } from 'zod'
import { command, Id, Moment, PageInput, query } from '../../kernel/contract.ts'

export const QuarantineRow = z.object({
  id: Id,
  delivery: Id,
  entry: Id,
  entryName: z.string(),
  rowKey: z.string(),
  field: z.string(),
  rule: z.string(),
  value: z.string().meta({ description: 'masked' }),
  at: Moment,
  state: z.enum(['open', 'mended', 'dismissed']),
  note: z.string(),
})
export type QuarantineRow = z.infer<typeof QuarantineRow>

export const quarantineEndpoints = {
  quarantine: query('GET /exchange/quarantine', {
    summary: 'Rows that failed a rule on their way out, to their provider only; newest first',
    right: 'exchange.quarantine',
    in: PageInput.extend({ delivery: Id.optional(), entry: Id.optional(), state: z.enum(['open', 'mended', 'dismissed']).optional() }),
    out: z.object({
      items: z.array(QuarantineRow),
      total: z.int(),
      next: z.string().nullable(),
      unlisted: z.int().meta({ description: 'rows that were rejected but not listed, of the same deliveries' }),
      reasons: z.array(z.object({ field: z.string(), rule: z.string(), rows: z.int() })),
    }),
  }),
  quarantinedRow: query('GET /exchange/quarantine/{id}', {
    summary: 'One quarantined row, to its provider only',
    right: 'exchange.quarantine',
    in: z.object({ id: Id }),
    out: QuarantineRow,
    refusals: ['exchange.unknown'],
  }),
  settleQuarantine: command('POST /exchange/quarantine/settle', {
    summary: 'Mark quarantined rows as mended at the source, or dismissed with a note',
    right: 'exchange.quarantine',
    in: z.object({ ids: z.array(Id).min(1).max(500), state: z.enum(['mended', 'dismissed']), note: z.string().max(500).default('') }),
    out: z.object({ settled: z.int() }),
  }),
}
