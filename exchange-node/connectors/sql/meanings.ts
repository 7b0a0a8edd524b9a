/** What an error of a database means for a delivery, in words that say what to do; each database has its own numbers for it. */
import { type Refusal, type RefusalCode, refusal } from '../../refusal.ts'
import type { Side } from './dialect.ts'

export type Meaning = readonly [RefusalCode | Readonly<Record<Side, RefusalCode>>, string]

export const words = {
  login: ['database_login', 'the database refuses the login: check user, password and database in the configuration of this node'],
  noRight: [{ source: 'source_rights', target: 'target_rights' }, "this node's login lacks a right: grant it as README.md of the exchange node says"],
  gone: ['database_gone', 'the connection to the database was lost; it is taken up again when the database is back'],
  busy: ['database_busy', 'another session is in the way, or the database has no connections left: it is tried again'],
  slow: ['statement_timeout', 'a statement took longer than allowed: raise the statement timeout of this node, or lower its load'],
  full: ['target_room', 'the disk of the database is full, or its quota used up: make room, then resume'],
  missing: [{ source: 'source_missing', target: 'target_missing' }, 'a table is not there (any more)'],
  changed: [{ source: 'source_changed', target: 'target_incompatible' }, 'a column is not there (any more)'],
  unfit: [{ source: 'source_value', target: 'target_value' }, 'the database cannot hold a value as it is'],
  duplicate: ['duplicate_keys', 'two rows have the same key: mend them at the source, or choose a key that is unique, then load again'],
  tooWide: ['target_incompatible', 'the table would have more or longer columns than the database can hold: grant fewer fields'],
  tooOld: ['source_moved', 'the moment that was read is no longer kept by the database: it is read again; let it keep what was before a change for longer'],
  unreachable: ['database_unreachable', 'nothing answers at the address of the database: check that it runs, its host and port'],
} as const satisfies Record<string, Meaning>

export function meanings(numbers: readonly (readonly [Meaning, readonly number[]])[]): ReadonlyMap<number, Meaning> {
  return new Map(numbers.flatMap(([meaning, own]) => own.map((number) => [number, meaning] as const)))
}

export function because([code, said]: Meaning, message: string, side: Side, cause?: unknown): Refusal {
  return refusal(typeof code === 'string' ? code : code[side], `${side}: ${said} (${message})`, cause)
}
