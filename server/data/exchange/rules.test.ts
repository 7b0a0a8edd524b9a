import { canonical } from '@zhenghe/wire/canonical.ts'
import type { Filter } from '@zhenghe/wire/documents.ts'
import { expect, test } from 'vitest'
import type { Item } from '../catalog/contract.ts'
import { balanceOf, deliveryAllows, modeOf, progressOf, rejectedShare, retrySeconds, stateOfDelivery } from './delivery.rules.ts'
import { checkTerms, cursorGranted, defaultTerms, fieldsGranted, filtering, grantFilter, stateOfGrant, termOf } from './grant.rules.ts'
import { nothingToMend, stateOfReconciliation } from './reconciliation.rules.ts'
import { type BoundOffer, checkOffer, cursorAmong, requestAllows, stateOfRequest, termFits } from './request.rules.ts'
import { nextDue } from './schedule.rules.ts'

const item = (name: string, column: string, type: Item['type'], wish: Partial<Item> = {}): Item => ({
  ...{ name, column, type, length: null, key: false, nullable: false, sensitive: true, element: null, codeTable: null, description: '', ...wish },
})
const items = [
  item('公民身份号码', 'id_number', 'C', { key: true }),
  item('姓名', 'name', 'C'),
  item('监护人证件号码', 'guardian_id', 'C'),
  item('联系电话', 'phone', 'C'),
  item('居住地址', 'household_address', 'C'),
  item('出生日期', 'born_on', 'D'),
  item('婚姻状况', 'marital_status', 'C'),
  item('工作单位代码', 'employer', 'C', { sensitive: false, element: 'FR00001' }),
  item('所在行政区划代码', 'division_code', 'C', { sensitive: false }),
  item('性别', 'sex', 'C', { sensitive: false, codeTable: 'sex' }),
  item('收入', 'income', 'Y'),
  item('更新时间', 'updated_at', 'T', { sensitive: false }),
]
const TYPES = { D: 'date', T: 'timestamptz', Y: 'numeric' } as const
const all = items.map(({ column }) => column)
const offer: BoundOffer = {
  withdrawn: false,
  content: { name: '常住人口', items, provider: 'p', share: { type: 'conditional', condition: '', basis: '', mode: 'platform_database' } },
  binding: {
    ...{ node: 'n', nodeName: '', store: 's', schema: 'population', table: 'resident', shape: '', keys: ['id_number'], rows: 1, boundAt: '' },
    columns: Object.fromEntries(all.map((column) => [column, column])),
    types: Object.fromEntries(items.map(({ column, type }) => [column, TYPES[type as keyof typeof TYPES] ?? 'text'])),
  },
}
const standards = { elements: new Map([['FR00001', 'uscc' as const]]), codes: new Map([['sex', ['1', '2', '9']]]) }
const wish = { fields: all, termUntil: '2027-11-22' }

test('terms begin with masks on what is sensitive and checks on national identifiers and codes', () => {
  const { fields } = defaultTerms(wish, offer, standards)
  expect(Object.fromEntries(fields.map(({ name, mask }) => [name, mask]))).toEqual({
    ...{ id_number: undefined, employer: undefined, division_code: undefined, sex: undefined, income: undefined, updated_at: undefined },
    name: { kind: 'name' },
    guardian_id: { kind: 'middle', head: 6, tail: 4 },
    phone: { kind: 'middle', head: 3, tail: 4 },
    household_address: { kind: 'middle', head: 6, tail: 0 },
    born_on: { kind: 'year' },
    marital_status: { kind: 'fixed', text: '***' },
  })
  expect(Object.fromEntries(fields.flatMap(({ name, rules }) => (rules.length > 0 ? [[name, rules]] : [])))).toEqual({
    id_number: [{ kind: 'residentId' }],
    employer: [{ kind: 'uscc' }],
    division_code: [{ kind: 'digits' }, { kind: 'length', min: 6, max: 12 }],
    sex: [{ kind: 'oneOf', values: ['1', '2', '9'] }],
  })
})

test('a field by which rows are chosen is left in the clear, and then a reason is due', () => {
  const filter: Filter = {
    op: 'not',
    of: {
      op: 'and',
      of: [
        { op: 'null', field: 'phone' },
        { op: 'eq', field: 'sex', value: '1' },
      ],
    },
  }
  expect([...filtering(filter)]).toEqual(['phone', 'sex'])
  const terms = defaultTerms({ ...wish, filter }, offer, standards)
  expect(terms.fields.find(({ name }) => name === 'phone')?.mask).toBeUndefined()
  const asked = { ...wish, filter, mode: 'incremental' } as Parameters<typeof checkTerms>[1]
  const fields = fieldsGranted(terms.fields, offer)
  expect(checkTerms(terms, asked, offer, fields, '2026-11-23')).toEqual({
    code: 'exchange.sensitive_unmasked',
    params: { fields: ['id_number', 'phone', 'income'] },
  })
  expect(checkTerms({ ...terms, note: '核对本人办理资格必须使用明文' }, asked, offer, fields, '2026-11-23')).toBeUndefined()
  expect(checkTerms({ ...terms, fields: [...terms.fields, terms.fields[0]!] }, asked, offer, fields, '2026-11-23')).toMatchObject({
    code: 'exchange.unknown_fields',
  })
})

test('a filter of the provider narrows the one asked for and never takes its place', () => {
  const [one, other]: Filter[] = [
    { op: 'notNull', field: 'name' },
    { op: 'eq', field: 'sex', value: '1' },
  ]
  expect(grantFilter(undefined, undefined)).toBeUndefined()
  expect(grantFilter(one, undefined)).toEqual(one)
  expect(grantFilter(one, JSON.parse(canonical(one)))).toEqual(one)
  expect(grantFilter(one, other)).toEqual({ op: 'and', of: [one, other] })
})

test('increments are found by an unmasked moment of change that is never empty', () => {
  const fields = fieldsGranted(defaultTerms(wish, offer).fields, offer)
  expect(cursorGranted(fields, undefined)).toBe('updated_at')
  expect(
    cursorGranted(
      fields.map((field) => ({ ...field, nullable: true })),
      undefined,
    ),
  ).toBeUndefined()
  expect(cursorAmong([{ name: 't', title: '最后修改时间', type: 'timestamp' }])).toBe('t')
  expect(cursorAmong([{ name: 'born_at', title: '出生时间', type: 'timestamp' }])).toBeUndefined()
})

test('a term begins with its first day and ends with its last, in the city’s time', () => {
  const term = termOf('2026-11-23', '2026-11-30')
  expect(term).toEqual({ notBefore: '2026-11-22T16:00:00.000Z', notAfter: '2026-11-30T16:00:00.000Z' })
  const at = (now: string, revokedAt: string | null = null) => stateOfGrant({ ...term, revokedAt }, now)
  expect(at('2026-11-22T15:59:59.999Z')).toBe('not_yet')
  expect(at('2026-11-30T15:59:59.999Z')).toBe('in_force')
  expect(at('2026-11-30T16:00:00.000Z')).toBe('expired')
  expect(at('2026-11-30T16:00:00.000Z', '2026-11-29T00:00:00.000Z')).toBe('revoked')
  expect([
    termFits('2026-11-23', '2026-11-23'),
    termFits('2026-11-24', '2026-11-23'),
    termFits('2029-11-23', '2026-11-23'),
    termFits('2029-11-24', '2026-11-23'),
  ]).toEqual([false, true, true, false])
})

test('states follow from what happened, and say what can be done', () => {
  const request = { grantedAt: null, refusedAt: null, withdrawnAt: null, supplement: [] }
  expect(stateOfRequest({ ...request, supplement: ['材料'] })).toBe('supplement')
  expect(requestAllows('supplement', 'refuse')).toBe(true)
  expect(requestAllows('granted', 'withdraw')).toBe(false)
  const delivery = { runningSince: null, waitingSince: null, doneAt: null, stoppedAt: null, cancelledAt: null, pausedAt: null }
  expect(stateOfDelivery(delivery)).toBe('ordered')
  expect(stateOfDelivery({ ...delivery, runningSince: 't', waitingSince: 't' })).toBe('waiting')
  expect(stateOfDelivery({ ...delivery, waitingSince: 't', pausedAt: 't' })).toBe('paused')
  expect(deliveryAllows('paused', 'resume')).toBe(true)
  expect(deliveryAllows('done', 'cancel')).toBe(false)
  expect([modeOf('incremental', false), modeOf('incremental', true)]).toEqual(['snapshot', 'incremental'])
  expect(checkOffer({ ...offer, binding: null }, 'c')).toEqual({ code: 'exchange.not_bound' })
  const asked = { mend: false, approvedAt: null, declinedAt: null }
  const reconciliation = { ...asked, runningSince: null, endedAt: 't2', differing: 0, missing: 0, extra: 0, mended: false, trouble: null }
  expect(stateOfReconciliation(reconciliation)).toBe('equal')
  expect(stateOfReconciliation({ ...reconciliation, mend: true, endedAt: null })).toBe('asked')
  expect(stateOfReconciliation({ ...reconciliation, mend: true, declinedAt: 't2' })).toBe('declined')
  expect([nothingToMend(reconciliation, 't1'), nothingToMend(reconciliation, 't3'), nothingToMend({ ...reconciliation, extra: 1 }, null)]).toEqual([
    true,
    false,
    false,
  ])
})

test('of two sides’ progress the further figure counts', () => {
  const side = {
    phase: 'moving',
    rangesDone: 3,
    ranges: 8,
    rowsPlanned: 100,
    rowsRead: 40,
    rowsSent: 38,
    rowsRejected: 2,
    rowsLoaded: 0,
    bytes: 9,
    rowsPerSecond: 50,
  } as const
  const receiver = { ...side, phase: 'planning', rangesDone: 2, rowsRead: 0, rowsSent: 0, rowsRejected: 0, rowsLoaded: 30, rowsPerSecond: 44 } as const
  expect(progressOf(side, receiver)).toEqual({ ...side, rowsLoaded: 30, rowsPerSecond: 44 })
  expect(progressOf(null, receiver)).toEqual(receiver)
  expect([1, 2, 3, 10].map(retrySeconds)).toEqual([1, 2, 4, 60])
  expect([rejectedShare({ rejected: 1, loaded: 3 }), rejectedShare({ rejected: 0, loaded: 0 })]).toEqual([0.25, null])
})

test('对账: every sum, the bytes, the ranges, the digests and the tie between the two documents', () => {
  const manifest = { read: 10, filtered: 1, rejected: 2, sent: 7, bytes: 70, ranges: 2, digest: 'd' } as Parameters<typeof balanceOf>[0]
  const receipt = { received: 7, loaded: 7, bytes: 70, ranges: 2, digest: 'd', manifest: 'm' } as Parameters<typeof balanceOf>[1]
  expect(balanceOf(manifest, receipt, 'm').agrees).toBe(true)
  for (const broken of [{ read: 11 }, { sent: 6, filtered: 2 }, { bytes: 71 }, { ranges: 3 }, { digest: 'e' }])
    expect(balanceOf({ ...manifest, ...broken }, receipt, 'm').agrees).toBe(false)
  for (const broken of [{ received: 8 }, { loaded: 6 }, { manifest: 'n' }]) expect(balanceOf(manifest, { ...receipt, ...broken }, 'm').agrees).toBe(false)
})

test('a daily subscription is due at its hour in the city’s time, an hourly one after an hour', () => {
  const daily = { kind: 'daily', at: '02:30' } as const
  expect(nextDue(daily, '2026-11-23T18:29:00.000Z')).toBe('2026-11-23T18:30:00.000Z')
  expect(nextDue(daily, '2026-11-23T18:30:00.000Z')).toBe('2026-11-24T18:30:00.000Z')
  expect(nextDue({ kind: 'hourly' }, '2026-11-23T18:30:00.000Z')).toBe('2026-11-23T19:30:00.000Z')
  expect(nextDue({ kind: 'once' }, '2026-11-23T18:30:00.000Z')).toBeNull()
})
