/** Pure: states of an entry and the moves between them, classes, codes and names. */
import type { Id } from '../../kernel/contract.ts'
import { type Reach, significant } from '../../kernel/rights.ts'
import type { ClassKind, EntryState } from './contract.ts'

/** From which states each move is possible, where it leads, and which right it needs at the provider. */
export const moves = {
  revise: { from: ['draft', 'returned', 'published'], right: 'catalog.compile' },
  submit: { from: ['draft', 'returned'], right: 'catalog.compile' },
  bind: { from: ['draft', 'returned', 'published', 'department_review', 'bureau_review'], right: 'catalog.compile' },
  approve: { from: ['department_review'], right: 'catalog.review' },
  publish: { from: ['bureau_review'], right: 'catalog.publish' },
  withdraw: { from: ['published'], right: 'catalog.publish' },
} as const satisfies Record<string, { from: readonly EntryState[]; right: string }>
export type Move = keyof typeof moves | 'return'

const REVIEWS: Partial<Record<EntryState, string>> = { department_review: 'catalog.review', bureau_review: 'catalog.publish' }

/** The right a move needs in this state, or undefined where the state forbids it. A draft under review is returned by whoever reviews it. */
export function rightFor(move: Move, state: EntryState): string | undefined {
  if (move === 'return') return REVIEWS[state]
  const { from, right } = moves[move]
  return from.some((one) => one === state) ? right : undefined
}

/** The moves open to somebody, for the buttons of a screen. `holds` tells whether a right holds at the provider. */
export function movesFor(state: EntryState, holds: (right: string) => boolean): Move[] {
  const all: Move[] = ['revise', 'submit', 'bind', 'approve', 'return', 'publish', 'withdraw']
  return all.filter((move) => {
    const right = rightFor(move, state)
    return right !== undefined && holds(right)
  })
}

/** The rights whose holders see the drafts of a provider, beside its own people. */
export const DRAFT_RIGHTS = ['catalog.compile', 'catalog.review', 'catalog.publish'] as const

/** Whether a provider lies within a reach. */
export function within(reach: Reach, { provider, providerDivision }: { provider: Id; providerDivision: string }): boolean {
  if (reach === 'everywhere') return true
  return reach.units.includes(provider) || reach.divisions.some((division) => providerDivision.startsWith(division))
}

/** Whether a unit of one division answers for a provider in another: the same one, or one above it. */
export function answersFor(bureauDivision: string, providerDivision: string): boolean {
  return providerDivision.startsWith(significant(bureauDivision))
}

const CLASS_LENGTHS = [1, 3, 6, 8, 10, 12, 14]
/** 类, 项 and 目 are the least a resource code needs. */
export const CODE_CLASS_LENGTH = 6
const SEQUENCE_DIGITS = 5

/** The class and all above it, the widest first: 30301702 → 3, 303, 303017, 30301702. */
export function classPath(code: string): string[] {
  return CLASS_LENGTHS.filter((length) => length <= code.length).map((length) => code.slice(0, length))
}

/** The class right above, null for a 类. */
export function parentClass(code: string): string | null {
  return classPath(code).at(-2) ?? null
}

export function classKind(code: string): ClassKind {
  if (code.startsWith('1')) return 'base'
  return code.startsWith('2') ? 'theme' : 'department'
}

/** 信息资源代码: class, slash, number within the class. */
export function resourceCode(classCode: string, sequence: number): string {
  return `${classCode}/${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`
}

/** What two names of one unit's entries must not share: letter case, width, blanks and punctuation do not tell them apart. */
export function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}
