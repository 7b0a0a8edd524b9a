import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { GrantField } from '@zhenghe/wire/documents.ts'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { z } from 'zod'
import type { Plan } from '../../target/ledger.ts'
import { testDatabase } from '../../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant } from '../../testing/delivery.ts'
import { type Push, PushFile } from './push-file.ts'
import { HttpTarget } from './target.ts'
import type { PushTask } from './testing/push-worker.ts'
import { testReceiver } from './testing/receiver.ts'

const receiver = await testReceiver()
const origin = testDatabase()
const root = mkdtempSync(path.join(tmpdir(), 'push-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeEach(() => {
  receiver.misbehave = undefined
  receiver.asked.length = 0
  receiver.taken = 0
})

const FIELDS = [field('id', 'int8', { key: true }), field('name', 'text'), field('amount', 'numeric'), field('ok', 'bool')]
const KEYS = {
  put: { path: '/{table}/put', rows: 'data.rows', constants: { app: 'zhenghe' }, batch: 10 },
  delete: { path: '/{table}/gone', rows: 'data.rows' },
  ...{ idempotent: true, upsert: true, timeoutSeconds: 1 },
  success: { path: 'code', equals: [0, 200] },
  rejected: { path: 'errors', index: 'at', reason: 'why.text' },
}
const LOADS = {
  ...{ begin: { path: '/{table}/begin' }, commit: { path: '/{table}/commit' }, abort: { path: '/{table}/abort' } },
  ...{ put: { path: '/{table}/put', batch: 10 }, idempotent: true, timeoutSeconds: 1 },
}

function pushOf(push: z.input<typeof PushFile>): Push {
  return { ...PushFile.parse(push), headers: { authorization: 'Bearer s3cret' }, folder: path.join(root, randomUUID()) }
}

async function endsOf(push: Push, fields: GrantField[] = FIELDS, more: object = {}): Promise<Ends & { table: string }> {
  const table = `t_${randomUUID().slice(0, 8)}`
  await origin.query(`create table ${table} (id int8 primary key, name text, amount numeric, ok bool, changed timestamptz not null default '2026-01-01');
    insert into ${table} select n, 'n' || n, n + 0.50, n % 2 = 0 from generate_series(1, 25) n; analyze ${table}`)
  const grant = signGrant(await draftGrant(origin.address, { table, fields, ...more }))
  return { source: origin.address, target: new HttpTarget(receiver.url, push), grant, schema: 'api', table }
}
const held = (table: string) => [...receiver.rows(table).values()].map((row) => JSON.parse(row) as { id: number; name: string })

test('rows go in batches, under the paths of their fields, numbers with their digits; then only what differs, and what is gone is removed', async () => {
  const push = pushOf({ ...KEYS, columns: [{ name: 'id' }, { name: 'name', path: 'info.title' }, { name: 'amount', path: 'info.sum' }, { name: 'ok' }] })
  const ends = await endsOf(push)
  await deliver(ends)
  expect(receiver.asked.map(({ rows }) => rows)).toEqual([10, 10, 5])
  expect(receiver.rows(ends.table).get('7')).toBe('{"id":7,"info":{"title":"n7","sum":7.50},"ok":false}')
  expect(receiver.asked[0]).toMatchObject({ method: 'POST', path: `/v1/${ends.table}/put`, headers: { authorization: 'Bearer s3cret' } })
  expect(new Set(receiver.asked.map(({ key }) => key.replace(/\/\d+$/, '')))).toEqual(new Set([`${receiver.asked[0]!.delivery}/load`]))
  await origin.query(
    `delete from ${ends.table} where id in (3, 4); update ${ends.table} set name = 'new' where id = 5; insert into ${ends.table} values (26, null, null, null)`,
  )
  receiver.asked.length = 0
  await deliver(ends)
  await deliver(ends)
  expect(receiver.asked.map(({ path: at, rows }) => [at.split('/').at(-1), rows])).toEqual([
    ['put', 2],
    ['gone', 2],
  ])
  expect(receiver.rows(ends.table).size).toBe(24)
  expect(receiver.rows(ends.table).get('26')).toBe('{"id":26,"info":{"title":null,"sum":null},"ok":null}')
})

test('an increment puts new and changed rows once, however often they are read; an older row stays away', async () => {
  const ends = await endsOf(pushOf(KEYS), [...FIELDS, field('changed', 'timestamptz', { nullable: false })], { cursor: 'changed' })
  await deliver(ends)
  await origin.query(`update ${ends.table} set name = 'later', changed = '2026-01-02' where id = 2`)
  receiver.asked.length = 0
  await deliver({ ...ends, mode: 'incremental' })
  await deliver({ ...ends, mode: 'incremental' })
  expect(receiver.asked.map(({ rows }) => rows)).toEqual([1])
  await origin.query(`update ${ends.table} set name = 'back', changed = '2026-01-01 23:59:30Z' where id = 2`)
  await deliver({ ...ends, mode: 'incremental' })
  expect(receiver.asked).toHaveLength(1)
  await expect(compare(ends, false)).rejects.toMatchObject({ code: 'target_incompatible' })
})

test('a whole load between begin and commit is seen at once, or not at all', async () => {
  const ends = await endsOf(pushOf(LOADS))
  await deliver(ends)
  await origin.query(`delete from ${ends.table} where id > 20; update ${ends.table} set name = 'new'`)
  receiver.misbehave = ({ key }, answer) => {
    if (!key.endsWith('/load/1')) return false
    answer.writeHead(422).end('{}')
    return true
  }
  await expect(deliver(ends)).rejects.toMatchObject({ code: 'target_value' })
  expect(receiver.asked.at(-1)!.path).toMatch(/abort$/)
  expect(held(ends.table)).toHaveLength(25)
  receiver.misbehave = undefined
  await deliver(ends)
  expect(held(ends.table).map(({ name }) => name)).toEqual(Array(20).fill('new'))
  await expect(deliver({ ...ends, mode: 'incremental' })).rejects.toMatchObject({ code: expect.stringMatching(/target_incompatible|cursor_missing/) })
})

test('an API that says nothing of changes takes new rows; changed and vanished ones are refused before anything is put', async () => {
  const plain = pushOf({ put: { path: '/{table}/put', batch: 10 }, idempotent: false })
  const ends = await endsOf(plain, [...FIELDS, field('changed', 'timestamptz', { nullable: false })], { cursor: 'changed' })
  expect(await new HttpTarget(receiver.url, plain).look()).toMatchObject({ product: expect.stringContaining('至少一次') })
  await deliver(ends)
  await origin.query(`insert into ${ends.table} values (30, 'x', 1, true)`)
  await deliver(ends)
  expect(receiver.asked.map(({ rows }) => rows)).toEqual([10, 10, 5, 1])
  await expect(deliver({ ...ends, mode: 'incremental' })).rejects.toMatchObject({ code: 'target_incompatible', message: expect.stringContaining('upsert') })
  await origin.query(`update ${ends.table} set name = 'y' where id = 1`)
  await expect(deliver(ends)).rejects.toMatchObject({ code: 'target_incompatible', message: expect.stringContaining('1 rows have changed') })
  await origin.query(`update ${ends.table} set name = 'n1' where id = 1; delete from ${ends.table} where id = 2`)
  await expect(deliver(ends)).rejects.toMatchObject({ code: 'target_incompatible', message: expect.stringContaining('«delete»') })
  expect(receiver.asked).toHaveLength(4)
})

test('a receiver that asks for patience gets it, and one that took a request and lost the answer gets the same one again, under the same key', async () => {
  const ends = await endsOf(pushOf(KEYS))
  const tries = new Map<string, number>()
  receiver.misbehave = ({ key }, answer, take) => {
    const tried = (tries.get(key) ?? 0) + 1
    tries.set(key, tried)
    if (tried === 1 && key.endsWith('/0')) answer.writeHead(429, { 'retry-after': '0' }).end()
    else if (tried === 2 && key.endsWith('/0')) answer.writeHead(500).end('<html>')
    else if (tried === 1 && key.endsWith('/1')) {
      take()
      answer.destroy()
    } else if (tried === 1 && key.endsWith('/2'))
      take() // and never answers
    else return false
    return true
  }
  await deliver(ends)
  expect([...tries.values()]).toEqual([3, 2, 2])
  expect(receiver.taken).toBe(3)
  expect(held(ends.table)).toHaveLength(25)
})

test.each<[string, (answer: ServerResponse) => unknown, object]>([
  [
    'rows that are not taken, each with its reason',
    (answer) => answer.writeHead(422).end('{"errors": [{"at": 1, "why": {"text": "统一代码不合规"}}]}'),
    { code: 'target_value', message: expect.stringMatching(/"id":2.*统一代码不合规/) },
  ],
  [
    'rows that are not taken, though all went well',
    (answer) => answer.end('{"code": 0, "errors": [{"at": 0, "why": {"text": "重复"}}]}'),
    { code: 'target_value', message: expect.stringMatching(/"id":1.*重复/) },
  ],
  ['rows that are not taken, without a word', (answer) => answer.writeHead(400).end(), { code: 'target_value' }],
  ['a wrong secret', (answer) => answer.writeHead(401).end(), { code: 'database_login' }],
  ['a vanished address', (answer) => answer.writeHead(404).end(), { code: 'target_missing' }],
  ['a request that is too long', (answer) => answer.writeHead(413).end(), { code: 'target_incompatible', message: expect.stringContaining('lower batch') }],
  ['being sent on elsewhere', (answer) => answer.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(), { code: 'target_incompatible' }],
  [
    'an answer that does not say what it should',
    (answer) => answer.end('{"code": 500}'),
    { code: 'target_incompatible', message: expect.stringContaining('«code»') },
  ],
  ['a page for people', (answer) => answer.end('<html>'), { code: 'target_incompatible' }],
  [
    'a server that is too busy for too long',
    (answer) => answer.writeHead(429, { 'retry-after': '0' }).end(),
    { code: 'database_unreachable', resumable: true },
  ],
  ['a server that fails again and again', (answer) => answer.writeHead(500).end(), { code: 'database_unreachable', resumable: true }],
  ['an answer that never comes', () => undefined, { code: 'database_unreachable', resumable: true }],
])('%s is refused by name, the secret is not told, and the load goes through when that is over', { timeout: 30_000 }, async (_, misbehave, expected) => {
  const push = pushOf(KEYS)
  const ends = { ...(await endsOf(push)), delivery: randomUUID() }
  receiver.misbehave = (_, answer) => {
    misbehave(answer)
    return true
  }
  const refused = await deliver(ends).catch((error: unknown) => error)
  expect(refused).toMatchObject(expected)
  expect((refused as Error).message).not.toContain('s3cret')
  receiver.misbehave = undefined
  await deliver(ends)
  expect(held(ends.table)).toHaveLength(25)
})

test('what the file of the API does not take, and two rows with one key, are refused before anything is put', async () => {
  const ends = await endsOf(pushOf({ ...KEYS, table: 'companies', columns: [{ name: 'id' }] }))
  await expect(deliver(ends)).rejects.toMatchObject({ code: 'target_missing', message: expect.stringContaining('api.companies') })
  await expect(deliver({ ...ends, table: 'companies' })).rejects.toMatchObject({
    code: 'target_incompatible',
    message: expect.stringContaining('name, amount, ok'),
  })
  await expect(deliver({ ...ends, table: 'companies', schema: 'public' })).rejects.toMatchObject({ code: 'target_missing' })
  const twice = await endsOf(pushOf(KEYS))
  await origin.query(
    `alter table ${twice.table} drop constraint ${twice.table}_pkey; alter table ${twice.table} alter id set not null; update ${twice.table} set id = 1 where id = 2`,
  )
  await expect(deliver(twice)).rejects.toMatchObject({ code: 'duplicate_keys' })
  const nobody = new HttpTarget('http://127.0.0.1:1/v1', pushOf(KEYS))
  await expect(nobody.look()).rejects.toMatchObject({ code: 'database_unreachable', resumable: true })
  expect(receiver.asked).toEqual([])
})

const KILLS = 5
test(`a node that is killed ${KILLS} times while it puts rows: the receiver has each request once`, { timeout: 120_000 }, async () => {
  const push = pushOf({ ...KEYS, put: { ...KEYS.put, batch: 3 } })
  const fields = FIELDS.slice(0, 2)
  const { table } = await endsOf(push)
  const grant = { ...(await draftGrant(origin.address, { table, fields })), fields }
  const plan = { kind: 'plan', mode: 'snapshot', grant: { id: grant.id, version: 1 }, ranges: [{ n: 0, from: null, to: null }], totalRows: 0, snapshot: 's' }
  const request = { delivery: randomUUID(), mode: 'snapshot' as const, grant, name: { schema: 'api', table }, memoryMiB: 16 }
  const task: PushTask = { url: receiver.url, push, request, plan: plan as unknown as Plan, rows: 25 }
  for (let kill = 0; kill <= KILLS; kill++) {
    const child = fork(new URL('./testing/push-worker.ts', import.meta.url), [JSON.stringify(task)], { stdio: 'inherit' })
    const gone = once(child, 'exit')
    const before = receiver.taken
    receiver.misbehave = (_, answer, take) => {
      take()
      if (kill < KILLS && receiver.taken > before)
        child.kill('SIGKILL') // the answer is lost
      else answer.end('{"code": 0}')
      return true
    }
    await gone
  }
  expect(held(table)).toHaveLength(25)
  expect(receiver.taken).toBe(9)
  expect(new Set(receiver.asked.map(({ key }) => key)).size).toBe(9)
  expect(receiver.asked).toHaveLength(9 + KILLS)
})
