/**
 * Reconciliation of a table while a capture follows it. Both sides are compared as they were at one and the same moment of the source, to the transaction: the capture is
 * stopped for an instant at the place in the log that is this moment, the target's table is held as it is then, and goes on. So a difference that is told was one.
 */
import { randomUUID } from 'node:crypto'
import type { Grant } from '@zhenghe/wire/documents.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import { Conversation } from '../conversation.ts'
import { type Comparison, comparedColumns } from '../receive.ts'
import { answer } from '../reconcile/answer.ts'
import { compareWithSource, type Mend, type Reconciliation } from '../reconcile/ask.ts'
import { explain, refusal } from '../refusal.ts'
import type { LiveCapture, Moments } from './moments.ts'

/** The provider's half, until the receiver has its result. Throws a `Refusal`, which the other side has been told. */
export async function answerCaptured(live: () => LiveCapture | undefined, session: Session): Promise<void> {
  const talk = new Conversation(session)
  try {
    while ((await answerOnce(live, talk)) > 0) {} // what was mended is looked at again
    await talk.end()
  } catch (error) {
    const reason = explain(error, 'source')
    await talk.refuse(reason)
    throw reason
  }
}

/** Answers how many rows were mended. */
async function answerOnce(live: () => LiveCapture | undefined, talk: Conversation): Promise<number> {
  const { id } = await talk.next('reconcileMoment')
  const capture = live() ?? away()
  const { position, snapshot } = await capture.hold(id)
  try {
    const reader = await snapshot.reader()
    try {
      await talk.session.send({ kind: 'reconcileAt', position })
      const ask = await talk.next('reconcile')
      const { mended } = await answer({ talk, grant: capture.grant, reader, moment: reader.moment ?? snapshot.facts.name }, ask, async (n, keys) => {
        await capture.fetch(keys)
        await talk.session.send({ kind: 'reconcileMended', n })
      })
      return mended
    } finally {
      await reader.end()
    }
  } finally {
    await snapshot.end()
  }
}

/** The consumer's half; with `mend` the capture brings what differs, and both sides are compared at a later moment again. Throws a `Refusal`, which the other side has been told. */
export async function compareCaptured(grant: Grant, moments: Moments, session: Session, { mend, scope }: Comparison): Promise<Reconciliation> {
  const talk = new Conversation(session)
  try {
    const result = await compareOnce({ grant, moments, talk, scope }, mend ? mendBy(talk) : undefined)
    const after = result.mended > 0 ? await compareOnce({ grant, moments, talk, scope }, undefined) : undefined
    if (after && after.missing + after.extra + after.changed > 0)
      throw refusal('counts_differ', 'the table still differs from the source after mending: see in the quarantine which rows the target refuses')
    await talk.end()
    return after ? { ...result, rows: after.rows, sourceRows: after.sourceRows } : result
  } catch (error) {
    const reason = explain(error, 'target')
    await talk.refuse(reason)
    throw reason
  }
}

type Comparing = { grant: Grant; moments: Moments; talk: Conversation; scope: Comparison['scope'] }

async function compareOnce({ grant, moments, talk, scope }: Comparing, mend: Mend | undefined): Promise<Reconciliation> {
  const id = randomUUID()
  await talk.session.send({ kind: 'reconcileMoment', id })
  await talk.next('reconcileAt')
  const target = moments.take(id) ?? away()
  try {
    const comparing = { talk, target, place: 'table' as const, fields: grant.fields, columns: comparedColumns(grant, scope), held: true }
    const result = await compareWithSource(comparing, mend)
    const { rows, missing, extra, changed, mended } = result
    await talk.session.send({ kind: 'reconcileResult', rows, missing, extra, changed, mended })
    return result
  } finally {
    await target.end()
  }
}

function mendBy(talk: Conversation): Mend {
  let n = 0
  return async (remove, fetch) => {
    const keys = new Map([...remove, ...fetch].map((key) => [JSON.stringify(key), key]))
    await talk.session.send({ kind: 'reconcileMend', n: n++, keys: [...keys.values()] })
    await talk.next('reconcileMended')
  }
}

function away(): never {
  throw refusal('capture_away', 'the capture that follows this table is not under way at the moment; both sides are compared when it is')
}
