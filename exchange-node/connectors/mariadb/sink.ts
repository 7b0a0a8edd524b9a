/** One range of rows on its way into MariaDB, a transaction with its ledger line. */
import { PassThrough } from 'node:stream'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import { refusal } from '../../refusal.ts'
import type { Landing, Sink, TargetRequest } from '../connector.ts'
import { explainedWarning } from './errors.ts'
import type { Ledger } from './ledger.ts'
import { merge, stageRows } from './merge.ts'
import { type Form, insertColumns, loadColumns, RowText } from './row-text.ts'
import type { Outcome, Session } from './session.ts'
import { identifier, qualified } from './sql.ts'
import { deleteKeys, type TargetName } from './table.ts'

export type Goal = Pick<TargetRequest, 'delivery' | 'grant' | 'name'> & { load: TargetName; ledger: Ledger; form: Form }

/** Bytes of one INSERT; `max_allowed_packet` is 16 MiB where nobody has changed it, and a row may have 7. */
const INSERT_BYTES = 1 << 20

/** How the rows of a range become part of the target. */
type Way = { into: string; before: () => Promise<void>; after: (counts: RangeCounts) => Promise<void> }

export class MariaSink implements Sink {
  readonly #session: Session
  readonly #way: Way
  readonly #rows: Rows
  readonly #free: () => void
  #bytes = 0
  #count = 0

  private constructor(session: Session, way: Way, rows: Rows, free: () => void) {
    this.#session = session
    this.#way = way
    this.#rows = rows
    this.#free = free
  }

  /** @param free the connection may serve the next range */
  static async begin(session: Session, landing: Landing, goal: Goal, free: () => void): Promise<MariaSink> {
    try {
      const way = wayOf(session, landing, goal)
      await way.before()
      const { fields } = goal.grant
      const rows = goal.form === 'load' ? new LoadedRows(session, way.into, fields) : new InsertedRows(session, way.into, fields)
      return new MariaSink(session, way, rows, free)
    } catch (error) {
      session.destroy()
      throw error
    }
  }

  async write(payload: Buffer, rows: number): Promise<void> {
    this.#bytes += payload.length
    this.#count += rows
    await this.#rows.write(payload)
  }

  async commit(counts: RangeCounts): Promise<void> {
    const landed = await this.#rows.end()
    const { n, sent, bytes } = counts
    if (landed !== sent || this.#count !== sent || this.#bytes !== bytes) {
      throw refusal(
        'counts_differ',
        `range ${n}: the sender tells of ${sent} rows in ${bytes} bytes, ${this.#count} in ${this.#bytes} came, ${landed} were loaded`,
      )
    }
    await this.#way.after(counts)
    await this.#session.query('commit')
    this.#free()
  }

  /** The end of the connection rolls everything back. */
  async abort(): Promise<void> {
    this.#session.destroy()
  }
}

function wayOf(session: Session, landing: Landing, { delivery, grant, name, load, ledger }: Goal): Way {
  const begin = async () => {
    await session.query('start transaction')
  }
  const record = (counts: RangeCounts) => ledger.recordRange(session, delivery, counts)
  switch (landing.kind) {
    case 'load':
      return { into: qualified(load), before: begin, after: record }
    case 'mend': {
      const table = landing.place === 'load' ? load : name
      const remove = async () => {
        await begin()
        await deleteKeys(session, table, grant.fields, landing.remove)
      }
      return { into: qualified(table), before: remove, after: async (counts) => (landing.place === 'load' ? record(counts) : undefined) }
    }
    case 'increment': {
      const stage = async () => {
        await stageRows(session, name)
        await begin()
      }
      const land = async (counts: RangeCounts) => {
        await merge(session, name, grant.fields, grant.cursor ?? '', counts.sent)
        await record(counts)
        await ledger.recordTarget(session, name, grant.id, delivery, landing.checkpoint)
      }
      return { into: `${identifier(name.schema)}.zhenghe_increment`, before: stage, after: land }
    }
  }
}

type Fields = TargetRequest['grant']['fields']
/** `end` answers how many rows the database has taken. */
interface Rows {
  write(payload: Buffer): Promise<void>
  end(): Promise<number>
}

/** By `load data local infile`: the fastest way in, where the server allows it. */
class LoadedRows implements Rows {
  readonly #session: Session
  readonly #sql: string
  readonly #text: RowText
  #pipe: PassThrough | undefined
  #outcome: Promise<Outcome> | undefined
  #error: unknown
  #wake: (() => void) | undefined

  constructor(session: Session, into: string, fields: Fields) {
    this.#session = session
    this.#text = new RowText(fields, 'load')
    this.#sql = `load data local infile 'rows' into table ${into} character set utf8mb4 fields terminated by '\\t' escaped by '\\\\' lines terminated by '\\n' ${loadColumns(fields)}`
  }

  async write(payload: Buffer): Promise<void> {
    const text = this.#text.convert(payload)
    this.#pipe ??= this.#start()
    if (this.#error) throw this.#error
    if (this.#pipe.write(text)) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      this.#pipe!.once('drain', resolve)
    })
    if (this.#error) throw this.#error
  }

  async end(): Promise<number> {
    if (!this.#pipe || !this.#outcome) return 0
    this.#pipe.end()
    const { affectedRows, info } = await this.#outcome
    // what would be an error elsewhere is a warning here, because the server cannot stop the stream
    if (/Warnings: [1-9]|Skipped: [1-9]/.test(info)) await this.#refuse()
    return affectedRows
  }

  #start(): PassThrough {
    const pipe = new PassThrough({ highWaterMark: 1 << 20 })
    this.#outcome = this.#session.load(this.#sql, pipe)
    this.#outcome.catch((error: unknown) => {
      this.#error = error
      this.#wake?.()
    })
    return pipe
  }

  async #refuse(): Promise<never> {
    const [warning] = await this.#session.query<{ Code: number; Message: string }>('show warnings limit 1')
    throw explainedWarning(warning?.Code ?? 0, warning?.Message ?? 'rows were left out', 'target')
  }
}

/** By INSERTs of many rows, where `local_infile` is off. */
class InsertedRows implements Rows {
  readonly #session: Session
  readonly #head: string
  readonly #text: RowText
  #waiting: Buffer[] = []
  #bytes = 0
  #rows = 0

  constructor(session: Session, into: string, fields: Fields) {
    this.#session = session
    this.#text = new RowText(fields, 'insert')
    this.#head = `insert into ${into} (${insertColumns(fields)}) values `
  }

  async write(payload: Buffer): Promise<void> {
    const text = this.#text.convert(payload, this.#bytes > 0)
    this.#waiting.push(text)
    this.#bytes += text.length
    if (this.#bytes >= INSERT_BYTES) await this.#send()
  }

  async end(): Promise<number> {
    await this.#send()
    return this.#rows
  }

  async #send(): Promise<void> {
    if (this.#bytes === 0) return
    const { affectedRows } = await this.#session.run(this.#head + Buffer.concat(this.#waiting).toString('utf8'))
    this.#rows += affectedRows
    this.#waiting = []
    this.#bytes = 0
  }
}
