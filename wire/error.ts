/** The one kind of error this folder throws. Safe in a browser. */

/** Every code a peer, a document or a request can be refused with; true where the same delivery may simply be taken up again. */
const RESUMABLE = {
  // the stream
  connection_lost: true,
  timeout: true,
  truncated: true,
  thread_lost: true,
  closed: false,
  // the handshake
  wrong_peer: false,
  wrong_role: false,
  wrong_delivery: false,
  // frames and messages
  bad_magic: false,
  unsupported_version: false,
  unknown_kind: false,
  oversized: false,
  tampered: false,
  replayed: false,
  out_of_order: false,
  bad_message: false,
  unexpected: false,
  // keys and signed documents
  bad_key: false,
  wrong_pin: false,
  not_canonical: false,
  wrong_key: false,
  bad_signature: false,
  bad_document: false,
  not_exact: false,
  // signed requests
  missing_header: false,
  clock_skew: false,
  // grants
  unknown_approver: false,
  not_yet_valid: false,
  expired: false,
  not_for_node: false,
  duplicate_name: false,
  masked_key: false,
  bad_mask: false,
  bad_rule: false,
  bad_filter: false,
  bad_cursor: false,
  bad_operation: false,
} as const

export type WireCode = keyof typeof RESUMABLE

/** A refusal by the protocol. `message` is plain English for a log or an operator; `params` are the facts behind it, ready for a text in another language. */
export class WireError extends Error {
  override name = 'WireError'
  readonly code: WireCode
  readonly params: Readonly<Record<string, unknown>>
  constructor(code: WireCode, detail: string, params: Readonly<Record<string, unknown>> = {}) {
    super(detail)
    this.code = code
    this.params = params
  }

  /** Whether nothing is wrong but the line: connecting again and asking for the missing ranges is the whole cure. */
  get resumable(): boolean {
    return RESUMABLE[this.code]
  }
}
