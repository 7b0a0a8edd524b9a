/** What holds of every endpoint of every module, read from the contracts. */
import { expect, test } from 'vitest'
import { PUBLIC, SIGNED_IN } from './kernel/contract.ts'
import { kernelRefusals } from './kernel/http/problem.ts'
import { NOBODY } from './kernel/platform.ts'
import { Refusal } from './kernel/refusal.ts'
import { testPlatform } from './kernel/testing/testing.ts'
import { modules } from './modules.ts'

const all = Object.values(modules)
const endpoints = all.flatMap((module) => Object.entries(module.contract).map(([name, endpoint]) => ({ module, name: `${module.name}.${name}`, endpoint })))
const declared = new Set(all.flatMap(({ rights }) => Object.keys(rights)))
const t = await testPlatform(all)

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'done').catch((error: unknown) => (error instanceof Refusal ? error.code : String(error)))

test.each(endpoints.filter(({ endpoint }) => endpoint.right !== PUBLIC).map(({ name, endpoint }) => [name, endpoint] as const))(
  '%s is refused to whoever has not its right',
  async (_, endpoint) => {
    const now = t.platform.now()
    expect(await outcome(t.run(endpoint, { actor: NOBODY, now }, {}))).toBe('kernel.sign_in')
    const others = [...declared].filter((right) => right !== endpoint.right).map((right) => ({ right }))
    const stranger = t.caller({ kind: endpoint.right === SIGNED_IN ? 'node' : 'staff', holdings: others }).actor
    expect(await outcome(t.run(endpoint, { actor: stranger, now }, {}))).toBe('kernel.forbidden')
  },
)

test('every right, refusal and address is declared once', () => {
  const rights = endpoints.map(({ endpoint }) => endpoint.right).filter((right) => right !== PUBLIC && right !== SIGNED_IN)
  expect(rights.filter((right) => !declared.has(right))).toEqual([])
  const known = new Set([...Object.keys(kernelRefusals), ...all.flatMap(({ refusals }) => Object.keys(refusals))])
  expect(endpoints.flatMap(({ name, endpoint }) => (endpoint.refusals ?? []).filter((code) => !known.has(code)).map((code) => `${name}: ${code}`))).toEqual([])
  const addresses = endpoints.map(({ endpoint }) => endpoint.at)
  expect(addresses.filter((at, index) => addresses.indexOf(at) !== index)).toEqual([])
})

test('a query is a GET and a command a POST', () => {
  expect(endpoints.filter(({ endpoint }) => endpoint.at.startsWith('GET ') !== (endpoint.kind === 'query')).map(({ name }) => name)).toEqual([])
})

test('the refusals of every table constraint that a module names exist in its schema', async () => {
  const { rows } = await t.pool.query(`select conname as name from pg_constraint union select indexname from pg_indexes`)
  const constraints = new Set(rows.map(({ name }) => name))
  const missing = all.flatMap((module) =>
    Object.entries(module.refusals).flatMap(([code, { constraint }]) => (constraint && !constraints.has(constraint) ? [`${code}: ${constraint}`] : [])),
  )
  expect(missing).toEqual([])
})

test('no foreign key leaves a module', async () => {
  const { rows } = await t.pool.query(`
    select conrelid::regclass::text as "from", confrelid::regclass::text as "to" from pg_constraint
    where contype = 'f' and (select relnamespace from pg_class where oid = conrelid) <> (select relnamespace from pg_class where oid = confrelid)`)
  expect(rows).toEqual([])
})

test('tables that grow for ever are split by month', async () => {
  const { rows } = await t.pool.query(`select p.partrelid::regclass::text as name from pg_partitioned_table p`)
  const names = rows.map(({ name }) => name)
  expect(names).toContain('kernel.ledger')
  expect(names).toContain('kernel.outbox')
})
