/** A whole load into a topic, in a process of its own, until it is killed or done. Tells when the rows are all there and begin to be published. */
import type { Receipt, Signed } from '@zhenghe/wire/documents.ts'
import type { RangeCounts } from '@zhenghe/wire/messages.ts'
import type { Plan } from '../../../target/ledger.ts'
import type { TargetRequest } from '../../connector.ts'
import { RowEncoder } from '../../tuples/encode.ts'
import { TupleFrames } from '../../tuples/frames.ts'
import { kafkaAddress } from '../address.ts'
import { KafkaTarget } from '../target.ts'

/** Rows from `first`, each with `name`. */
export type LoadTask = { url: string; request: TargetRequest; plan: Plan; rowsPerRange: number; first: number; name: string }

const { url, request, plan, rowsPerRange, first, name } = JSON.parse(process.argv[2]!) as LoadTask
const target = await new KafkaTarget(kafkaAddress(url)).open(request)
const found = await target.found()
if (!found) await target.begin(plan)
const done = new Set((await target.done()).map(({ n }) => n))
for (const { n } of plan.ranges) if (!done.has(n)) await load(n)
process.send!('publishing')
const facts = { delivery: request.delivery, target: { rows: rowsPerRange * plan.ranges.length } }
if (!found?.receipt) await target.finish(facts as Receipt, {} as Signed, null)
process.send!('done')
await target.end()

async function load(n: number): Promise<void> {
  const frames = new TupleFrames()
  const encoder = new RowEncoder(frames, request.grant.fields)
  for (let row = 0; row < rowsPerRange; row++) encoder.write([first + n * rowsPerRange + row, `${name}${'，'.repeat(50)}`])
  const { payload, rows } = frames.take()
  const sink = await target.sink({ kind: 'load' })
  await sink.write(payload, rows)
  const sums = { read: rows, filtered: 0, rejected: 0, sent: rows, bytes: payload.length, masked: {}, reasons: {} }
  await sink.commit({ n, ...sums, digest: 'ab'.repeat(32), snapshot: plan.snapshot } satisfies RangeCounts)
}
