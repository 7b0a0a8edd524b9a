import { randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { z } from 'zod'
import { testDatabase } from '../../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant } from '../../testing/delivery.ts'
import { boundTo } from '../testing/rows.ts'
import { type Api, ApiFile } from './api.ts'
import { HttpSource } from './source.ts'

type Answering = (request: URL, answer: http.ServerResponse, asked: http.IncomingMessage) => void

const arrival = testDatabase()
/** A real server that answers as each test wants it to. */
let answering: Answering
let asked: string[] = []
const server = http.createServer((request, answer) => {
  asked.push(request.url ?? '')
  answering(new URL(request.url ?? '', 'http://localhost'), answer, request)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/companies`
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = []
})

const FIELDS = [field('id', 'int8', { key: true }), field('name', 'text'), field('amount', 'numeric'), field('changed', 'timestamptz', { nullable: false })]
const COLUMNS: z.input<typeof ApiFile>['columns'] = [
  { name: 'id', type: 'int8', key: true },
  { name: 'name', path: 'info.name', type: 'text' },
  { name: 'amount', type: 'numeric' },
  { name: 'changed', type: 'timestamptz' },
]
const ROWS = Array.from({ length: 57 }, (_, n) => rowText(n + 1))
function rowText(n: number, changed = new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()): string {
  return `{"id": ${n}, "info": {"name": "市场主体${n}"}, "amount": ${n}.10000000000000000001, "changed": "${changed}"}`
}
const page = (rows: readonly string[], more = '') => `{"data": {"records": [${rows.join(',')}]}${more}}`
const number = (request: URL, name: string) => Number(request.searchParams.get(name) ?? 0)

function apiOf(more: Partial<z.input<typeof ApiFile>> = {}): Api {
  return { ...ApiFile.parse({ table: 'companies', rows: 'data.records', columns: COLUMNS, ...more }), headers: { authorization: 'Bearer s3cret' } }
}

async function endsOf(api: Api, fields: GrantField[] = FIELDS, more: Partial<Grant> = {}): Promise<Ends> {
  await arrival.query('create table if not exists any_table (id int8 primary key)')
  const draft = await draftGrant(arrival.address, { table: 'any_table', fields: [field('id', 'int8', { key: true })] })
  const source = new HttpSource(url, api)
  const grant = signGrant({ ...draft, ...more, fields, source: await boundTo(source, { schema: 'api', table: 'companies' }, fields) })
  return { source, target: arrival.address, grant, table: `t_${randomUUID().slice(0, 8)}` }
}

const arrived = (table: string) => arrival.query(`select count(*)::int as n, sum(id)::int as ids, max(amount)::text as most from ${table}`)
const ALL = [{ n: 57, ids: (57 * 58) / 2, most: '57.10000000000000000001' }]

test.each<[string, Partial<z.input<typeof ApiFile>>, Answering]>([
  [
    'page numbers',
    { paging: { by: 'page', parameter: 'p', size: { parameter: 'n', value: 20 } } },
    (request, answer) => answer.end(page(ROWS.slice((number(request, 'p') - 1) * number(request, 'n'), number(request, 'p') * number(request, 'n')))),
  ],
  [
    'offsets, however few rows the server gives at once',
    { paging: { by: 'offset', parameter: 'skip' } },
    (request, answer) => answer.end(page(ROWS.slice(number(request, 'skip'), number(request, 'skip') + 11))),
  ],
  [
    'marks in the answer',
    { paging: { by: 'cursor', parameter: 'after', path: 'next' } },
    (request, answer) => {
      const at = number(request, 'after')
      answer.end(page(ROWS.slice(at, at + 25), at + 25 < ROWS.length ? `, "next": ${at + 25}` : ', "next": null'))
    },
  ],
  [
    'links in the answer',
    { paging: { by: 'link', path: 'links.next' } },
    (request, answer) => {
      const at = number(request, 'at')
      answer.end(page(ROWS.slice(at, at + 30), at + 30 < ROWS.length ? `, "links": {"next": "/v1/companies?at=${at + 30}"}` : ''))
    },
  ],
])('all pages are read by %s, numbers with all their digits', async (_, more, answers) => {
  answering = answers
  const ends = await endsOf(apiOf(more))
  await deliver(ends)
  expect(await arrived(ends.table!)).toEqual(ALL)
  expect(await compare(ends, false)).toMatchObject({ missing: 0, extra: 0, changed: 0 })
})

test('an increment asks the API for no more than it needs, and takes no more than it asked for', async () => {
  answering = (_, answer) => answer.end(page(ROWS))
  const api = apiOf({ query: { since: '{from}', state: 'active' } })
  const ends = await endsOf(api, FIELDS, { cursor: 'changed' })
  await deliver(ends)
  answering = (request, answer) => {
    const since = request.searchParams.get('since')
    answer.end(page(since ? [...ROWS.slice(50), rowText(58)] : [...ROWS, rowText(58)]))
  }
  await deliver({ ...ends, mode: 'incremental' })
  expect(asked.filter((one) => one.includes('since='))).toEqual(['/v1/companies?since=2026-01-01T00%3A56%3A00.000Z&state=active'])
  expect(await arrival.query(`select count(*)::int as n from ${ends.table}`)).toEqual([{ n: 58 }])
})

test('a server that asks for patience gets it; its errors, the headers and the address stay out of the words', async () => {
  let tries = 0
  answering = (_, answer, request) => {
    expect(request.headers.authorization).toBe('Bearer s3cret')
    if (++tries % 3 === 1) answer.writeHead(429, { 'retry-after': '0' }).end()
    else if (tries % 3 === 2) answer.writeHead(503, { 'retry-after': new Date().toUTCString() }).end()
    else answer.end(page(ROWS))
  }
  const ends = await endsOf(apiOf())
  await deliver(ends)
  expect(await arrived(ends.table!)).toEqual(ALL)
})

test.each<[string, Answering, object]>([
  [
    'a server that is too busy for too long',
    (_, answer) => answer.writeHead(429, { 'retry-after': '0' }).end(),
    { code: 'database_unreachable', resumable: true },
  ],
  ['a wrong secret', (_, answer) => answer.writeHead(401).end(), { code: 'database_login' }],
  ['a vanished address', (_, answer) => answer.writeHead(404).end(), { code: 'source_missing' }],
  ['a question that is not taken', (_, answer) => answer.writeHead(400).end(), { code: 'source_changed' }],
  ['being sent on elsewhere', (_, answer) => answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), { code: 'source_changed' }],
  ['an answer that never comes', () => undefined, { code: 'database_unreachable', resumable: true }],
  ['an answer that stops in the middle', (_, answer) => answer.write('{"data": '), { code: 'database_unreachable', resumable: true }],
  ['a page for people', (_, answer) => answer.end('<html>'), { code: 'source_value' }],
  [
    'bytes that are no UTF-8',
    (_, answer) => answer.end(Buffer.from('{"data":{"records":[{"id":1,"info":{"name":"\xc4\xe3"}}]}}', 'latin1')),
    { code: 'source_value' },
  ],
  ['an answer of another shape', (_, answer) => answer.end('{"data": {"rows": []}}'), { code: 'source_changed' }],
  ['too many rows that are no objects', (_, answer) => answer.end('{"data": {"records": [1]}}'), { code: 'reject_share' }],
  ['a row without its key', (_, answer) => answer.end(page(['{"info": {"name": "无"}, "changed": "2026-01-01T00:00:00Z"}'])), { code: 'source_key' }],
  ['a changed type', (_, answer) => answer.end(page(['{"id": 1, "amount": "many", "changed": "2026-01-01T00:00:00Z"}'])), { code: 'reject_share' }],
  ['two rows with one key', (_, answer) => answer.end(page([rowText(1), rowText(2), rowText(1)])), { code: 'source_moved', resumable: true }],
  ['fewer rows than it told of', (_, answer) => answer.end(page(ROWS, ', "total": 58')), { code: 'source_moved', resumable: true }],
  ['a next page elsewhere', (_, answer) => answer.end(page(ROWS, ', "next": "http://127.0.0.1:1/"')), { code: 'source_value' }],
  ['a next page that is this one', (_, answer) => answer.end(page([], ', "next": "/v1/companies"')), { code: 'source_value' }],
  ['pages without end', (request, answer) => answer.end(page([], `, "next": "?at=${number(request, 'at') + 1}"`)), { code: 'source_value' }],
])('%s is refused by name', { timeout: 20_000 }, async (_, answers, expected) => {
  answering = answers
  const ends = await endsOf(apiOf({ total: 'total', paging: { by: 'link', path: 'next' }, timeoutSeconds: 1, mostPages: 30 }))
  const refused = await deliver(ends).catch((error: unknown) => error)
  expect(refused).toMatchObject(expected)
  expect((refused as Error).message).not.toContain('s3cret')
})

test('a line that is cut while rows come leaves nothing half done, and the load is taken up again', async () => {
  let cut = true
  answering = (request, answer) => {
    const at = number(request, 'at')
    if (at > 0 && cut) answer.destroy()
    else answer.end(page(ROWS.slice(at, at + 30), at + 30 < ROWS.length ? `, "next": "?at=${at + 30}"` : ''))
  }
  const ends = { ...(await endsOf(apiOf({ paging: { by: 'link', path: 'next' } }))), delivery: randomUUID() }
  await expect(deliver(ends)).rejects.toMatchObject({ code: 'database_unreachable', resumable: true })
  cut = false
  await deliver(ends)
  expect(await arrived(ends.table!)).toEqual(ALL)
})

test('another table than the file describes, and a column whose path has changed, are refused', async () => {
  answering = (_, answer) => answer.end(page(ROWS))
  const ends = await endsOf(apiOf())
  await expect(deliver({ ...ends, source: new HttpSource(url, apiOf({ table: 'people' })) })).rejects.toMatchObject({ code: 'source_missing' })
  const moved = apiOf({ columns: COLUMNS.map((column) => (column.name === 'name' ? { ...column, path: 'info.title' } : column)) })
  await expect(deliver({ ...ends, source: new HttpSource(url, moved) })).rejects.toMatchObject({ code: 'source_changed' })
  expect(await new HttpSource(url, apiOf()).look()).toEqual({ product: 'HTTP API', database: `${new URL(url).host}/v1/companies` })
})
