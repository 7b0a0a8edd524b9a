/** The provider's half of a reconciliation: hashes of the granted rows as of one moment, then their keys, then the rows themselves, as they are asked for. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { HashKind } from '@zhenghe/wire/messages.ts'
import type { SourceReader } from '../connectors/connector.ts'
import type { Conversation, Of } from '../conversation.ts'
import { RowKernel } from '../kernels/kernel.ts'
import { HashRows, type RowHashes } from './hashes.ts'
import { hashTuples, TupleHashes } from './tuple-hashes.ts'

const KEYS_A_MESSAGE = 5000
const WHOLE = { by: 'range', range: { from: null, to: null } } as const

/** Sends rows by their keys as one range of the session. */
export type SendKeys = (n: number, keys: string[][]) => Promise<void>
/** `moment` names what the reader sees. */
export type Answering = { talk: Conversation; grant: Grant; reader: SourceReader; moment: string }

/** Answers until the receiver gives its result. */
export async function answer({ talk, grant, reader, moment }: Answering, ask: Of<'reconcile'>, sendKeys: SendKeys): Promise<Of<'reconcileResult'>> {
  const by: HashKind = ask.hashes.includes('record') && reader.recordHashes ? 'record' : 'tuple'
  const hashes = by === 'record' ? recordHashes(reader, grant, ask.columns) : tupleHashes(reader, grant)
  await talk.session.send({ kind: 'reconcileBuckets', snapshot: moment, by, buckets: await hashes.sums() })
  for (;;) {
    const message = await talk.next('reconcileAsk', 'reconcileMend', 'reconcileResult')
    if (message.kind === 'reconcileResult') return message
    if (message.kind === 'reconcileMend') await sendKeys(message.n, message.keys)
    else {
      const rows = await hashes.keys(message.buckets)
      for (let at = 0; at < rows.length; at += KEYS_A_MESSAGE) {
        await talk.session.send({ kind: 'reconcileKeys', rows: rows.slice(at, at + KEYS_A_MESSAGE), last: false })
      }
      await talk.session.send({ kind: 'reconcileKeys', rows: [], last: true })
    }
  }
}

function recordHashes(reader: SourceReader, { fields }: Grant, columns: readonly string[]): RowHashes {
  const ruled = fields.filter(({ rules }) => rules.length > 0)
  const keys = fields.filter(({ key }) => key).length
  return {
    sums: () => new HashRows(ruled, 0).sums(reader.recordHashes!(columns, undefined)),
    keys: (buckets) => new HashRows(ruled, keys).keys(reader.recordHashes!(columns, buckets)),
  }
}

/** Rows that no delivery would carry are not compared either; a delivery tells of them. */
const leftOut = () => undefined

/** The rows as they would arrive: checked and masked, then hashed. */
function tupleHashes(reader: SourceReader, { fields }: Grant): RowHashes {
  const arriving = () => {
    const kernel = new RowKernel(fields, 0)
    kernel.begin()
    return hashTuples(reader.rows(WHOLE, leftOut), (frame) => kernel.run(frame))
  }
  return new TupleHashes(fields, arriving)
}
