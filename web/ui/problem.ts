/** What went wrong, as a person can read it. Pure. */
import { Refusal } from '@zhenghe/server/kernel/refusal.ts'
import type { Text } from '@zhenghe/server/kernel/texts.ts'
import { words } from './texts.ts'

export type Told = {
  code: string
  /** A sentence of the server's, already in the reader's language, or a text of ours. */
  sentence: string | Text
  /** The number by which an administrator finds a fault in the log. */
  reference: string | undefined
  /** True where trying again may help; a refusal stays a refusal. */
  passing: boolean
  /** Fields of the input the server could not use, by their dotted path. */
  fields: readonly { path: string; message: string }[]
}

export function tell(error: unknown): Told {
  if (!(error instanceof Refusal)) return { code: 'fault', sentence: words.fault, reference: undefined, passing: true, fields: [] }
  const params = (typeof error.params === 'object' && error.params !== null ? error.params : {}) as Record<string, unknown>
  const status = typeof params.status === 'number' ? params.status : 0
  return {
    code: error.code,
    sentence: error.detail ?? (error.code === 'kernel.unreachable' ? words.unreachable : words.fault),
    reference: typeof params.reference === 'string' ? params.reference : undefined,
    passing: error.code === 'kernel.unreachable' || status >= 500,
    fields: error.code === 'kernel.bad_input' ? fieldsOf(params.problems) : [],
  }
}

function fieldsOf(problems: unknown): Told['fields'] {
  if (!Array.isArray(problems)) return []
  return problems.flatMap((problem: { path?: unknown; message?: unknown }) =>
    typeof problem.path === 'string' ? [{ path: problem.path, message: String(problem.message ?? '') }] : [],
  )
}
