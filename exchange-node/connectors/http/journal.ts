/**
 * What this node has put into an API, in a SQLite file of its own: which row the API holds for each key, by its digest, and the request whose answer is not known yet. A
 * request is written down before it is sent, and with its answer's coming the rows of it: so whatever ends in between, the same request goes again under the same number.
 */
import { hash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { SQLInputValue } from 'node:sqlite'
import { type Row, SqliteFile } from '../sqlite/file.ts'

const TABLES = `
  create table if not exists held (tbl text not null, key text not null, digest text not null, version text, constraint held_once primary key (tbl, key)) strict, without rowid;
  create table if not exists request (
    delivery text not null, part text not null, ordinal integer not null, kind text not null, body text not null, rows text not null, answered integer not null default 0,
    constraint sent_once primary key (delivery, part, ordinal)) strict`

/** `version` is the text of the cursor. */
export type HeldRow = { key: string; digest: string; version: string | null }
/** `part` is the range, or the step of a whole load. Rows are those the API holds, or holds no longer, once it has answered. */
export type Request = { delivery: string; part: string; ordinal: number; kind: 'put' | 'delete' | 'step'; body: string; rows: HeldRow[] }

export class Journal {
  readonly #db: SqliteFile
  readonly #table: string

  constructor(folder: string, table: string) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#table = table
    this.#db = new SqliteFile(path.join(folder, 'pushed.db'), 'target')
    this.#db.exec('pragma journal_mode = wal; pragma synchronous = full')
    this.#db.exec(TABLES)
  }

  find(key: string): HeldRow | undefined {
    const found = this.#db.one('select key, digest, version from held where tbl = ? and key = ?', this.#table, key)
    return found && heldOf(found)
  }

  get rows(): number {
    return Number(this.#db.one('select count(*) from held where tbl = ?', this.#table)?.[0] ?? 0)
  }

  /** From here on no row has come. */
  begin(): void {
    this.#db.exec('drop table if exists temp.came; create temp table came (key text primary key) without rowid')
  }

  /** False where the key came before. */
  come(key: string): boolean {
    if (this.#db.one('select 1 from temp.came where key = ?', key)) return false
    this.#db.run('insert into temp.came values (?)', key)
    return true
  }

  /** Rows whose keys did not come. */
  *gone(): Generator<HeldRow> {
    for (const row of this.#db.all('select key, digest, version from held where tbl = ? and key not in (select key from temp.came)', this.#table))
      yield heldOf(row)
  }

  /** The request of a delivery that is written down and not answered. */
  pending(delivery: string): Request | undefined {
    const found = this.#db.one('select part, ordinal, kind, body, rows from request where delivery = ? and answered = 0', delivery)
    if (!found) return undefined
    const [part, ordinal, kind, body, rows] = found.map(String)
    return { delivery, part: part!, ordinal: Number(ordinal), kind: kind as Request['kind'], body: body!, rows: JSON.parse(rows!) as HeldRow[] }
  }

  /** How many requests of a part were answered, and with how many rows. */
  answered(delivery: string, part: string): { requests: number; rows: number } {
    const found = this.#db.one(
      'select count(*), coalesce(sum(json_array_length(rows)), 0) from request where delivery = ? and part = ? and answered = 1',
      ...[delivery, part],
    )
    return { requests: Number(found?.[0] ?? 0), rows: Number(found?.[1] ?? 0) }
  }

  write({ delivery, part, ordinal, kind, body, rows }: Request): void {
    const values: SQLInputValue[] = [delivery, part, ordinal, kind, body, JSON.stringify(rows)]
    this.#db.run('insert into request (delivery, part, ordinal, kind, body, rows) values (?, ?, ?, ?, ?, ?)', ...values)
  }

  /** @param holds the API has the rows from now on; else only after a commit */
  settle({ delivery, part, ordinal, kind, rows }: Request, holds: boolean): void {
    this.#together(() => {
      this.#db.run(`update request set answered = 1, body = '' where delivery = ? and part = ? and ordinal = ?`, delivery, part, ordinal)
      if (!holds) return
      for (const { key, digest, version } of rows) {
        if (kind === 'put') this.#db.run('insert or replace into held (tbl, key, digest, version) values (?, ?, ?, ?)', this.#table, key, digest, version)
        else this.#db.run('delete from held where tbl = ? and key = ?', this.#table, key)
      }
    })
  }

  /** The requests of a delivery are of no use any more. */
  forget(delivery: string): void {
    this.#db.run('delete from request where delivery = ?', delivery)
  }

  end(): void {
    this.#db.end()
  }

  #together(work: () => void): void {
    this.#db.exec('begin immediate')
    try {
      work()
      this.#db.exec('commit')
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('rollback')
      throw error
    }
  }
}

function heldOf([key, digest, version]: Row): HeldRow {
  return { key: String(key), digest: String(digest), version: version === null || version === undefined ? null : String(version) }
}

export function rowDigest(json: string): string {
  return hash('sha256', json, 'base64').slice(0, 24)
}
