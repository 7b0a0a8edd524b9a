/** The questions about a channel, its move, its closing and its keeping. */
import { type ChannelFacts, Often, Way } from '@zhenghe/server/data/channels/channel.contract.ts'
import { oftens, ways } from '@zhenghe/server/data/channels/texts.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import type { Answers, Question } from '../../../parts/form-model.ts'
import { channelWords as words } from '../../../texts/channels.ts'

const optionsOf = <T extends string>(values: readonly T[], labels: Record<T, Text>) => values.map((value) => ({ value, label: labels[value] }))

export const WHO: readonly Question[] = [
  { name: 'provider', label: words.provider, kind: 'unit', optional: true },
  {
    ...{ name: 'providerName', label: words.providerName, hint: words.providerNameHint, kind: 'text', least: 2, most: 120 },
    when: ({ provider }) => !provider,
  },
  { name: 'content', label: words.content, kind: 'text', most: 200, least: 2, when: ({ entry }) => !entry },
  { name: 'content', label: words.content, kind: 'text', most: 200, optional: true, when: ({ entry }) => Boolean(entry) },
  { name: 'entry', label: words.entry, hint: words.entryHint, kind: 'entry', optional: true },
]
export const HOW: readonly Question[] = [
  { name: 'way', label: words.way, kind: 'select', options: optionsOf(Way.options, ways) },
  { name: 'sinceOn', label: words.sinceOn, kind: 'day' },
  { name: 'often', label: words.often, kind: 'select', options: optionsOf(Often.options, oftens) },
  { name: 'personal', label: words.personal, kind: 'yesno' },
  { name: 'rowsMonth', label: words.rowsMonth, kind: 'number', optional: true },
  { name: 'mbMonth', label: words.mbMonth, kind: 'number', optional: true },
  { name: 'system', label: words.system, kind: 'text', most: 100, optional: true },
]
export const WHY: readonly Question[] = [
  { name: 'basis', label: words.basis, kind: 'area', wide: true, least: 2, most: 500, rows: 2 },
  { name: 'contact', label: words.contact, kind: 'text', least: 2, most: 60 },
  { name: 'phone', label: words.phone, kind: 'text', most: 30, optional: true },
  { name: 'note', label: words.note, kind: 'text', wide: true, most: 500, optional: true },
]

export const RECONFIRM: readonly Question[] = [
  { name: 'rowsMonth', label: words.rowsMonth, kind: 'number', optional: true },
  { name: 'mbMonth', label: words.mbMonth, kind: 'number', optional: true },
  { name: 'note', label: words.note, kind: 'text', wide: true, optional: true, most: 500 },
]
export const CLOSING: readonly Question[] = [
  { name: 'switchedOff', label: words.switchedOff, hint: words.switchedOffHint, kind: 'area', wide: true, least: 4, most: 500, rows: 2 },
  { name: 'on', label: words.closedOn, kind: 'day' },
  { name: 'by', label: words.closedBy, kind: 'text', least: 2, most: 60 },
  { name: 'document', label: words.document, hint: words.documentHint, kind: 'digest', wide: true },
]
export const RETENTION: readonly Question[] = [
  { name: 'reason', label: words.reason, kind: 'area', wide: true, least: 10, most: 1000 },
  { name: 'basis', label: words.basis, kind: 'area', wide: true, least: 4, most: 500, rows: 2 },
  { name: 'until', label: words.until, kind: 'day' },
]
export const DECISION: readonly Question[] = [
  { name: 'approve', label: words.approve, kind: 'yesno' },
  { name: 'note', label: words.note, kind: 'area', wide: true, optional: true, most: 500 },
]
export const planQuestions = (provider: string | null): readonly Question[] => [
  { name: 'target', label: words.target, kind: 'entry', wide: true, provider: provider ?? undefined },
  { name: 'steps', label: words.steps, hint: words.stepsHint, kind: 'lines', wide: true, rows: 4 },
  {
    ...{ name: 'responsible', label: words.responsible, kind: 'select' },
    options: [{ value: 'consumer', label: words.consumer }, ...(provider ? [{ value: 'provider', label: words.provider }] : [])],
  },
  { name: 'dueOn', label: words.dueOn, kind: 'day' },
]

/** The answers as the platform takes the facts of a channel. */
export function factsOf(answers: Answers): ChannelFacts {
  const text = (name: string) => String(answers[name] ?? '').trim()
  const number = (name: string) => (typeof answers[name] === 'number' ? (answers[name] as number) : null)
  return {
    provider: text('provider') || null,
    providerName: text('provider') ? '' : text('providerName'),
    content: text('content'),
    entry: text('entry') || null,
    way: answers['way'] as Way,
    sinceOn: text('sinceOn'),
    often: answers['often'] as Often,
    rowsMonth: number('rowsMonth'),
    mbMonth: number('mbMonth'),
    personal: answers['personal'] === true,
    ...{ basis: text('basis'), contact: text('contact'), phone: text('phone'), system: text('system'), note: text('note') },
  }
}
