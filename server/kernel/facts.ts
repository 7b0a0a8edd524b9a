/** Facts, not reports: a figure is computed from what happened on the platform, with its numerator, denominator and evidence. */
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Text } from './texts.ts'

/** Whose figure: of one unit, or of all where none is named. */
export type FactScope = { unit?: string | undefined }
export const Evidence = z.object({ label: z.string(), at: z.iso.datetime().nullable(), link: z.string() })
export type Evidence = z.infer<typeof Evidence>

export type Fact = {
  code: string
  title: Text
  /** What the figure counts; a share is numerator over denominator. */
  unit: 'share' | 'count' | 'rows'
  /** How it is computed, in words a contesting department can check. */
  formula: Text
  target?: number
  measure: (db: Kysely<never>, scope: FactScope) => Promise<{ numerator: number; denominator: number | null }>
  /** The records behind the numerator, newest first, at most `limit`. */
  evidence: (db: Kysely<never>, scope: FactScope, limit: number) => Promise<Evidence[]>
}
