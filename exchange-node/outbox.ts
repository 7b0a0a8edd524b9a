/**
 * What the platform must be told and has not acknowledged yet: manifests, receipts, quarantined rows, troubles, schemas, results. On disk before
 * anything is said, so that a kill of the node or an absence of the platform loses none of it.
 */
import fs from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** `about` is the subject and what of it: `<delivery>/receipt`. Letters about one subject go in the order in which they were written. */
export type Letter = { id: number; about: string; path: string; body: unknown; tries: number }

const TABLES = `
  pragma journal_mode = wal; pragma synchronous = full;
  create table if not exists letter (
    id integer primary key autoincrement, subject text not null, about text not null unique, path text not null, body text not null,
    tries integer not null default 0, due integer not null default 0, at integer not null default 0) strict;
  create index if not exists letter_subject on letter (subject, id);
  create table if not exists told (about text primary key, at integer not null) strict;
  create table if not exists refused (
    id integer primary key, about text not null, path text not null, body text not null, code text not null, detail text not null, at integer not null) strict`

export type OutboxCounts = { waiting: number; refused: number; oldest: number | null }
export type RefusedLetter = { id: number; about: string; code: string; detail: string; at: number }

/** How long it is remembered what was told. */
const MEMORY_MS = 90 * 86_400_000

export class Outbox {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #written: () => void = () => undefined

  /** @param file made where it is not there, for this user only */
  constructor(file: string) {
    fs.closeSync(fs.openSync(file, 'a', 0o600))
    this.#db = new DatabaseSync(file)
    this.#db.exec(TABLES)
    this.#bringUpToDate()
    this.#run('delete from told where at < ?', Date.now() - MEMORY_MS)
  }

  /** Durable when it returns. A letter about the same thing that has not gone yet is replaced. */
  write(subject: string, what: string, path: string, body: unknown): void {
    this.#run(
      'insert or replace into letter (subject, about, path, body, at) values (?, ?, ?, ?, ?)', // a new row: what is on its way does not take this one with it
      subject,
      `${subject}/${what}`,
      path,
      JSON.stringify(body),
      Date.now(),
    )
    this.#written()
  }

  /** Called after every letter. */
  onWritten(wake: () => void): void {
    this.#written = wake
  }

  /** The oldest letter that is due and is the first about its subject. @param now milliseconds since 1970 */
  next(now: number): Letter | undefined {
    const row = this.#get(
      `select id, about, path, body, tries from letter l
       where due <= ? and not exists (select 1 from letter e where e.subject = l.subject and e.id < l.id) order by id limit 1`,
      now,
    ) as (Omit<Letter, 'body'> & { body: string }) | undefined
    return row && { ...row, body: JSON.parse(row.body) }
  }

  /** The platform has it. */
  told({ id, about }: Letter): void {
    this.#run('insert or replace into told (about, at) values (?, ?)', about, Date.now())
    this.#run('delete from letter where id = ?', id)
  }

  /** It is tried again at this time, in milliseconds since 1970. */
  later({ id }: Letter, due: number): void {
    this.#run('update letter set tries = tries + 1, due = ? where id = ?', due, id)
  }

  /** The platform will never take it: kept aside for a person to look at. */
  refused({ id }: Letter, code: string, detail: string): void {
    this.#run('insert or replace into refused select id, about, path, body, ?, ?, ? from letter where id = ?', code, detail, Date.now(), id)
    this.#run('delete from letter where id = ?', id)
  }

  /** The newest of those kept aside, without their bodies. */
  listRefused(limit: number): RefusedLetter[] {
    return this.#statement('select id, about, code, detail, at from refused order by at desc, id desc limit ?').all(limit) as RefusedLetter[]
  }

  /** Puts letters that were kept aside back among those that wait; what has been written anew about the same thing takes their place. Answers how many there were. */
  again(ids: readonly number[]): number {
    this.#db.exec('begin immediate')
    try {
      let found = 0
      for (const id of ids) {
        this.#run(
          `insert or ignore into letter (subject, about, path, body, at)
           select substr(about, 1, instr(about, '/') - 1), about, path, body, ? from refused where id = ?`,
          Date.now(),
          id,
        )
        found += Number(this.#statement('delete from refused where id = ?').run(id).changes)
      }
      this.#db.exec('commit')
      if (found > 0) this.#written()
      return found
    } catch (error) {
      this.#db.exec('rollback')
      throw error
    }
  }

  /** Whether anything about a subject still waits. */
  holds(subject: string): boolean {
    return this.#get('select 1 from letter where subject = ? limit 1', subject) !== undefined
  }

  /** Whether the platform has acknowledged this before, or will once it is reached. */
  knows(subject: string, what: string): boolean {
    const about = `${subject}/${what}`
    return this.#get('select 1 from told where about = ? union all select 1 from letter where about = ?', about, about) !== undefined
  }

  /** `oldest` is when the oldest that waits was written, in milliseconds since 1970; null where none waits. */
  counts(): OutboxCounts {
    return this.#get(
      'select (select count(*) from letter) as waiting, (select count(*) from refused) as refused, (select min(at) from letter where at > 0) as oldest',
    ) as OutboxCounts
  }

  /** An outbox made by an earlier version has no times: its letters count as waiting since now. */
  #bringUpToDate(): void {
    const columns = this.#db.prepare('pragma table_info(letter)').all() as { name: string }[]
    if (columns.some(({ name }) => name === 'at')) return
    this.#db.exec('alter table letter add column at integer not null default 0')
    this.#run('update letter set at = ?', Date.now())
  }

  close(): void {
    this.#db.close()
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#statement(sql).run(...values)
  }

  #get(sql: string, ...values: (string | number)[]): unknown {
    return this.#statement(sql).get(...values)
  }

  #statement(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
