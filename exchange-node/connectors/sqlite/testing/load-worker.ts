/** A load into a SQLite file, range by range, in a process of its own, until it is killed. Tells of each range that is committed. */
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { Plan } from '../../../target/ledger.ts'
import type { TargetRequest } from '../../connector.ts'
import { RowEncoder } from '../../tuples/encode.ts'
import { TupleFrames } from '../../tuples/frames.ts'
import { SqliteTarget } from '../target.ts'

export type LoadTask = { file: string; request: TargetRequest; plan: Plan; rowsPerRange: number }

const { file, request, plan, rowsPerRange } = JSON.parse(process.argv[2]!) as LoadTask
const target = await new SqliteTarget(file).open(request)
if (!(await target.found())) await target.begin(plan)
const done = new Set((await target.done()).map(({ n }) => n))
for (const { n } of plan.ranges) {
  if (done.has(n)) continue
  const frames = new TupleFrames()
  const encoder = new RowEncoder(frames, request.grant.fields)
  for (let row = 0; row < rowsPerRange; row++) encoder.write([n * rowsPerRange + row, `市场主体${row}`])
  const { payload, rows } = frames.take()
  const sink = await target.sink({ kind: 'load' })
  await sink.write(payload, rows)
  const counts: RangeCounts = {
    n,
    read: rows,
    filtered: 0,
    rejected: 0,
    sent: rows,
    bytes: payload.length,
    masked: {},
    reasons: {},
    digest: 'ab'.repeat(32),
    snapshot: plan.snapshot,
  }
  await sink.commit(counts)
  process.send!(n)
}
await target.end()
