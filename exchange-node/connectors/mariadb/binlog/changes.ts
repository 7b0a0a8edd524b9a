/**
 * The changes of one granted table, transaction by transaction, as tuples. A change goes into a sink as the row it makes (`upsert`) or the key it takes away (`remove`); the
 * sink may hold back what it likes. Positions are told at the ends of transactions only, so whoever goes on from one misses nothing and gets nothing half.
 */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Batch } from '../../../capture/batch.ts'
import { SchemaChanged } from '../../../capture/capture.ts'
import type { RowFilter } from '../../../capture/row-filter.ts'
import { type Places, places, walk } from '../../../kernels/layout.ts'
import { refusal } from '../../../refusal.ts'
import { shapeHas, shapeOf } from '../../../source/schema.ts'
import { type MariaTable, readTables } from '../schema.ts'
import { type MariaAddress, Session } from '../session.ts'
import { checkPlace, checkServer, checkTable } from './checks.ts'
import { BinlogDump, type LogEvent, lost } from './dump.ts'
import { EVENT, isCompressed, mariadbGtid, queryOf, ROWS, rotateOf, rowsEventOf, type TableMap, tableMapOf } from './events.ts'
import { comparePositions, positionOf, positionText } from './position.ts'
import { LogRows, readCharsets } from './rows.ts'
import { isRead } from './values.ts'

/** Where changes go. A tuple is written to `bytes` behind `length`, after `reserve`. */
export type ChangeSink = Pick<Batch, 'bytes' | 'length' | 'full' | 'changes' | 'filtered' | 'reserve' | 'upsert' | 'remove' | 'empty' | 'begin' | 'commit'>

export type FollowOptions = {
  /** a number that no replica of the server has */
  serverId: number
  /** as it was agreed */
  table: MariaTable
  /** take nothing of transactions that end behind this position */
  before?: string | undefined
  /** whether a tuple passes the grant's filter */
  passes?: RowFilter | undefined
  /** called when there may be more to take */
  arrived: () => void
}

/** Statements that may name a table and leave it as it is. */
const NO_CHANGE =
  /^(savepoint|release|rollback\s+to|xa|flush|analyze|optimize|grant|revoke|(create|drop|alter)\s+(or\s+replace\s+)?(user|role|view)|set\s+password)\b/i
const COMMENTS = /\/\*[\s\S]*?\*\//g
const WRITES = /^(insert|update|delete|replace|load)\b/i

export class MariaChanges {
  readonly #control: Session
  readonly #dump: BinlogDump
  readonly #grant: Grant
  readonly #options: FollowOptions
  readonly #charsets: ReadonlyMap<number, string>
  readonly #maps = new Map<number, LogRows | undefined>()
  readonly #before: Places
  readonly #after: Places
  #table: MariaTable
  #file: string
  #position: string
  #gtid: string | undefined
  /** an event that was looked at and not used up: the sink was full */
  #held: { event: LogEvent; at: number } | undefined
  /** in a transaction of several statements, which ends by itself */
  #open = false
  /** the transaction under way has rows of the table */
  #touched = false
  atEnd = false
  /** the next transaction has been met */
  #begun = false
  #stopAt: string | undefined

  private constructor(control: Session, dump: BinlogDump, grant: Grant, position: string, options: FollowOptions & { charsets: ReadonlyMap<number, string> }) {
    this.#charsets = options.charsets
    this.#control = control
    this.#dump = dump
    this.#grant = grant
    this.#table = options.table
    this.#position = position
    this.#file = positionOf(position).file
    this.#options = options
    this.#stopAt = options.before
    this.#stop()
    this.#before = places(grant.fields.length)
    this.#after = places(grant.fields.length)
  }

  /** Opens the log behind a position. Refuses `slot_lost`, `binlog_settings`, `binlog_type`. The caller ends it. */
  static async follow(address: MariaAddress, grant: Grant, position: string, options: FollowOptions): Promise<MariaChanges> {
    const control = await Session.open(address, 'source')
    try {
      await checkServer(control)
      checkTable(options.table, grant, control.product.mariadb)
      const place = positionOf(position)
      await checkPlace(control, place)
      const dump = await BinlogDump.open(address, place, options.serverId, options.arrived)
      return new MariaChanges(control, dump, grant, position, { ...options, charsets: await readCharsets(control) })
    } catch (error) {
      control.destroy()
      throw error
    }
  }

  /** Puts what has come into the sink, until that is full or nothing is left. Throws `SchemaChanged`. */
  async take(sink: ChangeSink): Promise<void> {
    while (!sink.full && !this.atEnd) {
      const next = this.#held ?? this.#nextEvent()
      if (!next) return
      this.#held = undefined
      const rest = await this.#event(next.event, next.at, sink)
      if (rest !== undefined) this.#held = { event: next.event, at: rest }
    }
  }

  /** Take nothing of transactions that end behind this position; undefined: go on. Refuses `database_busy` where the log was read beyond it. */
  stopBefore(position: string | undefined): void {
    const place = position === undefined ? -1 : comparePositions(this.#position, position)
    if (place > 0 || (place === 0 && this.#begun)) throw refusal('database_busy', `the log was read beyond ${position} already`)
    this.#stopAt = position
    this.#stop()
  }

  /** Bytes of log that lie behind what was taken. Refuses `slot_lost`. */
  backlog(): Promise<number> {
    return checkPlace(this.#control, positionOf(this.#position))
  }

  async end(): Promise<void> {
    this.#dump.end()
    await this.#control.end()
  }

  #nextEvent(): { event: LogEvent; at: number } | undefined {
    const event = this.#dump.next()
    return event && { event, at: 0 }
  }

  /** Answers where to go on in the event, or nothing where it is used up. */
  async #event(event: LogEvent, at: number, sink: ChangeSink): Promise<number | undefined> {
    const { type, body } = event
    const kind = ROWS.get(type)
    if (kind) return this.#rows(kind, event, at, sink)
    if (isCompressed(type))
      throw refusal('binlog_settings', 'source: the log holds compressed events, which are not read: set global log_bin_compress = off, then load anew')
    if (type === EVENT.rotate) this.#rotate(event, sink)
    else if (type === EVENT.gtidMariadb || type === EVENT.gtidMysql || type === EVENT.anonymousGtid) this.#begin(event, sink)
    else if (type === EVENT.tableMap) this.#map(tableMapOf(body, this.#control.product.mariadb))
    else if (type === EVENT.xid) this.#commit(event, sink)
    else if (type === EVENT.xaPrepare) this.#prepared(event, sink)
    else if (type === EVENT.query) await this.#query(event, sink)
    return undefined
  }

  #begin({ type, body, server }: LogEvent, sink: ChangeSink): void {
    this.#begun = true
    if (type === EVENT.gtidMariadb) {
      const { gtid, standalone } = mariadbGtid(body, server)
      this.#gtid = gtid
      this.#open = !standalone
    } else this.#open = false // MySQL says BEGIN besides
    sink.begin()
  }

  /** An idle log moves on from file to file as well: else the file of the last change could be removed with nothing lost. */
  #rotate({ at, body }: LogEvent, sink: ChangeSink): void {
    const { file, position } = rotateOf(body)
    if (file === this.#file) return
    if (this.#touched) throw lost(`${this.#file} ends in the middle of a transaction with rows of the table`)
    this.#file = file
    this.#position = positionText({ file, position, gtid: this.#gtid })
    sink.commit(this.#position, at > 0 ? new Date(at * 1000).toISOString() : new Date().toISOString())
    this.#stop()
  }

  /** Nothing more where the place to stop is reached. */
  #stop(): void {
    this.atEnd = this.#stopAt !== undefined && comparePositions(this.#position, this.#stopAt) >= 0
  }

  /** MariaDB and MySQL log such rows before it is known whether they stay. */
  #prepared(event: LogEvent, sink: ChangeSink): void {
    const committed = event.body[0] !== 0
    if (!committed && this.#touched)
      throw lost('rows were written by a distributed transaction (xa prepare), and the log does not tell them apart from such as were taken back')
    this.#commit(event, sink)
  }

  #commit(event: LogEvent, sink: ChangeSink): void {
    this.#touched = this.#begun = false
    if (event.end > 0) this.#position = positionText({ file: this.#file, position: event.end, gtid: this.#gtid })
    sink.commit(this.#position, new Date(event.at * 1000).toISOString())
    this.#stop()
  }

  #map(map: TableMap): void {
    const { schema, table } = this.#grant.source
    if (map.schema !== schema || map.table !== table) {
      this.#maps.set(map.id, undefined)
      return
    }
    this.#maps.set(map.id, new LogRows(this.#grant, map, this.#agreed(map), this.#charsets))
  }

  /** The granted columns by the log's own description against those that were agreed; others may come and go. */
  #agreed(map: TableMap): MariaTable['own'] {
    const { fields } = this.#grant
    if (map.columns.some(({ name }) => name === undefined))
      throw lost('rows were written with binlog_row_metadata other than FULL, so the columns of their values are not known')
    const mapped = ({ column }: { column: string }) => map.columns.find(({ name }) => name === column)
    const gone = fields.find((field) => !mapped(field))
    if (gone) throw new SchemaChanged(`the granted column ${gone.column} was not in ${map.schema}.${map.table} when its rows were written`, this.#position, '')
    const unread = fields.find((field) => !isRead(mapped(field)!))
    if (unread)
      throw refusal('binlog_type', `source: ${unread.column} lies in the log in a form that is not read: deliver the table without it, or by increments`)
    return this.#table.own
  }

  /** The table as it is now, if the granted columns are still what was agreed. */
  async #look(): Promise<void> {
    const { schema, table, shape } = this.#grant.source
    const [found] = await readTables(this.#control, { schema, table })
    if (!found) throw new SchemaChanged(`the table ${schema}.${table} is gone`, this.#position, '')
    const granted = this.#grant.fields.map(({ column }) => found.columns.find((one) => one.column === column))
    for (const [at, { column }] of this.#grant.fields.entries()) {
      const now = granted[at]
      if (!now) throw new SchemaChanged(`the granted column ${column} is gone`, this.#position, '')
      if (!shapeHas(shape, now))
        throw new SchemaChanged(`the granted column ${column} is ${now.dbType} now`, this.#position, shapeOf(granted.filter((one) => one !== undefined)))
    }
    this.#table = found
  }

  async #query(event: LogEvent, sink: ChangeSink): Promise<void> {
    const { schema, sql } = queryOf(event.body)
    const words = sql.replace(COMMENTS, ' ').trim()
    if (/^(commit|rollback)$/i.test(words)) return this.#commit(event, sink)
    if (/^begin\b/i.test(words)) this.#open = true
    else if (!NO_CHANGE.test(words) && this.#isOurs(schema, words)) await this.#statement(words, sink)
    if (!this.#open) this.#commit(event, sink)
  }

  #isOurs(schema: string, words: string): boolean {
    const { source } = this.#grant
    const names = words
      .replaceAll('`', '')
      .toLowerCase()
      .split(/[\s.,();]+/)
    return names.includes(source.table.toLowerCase()) && (schema === source.schema || names.includes(source.schema.toLowerCase()))
  }

  /** What was done to the table by a statement instead of by rows. */
  async #statement(words: string, sink: ChangeSink): Promise<void> {
    if (WRITES.test(words)) throw lost(`a session has written «${words.slice(0, 60)}…» into the log as a statement (binlog_format), so its rows are not known`)
    if (/^truncate\b/i.test(words)) {
      sink.changes++
      sink.empty()
    } else await this.#look()
  }

  #rows(kind: 'insert' | 'update' | 'delete', event: LogEvent, from: number, sink: ChangeSink): number | undefined {
    const { body } = event
    const { table, whole, rowsAt } = rowsEventOf(event.type, body)
    const rows = this.#maps.get(table)
    if (!rows) return undefined
    this.#touched = true
    if (!whole) throw lost('rows were written with binlog_row_image other than FULL, so they are not known whole')
    for (let at = Math.max(from, rowsAt); at < body.length; ) {
      if (sink.full) return at
      at = this.#row(kind, rows, body, at, sink)
      sink.changes++
    }
    return undefined
  }

  #row(kind: 'insert' | 'update' | 'delete', rows: LogRows, body: Buffer, at: number, sink: ChangeSink): number {
    const first = rows.read(body, at)
    if (kind === 'insert') {
      walk(first.tuple, 0, this.#after)
      if (this.#passes(first.tuple, this.#after)) this.#put(first.tuple, sink, true)
      else sink.filtered++
      return first.end
    }
    const before = Buffer.from(first.tuple)
    walk(before, 0, this.#before)
    if (kind === 'delete') {
      this.#gone(before, sink)
      return first.end
    }
    const { tuple, end } = rows.read(body, first.end)
    walk(tuple, 0, this.#after)
    const moved = this.#keyOf(before, this.#before) !== this.#keyOf(tuple, this.#after)
    const [passed, passes] = [this.#passes(before, this.#before), this.#passes(tuple, this.#after)]
    if (passed && (moved || !passes)) sink.remove(before, this.#before)
    if (passes) this.#put(tuple, sink, moved || !passed)
    else if (!passed) sink.filtered++
    return end
  }

  /** A row that never passed is not at the target. */
  #gone(before: Buffer, sink: ChangeSink): void {
    if (this.#passes(before, this.#before)) sink.remove(before, this.#before)
    else sink.filtered++
  }

  #passes(tuple: Buffer, at: Places): boolean {
    return this.#options.passes?.(tuple, at) ?? true
  }

  #put(tuple: Buffer, sink: ChangeSink, inserted: boolean): void {
    sink.reserve(tuple.length)
    tuple.copy(sink.bytes, sink.length)
    const end = walk(sink.bytes, sink.length, this.#after)
    sink.upsert(this.#after, end, inserted && this.#control.product.mariadb) // MySQL's log is read from before the load
  }

  #keyOf(tuple: Buffer, { offsets, lengths }: Places): string {
    return this.#grant.fields.map(({ key }, at) => (key ? tuple.toString('hex', offsets[at]!, offsets[at]! + Math.max(lengths[at]!, 0)) : '')).join('/')
  }
}
