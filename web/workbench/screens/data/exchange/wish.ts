/** A request as it is being written, and what is wrong with it, in the order of the form. Pure. */
import { refusals } from '@zhenghe/server/data/exchange/contract.ts'
import { type Application, Wish } from '@zhenghe/server/data/exchange/request.contract.ts'
import { type BoundOffer, checkWish, type Objection } from '@zhenghe/server/data/exchange/request.rules.ts'
import type { LocalDate } from '@zhenghe/server/kernel/contract.ts'
import { type Language, say, type Text } from '@zhenghe/server/kernel/texts.ts'
import type { FieldError } from '@zhenghe/ui/Problem.tsx'
import { common } from '../../../texts/common.ts'
import { filterWordsOf, wishWords as words } from '../../../texts/requests.ts'
import { isEmpty } from './application-form.ts'
import { conditionProblem, type FilterField, type FilterModel, toFilter } from './filter-model.ts'

export type WishDraft = Omit<Wish, 'filter' | 'node' | 'application'> & { filter: FilterModel; node: string; application: Application }

/** The wish as the platform takes it. */
export function wishOf({ filter: model, application, ...draft }: WishDraft, fields: readonly FilterField[]): Wish {
  const filter = toFilter(model, fields)
  return { ...draft, ...(filter ? { filter } : {}), ...(isEmpty(application) ? {} : { application }) }
}

const WORDED = [
  ['basis', words.basis],
  ['purpose', words.purpose],
] as const
const SHORTEST_WORDS = 4
const WHERE: Readonly<Record<string, string>> = {
  'exchange.unknown_fields': 'fields',
  'exchange.key_missing': 'fields',
  'exchange.bad_filter': 'filter',
  'exchange.bad_term': 'termUntil',
  'exchange.no_cursor': 'mode',
  'exchange.bad_schedule': 'schedule',
  'exchange.calls_not_asked': 'callsADay',
}

/** Every problem with its field and a sentence; empty where the request can be handed in. */
export function wishErrors(draft: WishDraft, fields: readonly FilterField[], offer: BoundOffer, today: LocalDate, language: Language): FieldError[] {
  const rows = draft.filter.groups.flatMap((group) => group.rows)
  const broken = rows.map((row) => conditionProblem(row, fields)).find(Boolean)
  const objection = broken ? undefined : checkWish(wishOf(draft, fields), offer, today)
  const short = WORDED.filter(([field]) => draft[field].trim().length < SHORTEST_WORDS).map(([field, text]) => ({
    field,
    message: say(words.required, language, { field: text, least: SHORTEST_WORDS }),
  }))
  const missing: FieldError[] = [
    ...(draft.node ? [] : [{ field: 'node', message: say(common.choose, language, { field: words.node }) }]),
    ...(Wish.shape.contact.safeParse(draft.contact).success ? [] : [{ field: 'contact', message: say(common.required, language, { field: words.contact }) }]),
    ...(Wish.shape.application.safeParse(draft.application).success ? [] : [{ field: 'userEmail', message: say(words.formEmailBad, language) }]),
    ...(draft.phone.trim() ? [] : [{ field: 'phone', message: say(common.required, language, { field: words.phone }) }]),
  ]
  return [
    ...(broken ? [{ field: 'filter', message: say(filterWordsOf[broken], language) }] : []),
    ...(objection ? [{ field: WHERE[objection.code] ?? 'fields', message: objectionWords(objection, language, offer) }] : []),
    ...short,
    ...missing,
  ]
}

/** An objection as the server would say it, fields by their Chinese names. */
export function objectionWords({ code, params }: Objection, language: Language, { content }: Pick<BoundOffer, 'content'>): string {
  const text: Text | undefined = (refusals as Readonly<Record<string, { text: Text }>>)[code]?.text
  if (!text) return code
  const named = (name: unknown) => content.items.find(({ column }) => column === name)?.name ?? name
  const given = (params ?? {}) as { fields?: unknown[]; field?: unknown }
  return say(text, language, { ...given, ...(given.fields ? { fields: given.fields.map(named) } : {}), ...(given.field ? { field: named(given.field) } : {}) })
}
