/** The captures that run in this node, as far as other work has to do with them: those that send, and the tables that are held as they were at one moment. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Key, Target } from '../connectors/connector.ts'
import type { Rejection } from '../kernels/kernel.ts'
import type { Standing } from './capture.ts'

/** A capture under way, of which somebody wants that source and target stand at the same moment. Rejects with a `Refusal`. */
export interface LiveCapture {
  readonly grant: Grant
  /** The moment at which the receiver holds its table under this id. The caller ends the snapshot. */
  hold(id: string): Promise<Standing>
  /** Brings the rows of these keys, as they are at one moment, or takes them away where there are none. Answers those that broke a rule, once all is committed. */
  fetch(keys: readonly Key[]): Promise<readonly Rejection[]>
}
export type Captures = { sending: Map<string, LiveCapture>; moments: Moments }

export function newCaptures(): Captures {
  return { sending: new Map(), moments: new Moments() }
}

/** Whoever wants a table that is held takes it soon: it hinders whoever would empty it. */
const KEPT_MS = 60_000

export class Moments {
  readonly #kept = new Map<string, { target: Target; late: NodeJS.Timeout }>()

  keep(id: string, target: Target): void {
    const late = setTimeout(() => void this.take(id)?.end(), KEPT_MS)
    late.unref()
    this.#kept.set(id, { target, late })
  }

  /** Once; who takes it ends it. */
  take(id: string): Target | undefined {
    const found = this.#kept.get(id)
    if (!found) return undefined
    clearTimeout(found.late)
    this.#kept.delete(id)
    return found.target
  }
}
