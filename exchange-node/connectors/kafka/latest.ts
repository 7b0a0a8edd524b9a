/** The last message of every key, as compaction means it: kept in a database on disk that has no name and is gone with the process, however it ends. */
import { hash } from 'node:crypto'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { refusal } from '../../refusal.ts'
import type { Cluster, Topic } from './cluster.ts'
import { type Message, messagesOf, type Span } from './read.ts'

const TABLE = `create table latest (
  key blob primary key, partition integer not null, offset integer, digest text not null, version text, met integer not null default 0) without rowid`

/** Where the row of a key stands (-1: nowhere yet); `version` is its cursor as text. */
export type Known = { partition: number; digest: string; version: string | null; met: boolean }

export class Latest {
  readonly #db = new DatabaseSync('', { readBigInts: true })
  readonly #put: StatementSync
  readonly #drop: StatementSync
  readonly #get: StatementSync
  readonly #meet: StatementSync

  constructor() {
    this.#db.exec(`pragma synchronous = off; pragma journal_mode = off; ${TABLE}; begin`)
    this.#put = this.#db.prepare('insert or replace into latest (key, partition, offset, digest, version, met) values (?, ?, ?, ?, ?, ?)')
    this.#drop = this.#db.prepare('delete from latest where key = ?')
    this.#get = this.#db.prepare('select partition, offset, digest, version, met from latest where key = ?')
    this.#meet = this.#db.prepare('update latest set met = 1 where key = ?')
  }

  /** A message that comes after all that were noted before. Without a value it takes the row of its key away. */
  note(key: Buffer, { partition, offset, value }: { partition: number; offset: bigint | null; value: Buffer | null }, version: string | null = null): void {
    if (value === null) this.#drop.run(key)
    else this.#put.run(key, partition, offset, digestOf(value), version, 0)
  }

  /** The offset of the last message of a key; undefined where it was taken away, or never there. */
  offsetOf(key: Buffer): bigint | undefined {
    return this.#get.get(key)?.['offset'] as bigint | undefined
  }

  find(key: Buffer): Known | undefined {
    const found = this.#get.get(key)
    return (
      found && { partition: Number(found['partition']), digest: String(found['digest']), version: found['version'] as string | null, met: found['met'] === 1n }
    )
  }

  /** A row that was just written, and stays. */
  put(key: Buffer, partition: number, value: Buffer, version: string | null): void {
    this.#put.run(key, partition, null, digestOf(value), version, 1)
  }

  /** From here on all rows are unmarked. */
  meetAnew(): void {
    this.#db.exec(`delete from latest where digest = ''; update latest set met = 0 where met = 1`)
  }

  /** Marks the key of a row that is to stay. False where it was marked before: then there are two rows with one key. */
  meet(key: Buffer): boolean {
    const found = this.#get.get(key)
    if (found?.['met'] === 1n) return false
    if (found) this.#meet.run(key)
    else this.#put.run(key, -1, null, '', null, 1)
    return true
  }

  /** The keys that were not marked: rows that are to go. */
  *unmet(): Generator<{ key: Buffer; partition: number }> {
    for (const row of this.#db.prepare('select key, partition from latest where met = 0').iterate())
      yield { key: Buffer.from(row['key'] as Uint8Array), partition: Number(row['partition']) }
  }

  dropUnmet(): void {
    this.#db.exec('delete from latest where met = 0')
  }

  drop(key: Buffer): void {
    this.#drop.run(key)
  }

  /** How many rows there are. */
  get rows(): number {
    return Number(this.#db.prepare('select count(*) as rows from latest where digest <> ?').get('')?.['rows'] ?? 0)
  }

  end(): void {
    if (this.#db.isOpen) this.#db.close()
  }
}

export function digestOf(value: Buffer): string {
  return hash('sha256', value, 'base64').slice(0, 24)
}

/** @param versionOf the cursor of a message's row, where increments are to find older ones. Refuses `source_key` where a message has no key */
export async function latestOf(cluster: Cluster, topic: Topic, spans: readonly Span[], versionOf?: (message: Message) => string | null): Promise<Latest> {
  const latest = new Latest()
  try {
    for (const span of spans)
      for await (const messages of messagesOf(cluster, topic, span))
        for (const message of messages) latest.note(keyOf(topic, message, cluster.side), message, message.value && versionOf ? versionOf(message) : null)
    return latest
  } catch (error) {
    latest.end()
    throw error
  }
}

export function keyOf({ name }: Pick<Topic, 'name'>, { key, partition, offset }: Message, side: string): Buffer {
  if (key) return key
  throw refusal(
    'source_key',
    `${side}: message ${partition}:${offset} of ${name} has no key, so nobody can tell which row it replaces: let its writer set keys, or describe the topic with "rows": "every"`,
  )
}
