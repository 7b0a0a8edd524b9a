/** Pure: what an objection may be about, whether it is reviewed first, and what can be done with it in which state. Browser-safe. */
import type { Moment } from '../../kernel/contract.ts'
import type { DoubtedRow, ObjectionKind, ObjectionState, Subject, SubjectKind, Topic } from './contract.ts'

export type ObjectionTimes = {
  acceptedAt: Moment | null
  rejectedAt: Moment | null
  withdrawnAt: Moment | null
  answeredAt: Moment | null
  ratedAt: Moment | null
  failedAt: Moment | null
}

export function stateOf({ acceptedAt, rejectedAt, withdrawnAt, answeredAt, ratedAt, failedAt }: ObjectionTimes): ObjectionState {
  if (withdrawnAt) return 'withdrawn'
  if (rejectedAt) return 'rejected'
  if (failedAt) return 'failed'
  if (ratedAt) return 'rated'
  if (answeredAt) return 'answered'
  return acceptedAt ? 'handling' : 'review'
}

/** In which states each act is possible. */
export const acts = {
  accept: ['review'],
  reject: ['review'],
  fail: ['review', 'handling'],
  withdraw: ['review', 'handling'],
  answer: ['handling'],
  rate: ['answered'],
} as const satisfies Record<string, readonly ObjectionState[]>
export type Act = keyof typeof acts

export function allows(state: ObjectionState, act: Act): boolean {
  return acts[act].some((one) => one === state)
}

/** What each kind can be about more exactly. */
export const topicsOf: Record<ObjectionKind, readonly Topic[]> = {
  catalogue: ['other'],
  application: ['duration', 'opinion', 'other'],
  use: ['response', 'quality', 'other'],
  other: ['other'],
}

/** What an objection of each kind can name as its subject; one of the last kind need not name any. */
export const subjectsOf: Record<ObjectionKind, readonly SubjectKind[]> = {
  catalogue: ['entry'],
  application: ['request'],
  use: ['entry', 'request', 'delivery', 'quarantine'],
  other: ['entry', 'request', 'delivery', 'quarantine'],
}

type Asked = { kind: ObjectionKind; topic: Topic; subject?: Subject | undefined; rows: readonly DoubtedRow[] }

/** The first thing wrong with an objection as it is raised, in the order of the form. */
export function checkRaising({
  kind,
  topic,
  subject,
  rows,
}: Asked): 'objections.bad_topic' | 'objections.bad_subject' | 'objections.rows_not_asked' | undefined {
  if (!topicsOf[kind].includes(topic)) return 'objections.bad_topic'
  if (subject ? !subjectsOf[kind].includes(subject.kind) : kind !== 'other') return 'objections.bad_subject'
  if (rows.length > 0 && !takesRows({ kind, topic, subject })) return 'objections.rows_not_asked'
  return undefined
}

/** Whether single rows can be doubted: only in an objection about the quality of data that were shared. */
export function takesRows({ kind, topic, subject }: Pick<Asked, 'kind' | 'topic' | 'subject'>): boolean {
  return kind === 'use' && topic === 'quality' && subject !== undefined && subject.kind !== 'quarantine'
}

/** Doubts about data are verified at once by who provides them (疑义、错误信息快速校核); all else is reviewed first. */
export function goesStraightOn({ kind, topic }: Pick<Asked, 'kind' | 'topic'>): boolean {
  return kind === 'use' && topic === 'quality'
}

/** The objection as it will be put again to whoever settles disputes, where an answer did not solve it (第二十七条). */
export function disputed({ state, solved }: { state: ObjectionState; solved: boolean | null }): boolean {
  return state === 'rated' && solved === false
}
