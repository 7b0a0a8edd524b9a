/** The provider's half of a reconciliation: hashes of the granted rows as of one moment, then their keys, then the rows themselves, as they are asked for. */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Conversation, Of } from '../conversation.ts'
import { identifier, list, typeName } from '../pg/sql.ts'
import { castField, selectHashes } from '../source/select.ts'
import type { Snapshot } from '../source/snapshot.ts'
import { HashRows } from './hashes.ts'

const KEYS_A_MESSAGE = 5000

/** Sends rows by their keys as one range of the session. */
export type SendKeys = (n: number, keys: string[][]) => Promise<void>

/** Answers until the receiver gives its result. */
export async function answer(talk: Conversation, ask: Of<'reconcile'>, grant: Grant, snapshot: Snapshot, sendKeys: SendKeys): Promise<Of<'reconcileResult'>> {
  const ruled = grant.fields.filter(({ rules }) => rules.length > 0)
  const keys = grant.fields.filter(({ key }) => key)
  const rules = ruled.map(castField)
  const keyTexts = keys.map(({ column, type }) => `${identifier(column)}::${typeName(type)}::pg_catalog.text`)
  const reader = await snapshot.reader()
  try {
    const sums = await new HashRows(ruled, 0).sums(reader.frames(selectHashes(grant, ask.columns, rules, undefined)))
    await talk.session.send({ kind: 'reconcileBuckets', snapshot: snapshot.facts.name, buckets: sums })
    for (;;) {
      const message = await talk.next('reconcileAsk', 'reconcileMend', 'reconcileResult')
      if (message.kind === 'reconcileResult') return message
      if (message.kind === 'reconcileMend') await sendKeys(message.n, message.keys)
      else {
        const select = selectHashes(grant, ask.columns, [...rules, ...keyTexts], `in (${list(['-1', ...message.buckets.map(String)])})`)
        const rows = await new HashRows(ruled, keys.length).keys(reader.frames(select))
        for (let at = 0; at < rows.length; at += KEYS_A_MESSAGE) {
          await talk.session.send({ kind: 'reconcileKeys', rows: rows.slice(at, at + KEYS_A_MESSAGE), last: false })
        }
        await talk.session.send({ kind: 'reconcileKeys', rows: [], last: true })
      }
    }
  } finally {
    await reader.end()
  }
}
