/** Why a delivery did not go through: a code for programs, words for people that say what to do, and whether simply trying again helps. */
import { WireError } from '@zhenghe/wire/error.ts'
import { RowTooLong } from './pg/copy-out.ts'

/** Every code of this package, true where the same delivery may be taken up again and loses nothing by it. */
const RESUMABLE = {
  // either database
  database_unreachable: true,
  database_gone: true,
  database_login: false,
  database_busy: true,
  statement_timeout: true,
  database_too_old: false,
  // the source
  clock_differs: true,
  source_missing: false,
  source_moved: true,
  source_hours: true,
  source_changed: false,
  source_type: false,
  source_rights: false,
  source_value: false,
  source_encoding: false,
  source_key: false,
  row_too_long: false,
  answer_too_large: false,
  cursor_missing: false,
  reject_share: false,
  // the log of the source
  capture_unsupported: false,
  capture_rights: false,
  capture_identity: false,
  capture_type: false,
  slot_lost: false,
  wal_budget: false,
  schema_changed: false,
  capture_away: true,
  binlog_settings: false,
  binlog_type: false,
  // the target
  target_missing: false,
  target_rights: false,
  target_room: true,
  target_incompatible: false,
  target_value: false,
  target_dependents: false,
  row_refused: true,
  rows_refused: false,
  target_not_ours: false,
  duplicate_keys: false,
  // between the two
  counts_differ: false,
  plan_differs: false,
  digest_differs: false,
  evidence_differs: false,
  hashes_differ: false,
  protocol: false,
  // NATS
  nats_unreachable: true,
  nats_login: false,
  nats_rights: false,
  nats_full: true,
  // this node
  peer_unreachable: true,
  node_room: true,
  draining: true,
  cancelled: false,
  fault: true,
} as const

export type RefusalCode = keyof typeof RESUMABLE
export const refusalCodes: readonly string[] = Object.keys(RESUMABLE)

export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: string
  readonly resumable: boolean
  /** True where the other side refused, and has its own record of why. */
  readonly byPeer: boolean
  constructor(code: string, detail: string, resumable: boolean, byPeer = false, cause?: unknown) {
    super(detail, { cause })
    this.code = code
    this.resumable = resumable
    this.byPeer = byPeer
  }
}

/** @param detail what is wrong and what to do about it, in plain English */
export function refusal(code: RefusalCode, detail: string, cause?: unknown): Refusal {
  return new Refusal(code, detail, RESUMABLE[code], false, cause)
}

type DriverError = Error & { code?: string | number; severity?: string }
type Side = 'source' | 'target'

/** SQLSTATEs and system errors that mean something to an operator; a class of two characters stands for all of its states. */
const DATABASE_ERRORS: Readonly<Record<string, [RefusalCode, string]>> = {
  '08': ['database_gone', 'the connection to the database was lost; it is taken up again when the database is back'],
  '57P01': ['database_gone', 'the database was shut down or ended the connection; it is taken up again when it is back'],
  '57P02': ['database_gone', 'the database crashed; it is taken up again when it has recovered'],
  '57P03': ['database_unreachable', 'the database is starting up or shutting down; try again in a minute'],
  '25P03': ['database_gone', 'the database ended an idle transaction: raise idle_in_transaction_session_timeout for this login'],
  '57014': ['statement_timeout', 'a statement took longer than allowed: raise the statement timeout of this node, or lower its load'],
  '55P03': ['database_busy', 'another session holds a lock on the table: wait for it to end, or end it'],
  '40': ['database_busy', 'another transaction was in the way; it is tried again'],
  '2BP01': ['target_dependents', 'something depends on the table that the load would replace: drop it, or let it depend on a view of your own'],
  '53100': ['target_room', 'the disk of the database is full: make room, then resume'],
  '53': ['database_busy', 'the database has no connections or memory left: raise its limits or free some'],
  '28': ['database_login', 'the database refuses the login: check user and password in the configuration of this node'],
  '3D000': ['database_login', 'the database named in the configuration of this node does not exist'],
  ENOSPC: ['node_room', 'the disk of this node is full: make room in its home folder; it goes on by itself then'],
  ECONNREFUSED: ['database_unreachable', 'nothing listens at the address of the database: check that it runs, and its host and port'],
  ENOENT: ['database_unreachable', 'the socket of the database is not there: check that it runs, and its path'],
  ENOTFOUND: ['database_unreachable', "the database's host name is not known: check the configuration of this node"],
  ETIMEDOUT: ['database_unreachable', 'the database did not answer in time: check the network between this node and it'],
  ECONNRESET: ['database_gone', 'the connection to the database was cut; it is taken up again when it can be reached'],
  EPIPE: ['database_gone', 'the connection to the database was cut; it is taken up again when it can be reached'],
}
const LOST = /connection terminated|connection ended|client was closed|connection error|timeout expired|premature close|not queryable/i

/** What a failure means: refusals and wire errors keep their code, database errors get one, anything else is a fault of this program. */
export function explain(error: unknown, side: Side): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof WireError) return new Refusal(error.code, error.message, error.resumable, false, error)
  const { code: told, message } = error as DriverError
  const code = String(told ?? '') // some drivers count
  if (side === 'target' && (code === 'ENOSPC' || code === 'EDQUOT'))
    return refusal('target_room', `target: the disk of the target is full: make room; it goes on by itself then (${message})`, error)
  const known = DATABASE_ERRORS[code] ?? (code.length === 5 ? DATABASE_ERRORS[code.slice(0, 2)] : undefined)
  if (known) return refusal(known[0], `${side}: ${known[1]} (${message})`, error)
  if (error instanceof RowTooLong) return refusal('row_too_long', `source: ${message}: grant the table without its longest column`, error)
  if (code === '42501')
    return refusal(side === 'source' ? 'source_rights' : 'target_rights', `${side}: the database refuses this node's login: ${message}`, error)
  if (code.startsWith('22') && side === 'source') return refusal('source_value', `source: a value cannot be read as its granted type: ${message}`, error)
  if (code.startsWith('22')) return refusal('target_value', `target: the target cannot hold a value: ${message}`, error)
  if (LOST.test(message))
    return refusal('database_gone', `${side}: the connection to the database was lost; it is taken up again when it is back (${message})`, error)
  return refusal('fault', `${side}: unexpected: ${message}`, error)
}
