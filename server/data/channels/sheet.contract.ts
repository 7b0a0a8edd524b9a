/** What can be wrong with a cell of a pasted list of channels. */
import { z } from 'zod'

export const SheetField = z.enum([
  ...(['provider', 'content', 'way', 'sinceOn', 'often', 'rowsMonth', 'mbMonth', 'personal', 'basis', 'contact', 'phone', 'system'] as const),
  ...(['consumer', 'note'] as const),
])
export type SheetField = z.infer<typeof SheetField>
export const SheetFault = z.enum([
  ...(['missing', 'too_long', 'unknown_unit', 'ambiguous_unit', 'own_unit', 'not_your_unit', 'bad_way', 'bad_date', 'future_date'] as const),
  ...(['bad_often', 'bad_number', 'bad_yes_no', 'twice_in_sheet', 'already_listed', 'no_agreement'] as const),
])
export type SheetFault = z.infer<typeof SheetFault>
export const SheetProblem = z.object({
  row: z.int().meta({ description: 'line of the pasted text, counted from 1 as in the sheet' }),
  field: SheetField,
  fault: SheetFault,
  value: z.string(),
})
export type SheetProblem = z.infer<typeof SheetProblem>
