/**
 * What a place of files remembers of deliveries, in the folder `.zhenghe`: for each delivery its frozen plan and, for each range that landed, its rows as tuples and its counts.
 * A file of counts is written after its rows and appears at once, so a range has landed or it has not.
 */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Receipt, Signed } from '@zhenghe/wire/documents.ts'
import { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { Plan, TargetName } from '../../target/ledger.ts'
import type { Key } from '../connector.ts'
import { inside, type Place } from './place.ts'

const FOLDER = '.zhenghe'

export type Begun = { plan: Plan; startedAt: string; target: TargetName; file: string }
export type Ended = { receipt: Receipt; manifest: Signed; checkpoint: string | null }
/** One range: its counts, and the keys whose rows of lower-numbered ranges it takes the place of. */
export type Landed = { counts: RangeCounts; remove: Key[] }
export type Filled = { grant: string; delivery: string; checkpoint: string | null; rows: number }

export class FileLedger {
  readonly #place: Place

  constructor(place: Place) {
    this.#place = place
  }

  rowsOf(delivery: string, n: number): string {
    return `${FOLDER}/${delivery}/${n}.tuples`
  }

  /** Rows of a range that has not landed yet. */
  partOf(delivery: string, name: string): string {
    return `${FOLDER}/${delivery}/${name}.part`
  }

  /** What lies in between while a file in use is written anew; left over by a kill, it is removed by the next that does so. */
  mendOf({ schema, table }: TargetName, name: string): string {
    return inside(FOLDER, 'mends', schema, table, name)
  }

  wholeOf(delivery: string): string {
    return `${FOLDER}/${delivery}/whole`
  }

  begun(delivery: string): Promise<Begun | undefined> {
    return this.#read<Begun>(`${FOLDER}/${delivery}/plan.json`)
  }

  begin(delivery: string, begun: Begun): Promise<void> {
    return this.#write(`${FOLDER}/${delivery}/plan.json`, begun)
  }

  ended(delivery: string): Promise<Ended | undefined> {
    return this.#read<Ended>(`${FOLDER}/${delivery}/end.json`)
  }

  end(delivery: string, ended: Ended): Promise<void> {
    return this.#write(`${FOLDER}/${delivery}/end.json`, ended)
  }

  land(delivery: string, landed: Landed): Promise<void> {
    return this.#write(`${FOLDER}/${delivery}/${landed.counts.n}.json`, landed)
  }

  /** In the order of their numbers. */
  async landed(delivery: string): Promise<Landed[]> {
    const files = await this.#place.list(`${FOLDER}/${delivery}`).catch(() => [])
    const lines = files.filter(({ path }) => /\/\d+\.json$/.test(path))
    const landed = await Promise.all(lines.map(({ path }) => this.#read<Landed>(path)))
    return landed.flatMap((one) => (one ? [{ counts: RangeCounts.parse(one.counts), remove: one.remove }] : [])).sort((a, b) => a.counts.n - b.counts.n)
  }

  /** Keys whose rows are gone from every range numbered below `before`, with nothing in their place. */
  async removals(delivery: string): Promise<{ before: number; keys: Key[] }[]> {
    const files = await this.#place.list(`${FOLDER}/${delivery}`).catch(() => [])
    const found = await Promise.all(
      files.filter(({ path }) => path.endsWith('.gone.json')).map(({ path }) => this.#read<{ before: number; keys: Key[] }>(path)),
    )
    return found.filter((one) => one !== undefined)
  }

  removed(delivery: string, removal: { before: number; keys: readonly Key[] }): Promise<void> {
    return this.#write(`${FOLDER}/${delivery}/${randomUUID()}.gone.json`, removal)
  }

  filled({ schema, table }: TargetName): Promise<Filled | undefined> {
    return this.#read<Filled>(inside(FOLDER, 'tables', schema, `${table}.json`))
  }

  fill({ schema, table }: TargetName, filled: Filled): Promise<void> {
    return this.#write(inside(FOLDER, 'tables', schema, `${table}.json`), filled)
  }

  /** The deliveries that have begun here and are not ended, and those that are ended and whose file is not in its place yet. */
  async open(): Promise<{ begun: string[]; unswapped: string[] }> {
    const files = await this.#place.list(FOLDER).catch(() => [])
    const having = (file: string) => new Set(files.flatMap(({ path }) => new RegExp(`^\\.zhenghe/([0-9a-f-]{36})/${file}$`).exec(path)?.[1] ?? []))
    const [plans, ends, wholes] = [having('plan\\.json'), having('end\\.json'), having('whole')]
    return { begun: [...plans].filter((id) => !ends.has(id)), unswapped: [...wholes].filter((id) => ends.has(id)) }
  }

  /** All of which anything is known here. */
  async deliveries(): Promise<string[]> {
    const files = await this.#place.list(FOLDER).catch(() => [])
    return files.flatMap(({ path }) => /^\.zhenghe\/([0-9a-f-]{36})\/plan\.json$/.exec(path)?.[1] ?? [])
  }

  forget(delivery: string): Promise<void> {
    return this.#place.remove(`${FOLDER}/${delivery}`)
  }

  /** The rows are in the file now; plan and end stay as evidence. */
  async dropRows(delivery: string): Promise<void> {
    for (const { path } of await this.#place.list(`${FOLDER}/${delivery}`)) if (!/\/(plan|end)\.json$/.test(path)) await this.#place.remove(path)
  }

  async #read<T>(file: string): Promise<T | undefined> {
    const content = await this.#place.content(file)
    return content && (JSON.parse(content.toString()) as T)
  }

  #write(file: string, value: unknown): Promise<void> {
    return this.#place.write(file, Readable.from([Buffer.from(JSON.stringify(value))]))
  }
}
