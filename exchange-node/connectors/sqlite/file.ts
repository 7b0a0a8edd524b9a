/** A SQLite file, opened by node:sqlite. Whole numbers come as bigint, rows as arrays; every error is a refusal that says what to do. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { Refusal, type RefusalCode, refusal } from '../../refusal.ts'
import { AddressProblem } from '../address.ts'

export type Side = 'source' | 'target'
export type Row = SQLOutputValue[]

/** How long a statement waits for a program that is writing into the file; nothing else of this node runs meanwhile. */
const BUSY_MS = 3000
/** Primary result codes of SQLite that mean something to an operator. */
const ERRORS: Readonly<Record<number, [RefusalCode, string]>> = {
  3: ['database_login', 'the file may not be opened: check its rights and those of its folder'],
  5: ['database_busy', 'another program is writing into the file; it is tried again'],
  6: ['database_busy', 'another program holds a table of the file; it is tried again'],
  8: ['database_login', 'the file, or its folder, may not be written to by this node: check their rights'],
  10: ['database_gone', 'the disk gave an error; it is tried again'],
  11: ['source_value', 'the file is damaged: run «pragma integrity_check» on it, and take it from a backup'],
  13: ['target_room', 'the disk is full: make room, then resume'],
  14: ['database_unreachable', 'the file cannot be opened: check that it is there, and that this node may read it and its folder'],
  26: ['database_login', 'the file is no SQLite database, or an encrypted one'],
}

/** The file of `sqlite:///srv/register.db`. */
export function sqliteAddress(url: string): string {
  const { host, pathname } = new URL(url)
  if (host !== '' || pathname.length < 2) throw new AddressProblem('the address of a SQLite file has three slashes and its whole path')
  return fileURLToPath(`file://${pathname}`)
}

export class SqliteFile {
  readonly file: string
  readonly #db: DatabaseSync
  readonly #side: Side
  readonly #statements = new Map<string, StatementSync>()

  /** A source is opened for reading only. A target is made where its folder is there. */
  constructor(file: string, side: Side) {
    this.file = file
    this.#side = side
    const readOnly = side === 'source'
    const there = readOnly ? existsSync(file) : existsSync(path.dirname(file))
    if (!there)
      throw refusal('database_unreachable', `${side}: there is no ${readOnly ? `file ${path.basename(file)}` : 'folder for the file'}: check the path`)
    this.#db = this.#told(
      () => new DatabaseSync(file, { readOnly, timeout: BUSY_MS, readBigInts: true, returnArrays: true, enableForeignKeyConstraints: false }),
    )
    const encoding = this.one('pragma encoding')?.[0]
    if (encoding !== 'UTF-8') {
      this.end()
      throw refusal(
        'source_encoding',
        `${side}: the file keeps its texts as ${String(encoding)}: make it anew with «pragma encoding = 'UTF-8'» and copy the tables over`,
      )
    }
  }

  exec(sql: string): void {
    this.#told(() => this.#db.exec(sql))
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#told(() => this.#statement(sql).run(...values))
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#told(() => this.#statement(sql).all(...values) as unknown as Row[])
  }

  one(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#told(() => this.#statement(sql).get(...values) as unknown as Row | undefined)
  }

  /** Several may be under way at once; all of them see what the transaction of this file sees. */
  *rows(sql: string, ...values: SQLInputValue[]): Generator<Row> {
    const statement = this.#told(() => this.#db.prepare(sql))
    const rows = this.#told(() => statement.iterate(...values)) as unknown as Iterator<Row> & { return?(): unknown }
    try {
      for (let row = this.#told(() => rows.next()); !row.done; row = this.#told(() => rows.next())) yield row.value
    } finally {
      rows.return?.()
    }
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction
  }

  /** From here on SQLite itself refuses to read anything else: `columns` of one table, what a view reads of others, and how many rows there are. */
  holdTo(table: string, columns: ReadonlySet<string>): void {
    this.#db.setAuthorizer((action, what, column, _database, by) => {
      const allowed = action === READ ? column === '' || (what === table && columns.has(column ?? '')) || by !== null : HARMLESS.has(action)
      return allowed ? 0 : 1
    })
  }

  end(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #told<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw explained(error, this.#side)
    }
  }
}

/** SQLite's numbers for reading a column, and for select, function, transaction, recursion. */
const READ = 20
const HARMLESS: ReadonlySet<number> = new Set([21, 31, 22, 33])
const CONSTRAINT = 19
const DENIED = 23

type SqliteError = Error & { errcode?: number }

function explained(error: unknown, side: Side): unknown {
  const { errcode, message } = error as SqliteError
  if (error instanceof Refusal || errcode === undefined) return error
  const primary = errcode & 0xff
  const known = ERRORS[primary]
  if (known) return refusal(side === 'target' && known[0] === 'source_value' ? 'target_value' : known[0], `${side}: ${known[1]} (${message})`, error)
  if (primary === CONSTRAINT && /unique/i.test(message))
    return refusal('duplicate_keys', `the source sent two rows with the same key (${message}): mend them there, then deliver again`, error)
  if (primary === CONSTRAINT) return refusal('target_value', `target: the target cannot hold a value: ${message}`, error)
  if (primary === DENIED) return refusal('source_rights', `source: the grant does not reach so far: ${message}`, error)
  return error
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function list(parts: readonly string[]): string {
  return parts.join(', ')
}
