/** One range from the source's rows to the session's frames. */
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import type { Part, SourceReader } from './connectors/connector.ts'
import type { Rejection, RowKernel } from './kernels/kernel.ts'
import type { RowFrame } from './pg/copy-out.ts'
import type { RateBudget } from './rate.ts'
import { Refusal, refusal } from './refusal.ts'

export type RangeSource = {
  reader: SourceReader
  session: Session
  kernel: RowKernel
  /** the node's and the grant's */
  rates: readonly RateBudget[]
  gate: QualityGate
  progress: { read: number; rejected: number; sent: number; bytes: number }
  rejections: (range: number, rows: readonly Rejection[], rejected: number) => void
}

/** Reads, checks, masks and sends the rows of one part as range `n`; resolves when its end has been told. */
export async function sendRange(source: RangeSource, n: number, part: Part, snapshot: string): Promise<RangeCounts> {
  try {
    return await sendRows(source, n, part, snapshot)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'reject_share') source.rejections(n, source.kernel.rejections(), source.kernel.counts().rejected)
    throw error
  }
}

async function sendRows(source: RangeSource, n: number, part: Part, snapshot: string): Promise<RangeCounts> {
  const { reader, kernel, session, rates, gate, progress } = source
  session.beginRange(n)
  await session.send({ kind: 'rangeBegin', n })
  kernel.begin()
  let sent = 0
  let bytes = 0
  let held = 0
  const hold = () => {
    gate.add(held, held)
    progress.read += held
    progress.rejected += held
    held = 0
  }
  const rowsOfPart = reader.rows(part, (row) => {
    held++
    kernel.hold(row)
  })
  const read = await eachFrame(rowsOfPart, async (frame) => {
    const { payload, rows } = kernel.run(frame)
    gate.add(frame.rows, frame.rows - rows)
    hold() // after the rows that came with them, so that the share is of all
    if (rows > 0) {
      for (const rate of rates) await rate.take(rows)
      await session.sendFrame(n, rows, payload)
    }
    sent += rows
    bytes += payload.length
    progress.read += frame.rows
    progress.rejected += frame.rows - rows
    progress.sent += rows
    progress.bytes += payload.length
  })
  hold()
  const { rows, rejected, masked, reasons } = kernel.counts()
  progress.read += read - rows
  const counts = { n, read, filtered: read - rows, rejected, sent, bytes, digest: session.rangeDigest(n), snapshot: reader.moment ?? snapshot, masked, reasons }
  source.rejections(n, kernel.rejections(), rejected)
  await session.send({ kind: 'rangeEnd', ...counts })
  return counts
}

/** Visits every frame and answers what the reader tells at its end. A visit that throws ends the reader. */
async function eachFrame(frames: AsyncGenerator<RowFrame, number>, visit: (frame: RowFrame) => Promise<void>): Promise<number> {
  let ended = false
  try {
    for (;;) {
      const { value, done } = await frames.next()
      ended = done === true
      if (done) return value
      await visit(value)
    }
  } finally {
    if (!ended) await frames.return(0)
  }
}

/** Rows before a share says anything. */
const GATE_ROWS = 1000

/** Stops a delivery when too large a share of the rows that passed the filter breaks a rule. */
export class QualityGate {
  readonly #share: number
  #rows = 0
  #rejected = 0

  constructor(share: number) {
    this.#share = share
  }

  add(rows: number, rejected: number): void {
    this.#rows += rows
    this.#rejected += rejected
    if (this.#rows >= GATE_ROWS) this.close()
  }

  /** Refuses `reject_share`. */
  close(): void {
    if (this.#rejected <= this.#rows * this.#share) return
    const [percent, allowed] = [((100 * this.#rejected) / this.#rows).toFixed(2), (100 * this.#share).toFixed(2)]
    throw refusal(
      'reject_share',
      `${this.#rejected} of ${this.#rows} rows (${percent} %) break a rule or cannot be read, ${allowed} % are allowed: the target keeps what it had. See the quarantine, mend the source, then deliver again`,
    )
  }
}
