/** An objection as it is being written, and what is wrong with it, in the order of the form. Pure. */
import { DoubtedRow, type ObjectionKind, type Raising, refusals, type Subject } from '@zhenghe/server/data/objections/contract.ts'
import { checkRaising, takesRows, topicsOf } from '@zhenghe/server/data/objections/rules.ts'
import { type Language, say } from '@zhenghe/server/kernel/texts.ts'
import type { FieldError } from '@zhenghe/ui/Problem.tsx'
import { common } from '../../../texts/common.ts'
import { objectionWords as words } from '../../../texts/objections.ts'

/** A doubted value being written; `n` keeps its line apart from the others. */
export type DraftRow = DoubtedRow & { n: number }
export type RaisingDraft = Omit<Raising, 'attachment' | 'rows' | 'against'> & {
  rows: readonly DraftRow[]
  against: string
  attachment: { name: string; content: string; bytes: number } | undefined
}

/** The rows with an empty one more. */
export function withRow(rows: readonly DraftRow[]): readonly DraftRow[] {
  return [...rows, { n: (rows.at(-1)?.n ?? 0) + 1, key: '', field: '', problem: '' }]
}

const LEAST = { title: 4, description: 4, contact: 2, phone: 5 } as const
const TEXTS = { title: words.titleOf, description: words.description, contact: words.contactOf, phone: words.phone } as const

/** The draft with another kind: a topic and rows that do not belong to it go. */
export function ofKind(draft: RaisingDraft, kind: ObjectionKind, topic = topicsOf[kind][0] ?? 'other'): RaisingDraft {
  const next = { ...draft, kind, topic }
  return takesRows(next) ? next : { ...next, rows: [] }
}

/** Whether the subject tells whom it is against; only the quarantined row does not. */
export const namesUnit = (subject: Subject | undefined): boolean => subject !== undefined && subject.kind !== 'quarantine'

/** Every problem with its field and a sentence; empty where it can be handed in. */
export function raisingErrors(draft: RaisingDraft, language: Language): FieldError[] {
  const objection = checkRaising(draft)
  const short = (Object.keys(LEAST) as (keyof typeof LEAST)[])
    .filter((field) => draft[field].trim().length < LEAST[field])
    .map((field) => ({ field, message: say(words.short, language, { field: TEXTS[field], least: LEAST[field] }) }))
  const broken = draft.rows.findIndex((row) => !DoubtedRow.safeParse(row).success)
  return [
    ...(objection ? [{ field: objection === 'objections.rows_not_asked' ? 'rows' : 'kind', message: say(refusals[objection].text, language) }] : []),
    ...(namesUnit(draft.subject) || draft.against ? [] : [{ field: 'against', message: say(common.choose, language, { field: words.against }) }]),
    ...short,
    ...(broken >= 0 ? [{ field: 'rows', message: say(words.rowIncomplete, language, { at: broken + 1 }) }] : []),
  ]
}

/** The objection as the platform takes it. */
export function raisingOf({ against, attachment, rows, ...draft }: RaisingDraft): Raising {
  return {
    ...draft,
    rows: rows.map(({ key, field, problem }) => ({ key, field, problem })),
    ...(against && !namesUnit(draft.subject) ? { against } : {}),
    ...(attachment ? { attachment: { name: attachment.name, content: attachment.content } } : {}),
  }
}
