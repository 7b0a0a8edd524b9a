import { expect, test } from 'vitest'
import { ApplicationState } from './application.contract.ts'
import { type ApplicationAct, type ApplicationTimes, applicationActs, applicationAllows, stateOfApplication, usableAddress } from './application.rules.ts'

const AT = '2026-11-23T02:00:00.000Z'
const NONE: ApplicationTimes = { withdrawnAt: null, rejectedAt: null, approvedAt: null, allocatedAt: null, signedAt: null, recoveredAt: null }

test('申请 → 审核 → 分配 → 签收 → 回收 follow from what happened when', () => {
  const path = ['approvedAt', 'allocatedAt', 'signedAt', 'recoveredAt'] as const
  const states = path.map((_, at) => stateOfApplication({ ...NONE, ...Object.fromEntries(path.slice(0, at + 1).map((name) => [name, AT])) }))
  expect([stateOfApplication(NONE), ...states]).toEqual(['applied', 'approved', 'allocated', 'signed', 'recovered'])
  expect(stateOfApplication({ ...NONE, approvedAt: AT, rejectedAt: AT })).toBe('rejected')
  expect(stateOfApplication({ ...NONE, withdrawnAt: AT })).toBe('withdrawn')
})

test('who may do what in which state', () => {
  const table = Object.fromEntries(
    ApplicationState.options.map((state) => [state, (Object.keys(applicationActs) as ApplicationAct[]).filter((act) => applicationAllows(state, act))]),
  )
  expect(table).toEqual({
    applied: ['withdraw', 'approve', 'reject'],
    withdrawn: [],
    rejected: [],
    approved: ['withdraw', 'reject', 'allocate'],
    allocated: ['sign', 'recover'],
    signed: ['recover'],
    recovered: [],
  })
})

test('an address that cannot be one machine’s is not allocated', () => {
  for (const ip of ['10.1.2.3', '172.16.0.9', '192.168.1.1', '59.255.1.1', '2001:db8::7', 'fd00::1'.replace('fd00', '2400')])
    expect(usableAddress(ip), ip).toBe(true)
  for (const ip of [
    '0.0.0.0',
    '0.1.2.3',
    '127.0.0.1',
    '169.254.1.1',
    '224.0.0.1',
    '239.1.1.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'ff02::1',
    '::ffff:127.0.0.1',
  ])
    expect(usableAddress(ip), ip).toBe(false)
})
