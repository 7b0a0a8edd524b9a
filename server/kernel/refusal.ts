import type { z } from 'zod'
import type { Refusals } from './contract.ts'

/** An answer of «no» that the caller may read. Anything else thrown is a fault: logged whole, shown as 500 with a reference number. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: string
  readonly params: unknown
  /** The sentence a person reads, where the answer came over HTTP. */
  readonly detail: string | undefined
  constructor(code: string, params?: unknown, detail?: string) {
    super(detail ?? code)
    this.code = code
    this.params = params
    this.detail = detail
  }
}

type Params<R> = R extends { params: infer P extends z.ZodType } ? [z.input<P>] : []

/** A `refuse` that knows this module's codes and what each must tell. Never returns. */
export function refuser<R extends Refusals>(_refusals: R) {
  return <C extends keyof R & string>(code: C, ...params: Params<R[C]>): never => {
    throw new Refusal(code, params.at(0))
  }
}
