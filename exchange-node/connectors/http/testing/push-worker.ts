/** A whole load into an API in a process of its own, until it is killed or done. */
import type { Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { Plan } from '../../../target/ledger.ts'
import type { TargetRequest } from '../../connector.ts'
import { RowEncoder } from '../../tuples/encode.ts'
import { TupleFrames } from '../../tuples/frames.ts'
import type { Push } from '../push-file.ts'
import { HttpTarget } from '../target.ts'

export type PushTask = { url: string; push: Push; request: TargetRequest; plan: Plan; rows: number }

const { url, push, request, plan, rows } = JSON.parse(process.argv[2]!) as PushTask
const target = await new HttpTarget(url, push).open(request)
if (!(await target.found())) await target.begin(plan)
if ((await target.done()).length === 0) {
  const frames = new TupleFrames()
  const encoder = new RowEncoder(frames, request.grant.fields)
  for (let row = 1; row <= rows; row++) encoder.write([row, `n${row}`])
  const { payload } = frames.take()
  const sink = await target.sink({ kind: 'load' })
  await sink.write(payload, rows)
  const sums = { read: rows, filtered: 0, rejected: 0, sent: rows, bytes: payload.length, masked: {}, reasons: {} }
  await sink.commit({ n: 0, ...sums, digest: 'ab'.repeat(32), snapshot: plan.snapshot } satisfies RangeCounts)
}
await target.finish({ delivery: request.delivery, target: { rows } } as Receipt, {} as Signed, null)
await target.end()
