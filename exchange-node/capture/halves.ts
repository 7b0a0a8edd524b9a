/** This node's half of a change capture: what is looked after before, between and after its sessions, and the letters that tell of its periods. */
import path from 'node:path'
import { type Grant, suiteOfGrant } from '@zhenghe/wire/documents.ts'
import type { RefusedChange } from '@zhenghe/wire/messages.ts'
import type { Session } from '@zhenghe/wire/session.ts'
import { openCapture, openTarget } from '../connectors/open.ts'
import type { OrderOf } from '../control.ts'
import { type Desk, type Half, LISTED_A_RANGE, quarantine, trustedBy } from '../desk.ts'
import type { Rejection } from '../kernels/kernel.ts'
import type { Counters } from '../progress.ts'
import { RateBudget } from '../rate.ts'
import { explain, type Refusal } from '../refusal.ts'
import type { Evidence } from '../send.ts'
import { storeOf } from '../stores.ts'
import { LayoutChanged } from './capture.ts'
import { receiveCapture } from './receive.ts'
import { type CaptureSendOptions, sendCapture } from './send.ts'
import { SourceWatch } from './watch.ts'

const MIB = 1 << 20
/** In the quarantine: keys that the target refuses. Above, by its number, what broke a rule in a period; below the ranges of the load. */
const REFUSED_RANGE = 1_000_000
/** Whichever comes first. */
const PERIOD_MS = 15 * 60_000
const PERIOD_CHANGES = 1_000_000

export async function capturingHalf(desk: Desk, order: OrderOf<'send'>, grant: Grant, stop: AbortSignal): Promise<Half> {
  const { config, keys } = desk
  const { delivery, accepted } = order
  const store = storeOf(config.stores, 'source', grant.source.id)
  const budgetBytes = store.walBudgetMiB * MIB
  const reading = { statementTimeoutMs: store.statementTimeoutSeconds * 1000, pagesPerRange: store.pagesPerRange }
  const folder = path.join(config.home, 'capture')
  const capture = await openCapture(store, grant, { delivery, accepted, ...reading, budgetBytes, overBudget: store.overBudget, folder }).catch(
    (error: unknown) => {
      throw explain(error, 'source')
    },
  )
  const source = new SourceWatch(capture)
  let live: Counters | undefined
  let shape: string | undefined
  const work = async (session: Session) => {
    await sendCapture(
      {
        ...{
          delivery,
          grant: order.grant,
          keys,
          approvers: config.approvers,
          stop,
          capture,
          source,
          budgetBytes,
          periodMs: PERIOD_MS,
          periodChanges: PERIOD_CHANGES,
        },
        rejectionLimit: LISTED_A_RANGE,
        rate: desk.budgets.get(store.id) ?? new RateBudget(),
        watch: {
          ...toldBy(desk, delivery, grant),
          progress: (counters) => {
            live = counters
          },
          changed: (now) => {
            shape = now
          },
        },
      },
      session,
    )
  }
  return {
    peer: grant.consumer.node,
    suite: suiteOfGrant(grant),
    counters: () => live,
    work,
    ended: false,
    shape: () => shape ?? (source.failure instanceof LayoutChanged ? source.failure.shape : undefined),
    failure: (): Refusal | undefined => source.failure,
    overdue: (leave) => {
      source.onLook = () => source.failure && leave()
    },
    end: async () => {
      await source.end()
      await capture.end()
    },
  }
}

/** What a capture tells beside its progress. */
function toldBy(desk: Desk, delivery: string, grant: Grant): Pick<CaptureSendOptions['watch'], 'rejections' | 'refused' | 'period' | 'live'> {
  const { outbox, captures } = desk
  return {
    rejections: (period, rows, rejected) => quarantine(outbox, delivery, REFUSED_RANGE + period, rows, rejected),
    refused: (open) => {
      const rows = open.map((one) => rejectionOf(grant, one))
      quarantine(outbox, delivery, REFUSED_RANGE, rows, rows.length)
    },
    period: (n, evidence) => tellPeriod(desk, delivery, n, 'manifest', evidence),
    live: (running) => {
      if (running) captures.sending.set(delivery, running)
      else captures.sending.delete(delivery)
    },
  }
}

function rejectionOf({ fields }: Grant, { key, field, rule }: RefusedChange): Rejection {
  const names = fields.filter((one) => one.key).map(({ name }) => name)
  return { key: Object.fromEntries(names.map((name, at) => [name, key[at] ?? ''])), field, rule, value: null }
}

export async function followingHalf(desk: Desk, order: OrderOf<'receive'>, grant: Grant): Promise<Half> {
  const { delivery, schema, table } = order
  const store = storeOf(desk.config.stores, 'target', order.store)
  let live: Counters | undefined
  const quotaBytes = store.quotaMiB === undefined ? undefined : store.quotaMiB * MIB
  const options = { delivery, grant: order.grant, keys: desk.keys, approvers: trustedBy(desk, 'receiver'), address: store.url }
  const target = { store: openTarget(store), name: { schema, table }, quotaBytes, memoryMiB: store.memoryMiB }
  const watch = {
    progress: (counters: Counters) => {
      live = counters
    },
    period: (n: number, evidence: Evidence) => tellPeriod(desk, delivery, n, 'receipt', evidence),
  }
  const work = async (session: Session) => {
    await receiveCapture({ ...options, target, watch, moments: desk.captures.moments }, grant, session)
  }
  return { peer: grant.provider.node, suite: suiteOfGrant(grant), counters: () => live, work, ended: false }
}

function tellPeriod({ outbox }: Desk, delivery: string, n: number, kind: 'manifest' | 'receipt', evidence: Evidence): void {
  const what = `period/${n}/${kind}`
  if (!outbox.knows(delivery, what)) outbox.write(delivery, what, `/api/exchange/deliveries/${delivery}/periods`, { n, kind, signed: evidence[kind] })
}
