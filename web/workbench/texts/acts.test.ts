import { contract as organizations } from '@zhenghe/server/assurance/organizations/contract.ts'
import { contract as catalog } from '@zhenghe/server/data/catalog/contract.ts'
import { contract as channels } from '@zhenghe/server/data/channels/contract.ts'
import { contract as demand } from '@zhenghe/server/data/demand/contract.ts'
import { contract as exchange } from '@zhenghe/server/data/exchange/contract.ts'
import { contract as gateway } from '@zhenghe/server/data/gateway/contract.ts'
import { contract as nodes } from '@zhenghe/server/data/nodes/contract.ts'
import { contract as objections } from '@zhenghe/server/data/objections/contract.ts'
import { contract as partners } from '@zhenghe/server/data/partners/contract.ts'
import type { Contract } from '@zhenghe/server/kernel/contract.ts'
import { contract as desk } from '@zhenghe/server/kernel/desk/contract.ts'
import { contract as identity } from '@zhenghe/server/service/identity/contract.ts'
import { contract as standards } from '@zhenghe/server/support/standards/contract.ts'
import { expect, test } from 'vitest'
import { actOf, acts } from './acts.ts'

const contracts: Contract[] = [desk, organizations, identity, standards, nodes, catalog, partners, exchange, gateway, channels, demand, objections]
const recorded = contracts.flatMap((contract) =>
  Object.values(contract)
    .filter(({ kind, unrecorded }) => kind === 'command' && !unrecorded)
    .map(({ at }) => at as string),
)

test('every recorded command has words for the ledger', () => {
  expect(recorded.filter((at) => !acts[at])).toEqual([])
})

test('no words are kept for commands that are gone', () => {
  expect(Object.keys(acts).filter((at) => !recorded.includes(at))).toEqual([])
})

test('work of the platform itself is told apart from acts of people', () => {
  expect(actOf('event catalog.published to exchange.entries').en).toBe('Handled by the platform (catalog.published)')
  expect(actOf('job kernel.seal').zh).toBe('定时任务（kernel.seal）')
})
