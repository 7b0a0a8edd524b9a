/** The exchange node does not depend on the platform's code: here what it says and understands is held against the platform's contracts. */
import { randomUUID } from 'node:crypto'
import { type Beat, type JoinRequest, Order, type ProgressReport, type RouteKind, type Side } from '@zhenghe/exchange-node/control.ts'
import { refusalCodes } from '@zhenghe/exchange-node/refusal.ts'
import type { TableInfo } from '@zhenghe/exchange-node/stores.ts'
import type { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import { nodeEndpoints, Order as PlatformOrder } from '@zhenghe/server/data/exchange/node.contract.ts'
import { contract as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { generateNodeKeys } from '@zhenghe/wire/keys.ts'
import { troubleWords } from '@zhenghe/workbench/texts/troubles.ts'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'

const id = randomUUID()
const grant = { text: '{}', key: 'k', signature: 'A'.repeat(86) }
const peer = { id: randomUUID(), name: '税务局前置机', listen: '10.1.2.3:7400', nats: { subject: '370000.tax', domain: null } }
const target = { store: 'shared', schema: 'shared', table: 'legal_entity' }

describe('orders', () => {
  const orders: z.input<typeof PlatformOrder>[] = [
    { kind: 'schema', order: { id, store: 'register' } },
    { kind: 'send', delivery: id, grant, mode: 'snapshot', peer: { ...peer, listen: null }, cursor: null, accepted: '' },
    { kind: 'replay', delivery: id, grant, peer, ranges: [[['91370100MA3C1234X5']]] },
    { kind: 'receive', delivery: id, grant, mode: 'incremental', peer, ...target },
    { kind: 'reconcile_send', reconciliation: id, grant, peer, mend: true, capture: id },
    { kind: 'reconcile_receive', reconciliation: id, grant, peer, mend: false, scope: 'full', ...target, capture: null },
    { kind: 'pause', delivery: id },
    { kind: 'cancel', delivery: id, reason: 'revoked' },
    { kind: 'drop_role', order: id, grant: randomUUID(), store: 'register' },
    { kind: 'replay_letters', order: id, letters: [1, 2] },
    { kind: 'replay_capture', order: id, delivery: id, keys: [['91370100MA3C1234X5']] },
    { kind: 'drop_capture', delivery: id, store: 'register' },
  ]

  test('the platform has no kind of order that these are not', () => {
    expect(PlatformOrder.options.map(({ shape }) => shape.kind.value).sort()).toEqual(orders.map(({ kind }) => kind).sort())
  })

  test.each(orders)('the node understands $kind', (order) => {
    expect(Order.parse(PlatformOrder.parse(order))).toMatchObject({ kind: order.kind })
  })

  test('the node passes over what a later platform adds', () => {
    expect(Order.safeParse({ ...PlatformOrder.parse(orders[1]), urgency: 'high' }).success).toBe(true)
  })
})

describe('what the node tells', () => {
  const { sign, seal, gm } = generateNodeKeys('x').identity

  test('fits the types of the contracts', () => {
    expectTypeOf<JoinRequest>().toExtend<z.input<typeof nodes.join.in>>()
    expectTypeOf<Beat>().toExtend<z.input<typeof nodes.beat.in>>()
    expectTypeOf<TableInfo>().toExtend<z.input<typeof nodes.schemaRead.in>['tables'][number]>()
    expectTypeOf<{ id: string; side: Side; route: RouteKind; progress: ProgressReport }>().toExtend<z.input<typeof exchange.progress.in>>()
  })

  test('goes to the addresses of the contracts', () => {
    const at = Object.values({ ...nodeEndpoints, join: nodes.join, beat: nodes.beat, showGmKeys: nodes.showGmKeys, schemaRead: nodes.schemaRead }).map(
      (endpoint) => endpoint.at,
    )
    expect(at.sort()).toEqual([
      'GET /exchange/orders',
      'GET /exchange/relay/{id}',
      'POST /exchange/deliveries/{id}/manifest',
      'POST /exchange/deliveries/{id}/progress',
      'POST /exchange/deliveries/{id}/quarantine',
      'POST /exchange/deliveries/{id}/receipt',
      'POST /exchange/deliveries/{id}/trouble',
      'POST /exchange/node-orders/{id}',
      'POST /exchange/reconciliations/{id}',
      'POST /nodes/beat',
      'POST /nodes/gm-keys',
      'POST /nodes/join',
      'POST /nodes/schema-orders/{order}',
    ])
  })

  test('is taken by the contracts', () => {
    const rejected = { key: '91370100MA3C1234X5', field: 'uscc', rule: 'uscc', value: '9***' }
    const letters = [
      [nodes.join, { token: 't', sign, seal, gm, version: '0.1.0', listen: null }],
      [nodes.showGmKeys, { gm }],
      [nodeEndpoints.manifest, { id, signed: grant }],
      [nodeEndpoints.receipt, { id, signed: grant, cursor: null }],
      [nodeEndpoints.trouble, { id, side: 'sender', code: 'source_changed', detail: 'x', resumable: false }],
      [nodeEndpoints.quarantineRows, { id, range: 0, rows: [{ ...rejected, keys: ['91370100MA3C1234X5'] }], dropped: 3 }],
      [nodeEndpoints.nodeOrderDone, { id, trouble: 'the database does not answer' }],
      [
        nodeEndpoints.reconciled,
        { id, sourceRows: 2, targetRows: 1, differing: 0, missing: 1, extra: 0, mended: false, sample: [{ key: '7', kind: 'missing' }], trouble: null },
      ],
    ] as const
    for (const [endpoint, body] of letters) expect(endpoint.in.safeParse(body).error).toBeUndefined()
  })
})

test('whatever stops a node is told in plain words, in both languages', () => {
  expect(refusalCodes.filter((code) => !troubleWords[code]?.zh || !troubleWords[code].en)).toEqual([])
})
