import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { API_GRANT, type ApiGrant, type ApiOperation, VERDICT, Verdict } from '@zhenghe/wire/api-grant.ts'
import type { Signed } from '@zhenghe/wire/documents.ts'
import { openDocument, signDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { GRANT } from '@zhenghe/wire/signed.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkConfig } from '../config.ts'
import { testDatabase } from '../testing/databases.ts'
import { approver, draftGrant, field, provider, signApiGrant } from '../testing/delivery.ts'
import { urlOf } from '../testing/nodes.ts'
import { GatewayDesk } from './desk.ts'

const source = testDatabase()
const FIELDS = [
  field('uscc', 'text', { key: true }),
  field('name', 'text'),
  field('legal_rep_id', 'text', { mask: { kind: 'middle', head: 6, tail: 4 } }),
  field('capital', 'numeric'),
  field('staff', 'int8'),
  field('established_on', 'date'),
  field('active', 'bool'),
  field('extra', 'jsonb'),
]
const SHOWN = FIELDS.map(({ name }) => name)
const OPERATIONS: ApiOperation[] = [
  { kind: 'byKey', name: 'get', fields: SHOWN },
  { kind: 'find', name: 'find', fields: ['name', 'established_on'], by: ['name', 'uscc', 'established_on'], most: 2 },
  { kind: 'batch', name: 'batch', fields: ['name'], most: 3 },
  { kind: 'verify', name: 'verify', compare: ['name', 'legal_rep_id'] },
]
let desk: GatewayDesk
let draft: ApiGrant

beforeAll(async () => {
  await source.query(`
    create table public.company (uscc varchar(18) primary key, name varchar(60) not null, legal_rep_id text, capital numeric(18,2), staff bigint,
      established_on date, active boolean, extra jsonb, secret text default 'never');
    create index on public.company (name);
    insert into public.company values
      ('91379900MA3C1A2B3X', '云泽“建材”公司', '379900199001011234', 1234567890123.45, 9007199254740993, '2020-02-29', true, '{"a": [1, null]}'),
      ('91379900MA3C1A2B4Y', '同名公司', null, null, null, null, null, null), ('91379900MA3C1A2B5Z', '同名公司', 'x', 'NaN', 1, '1999-12-31', false, '[]'),
      ('91379900MA3C1A2B6A', '同名公司', 'y', 0, 2, '2001-01-01', false, '1')`)
  const store = { id: 'register', role: 'source' as const, url: urlOf(source.address) }
  const config = checkConfig({ platform: 'http://127.0.0.1:1', stores: [store], approvers: [approver] }, '/tmp', {})
  desk = new GatewayDesk(config, provider)
  const { limits: _, cursor: __, consumer, ...grant } = await draftGrant(source.address, { table: 'company', fields: FIELDS })
  draft = {
    ...grant,
    api: { code: 'company', version: 1 },
    consumer: { unit: consumer.unit, name: consumer.name },
    operations: OPERATIONS,
    statementSeconds: 5,
  }
})
afterAll(() => desk.close())

const kept = (more: Partial<ApiGrant> = {}): Signed => {
  const signed = signApiGrant({ ...draft, id: randomUUID(), ...more })
  desk.keep(signed)
  return signed
}
const ask = async (signed: Signed, operation: string, input: Record<string, unknown>, deadlineMs = 5000): Promise<Record<string, unknown>> =>
  JSON.parse(await desk.answer({ grant: signedDigest(signed), operation, input, deadlineMs }, new AbortController().signal)) as Record<string, unknown>

test('by key: exact JSON of every type, masked where the grant masks; the whole key and nothing else is taken', async () => {
  const grant = kept()
  expect(await ask(grant, 'get', { uscc: '91379900MA3C1A2B3X' })).toEqual({
    ...{ uscc: '91379900MA3C1A2B3X', name: '云泽“建材”公司', legal_rep_id: '379900********1234', capital: '1234567890123.45', staff: '9007199254740993' },
    ...{ established_on: '2020-02-29', active: true, extra: { a: [1, null] } },
  })
  expect(await ask(grant, 'get', { uscc: '91379900MA3C1A2B4Y' })).toMatchObject({ legal_rep_id: null, capital: null, active: null })
  await expect(ask(grant, 'get', { uscc: 'absent' })).rejects.toMatchObject({ code: 'no_row' })
  await expect(ask(grant, 'get', {})).rejects.toMatchObject({ code: 'bad_question' })
  await expect(ask(grant, 'get', { uscc: 'x', name: 'y' })).rejects.toMatchObject({ code: 'bad_question' })
  await expect(ask(grant, 'get', { uscc: { $ne: null } })).rejects.toMatchObject({ code: 'bad_question' })
})

test('find: only by an index, page after page by key, whatever the values hold', async () => {
  const grant = kept()
  const filter = { op: 'eq', field: 'name', value: '同名公司' }
  const first = await ask(grant, 'find', { filter })
  expect(first).toMatchObject({ items: [{ name: '同名公司', established_on: null }, { established_on: '1999-12-31' }], next: ['91379900MA3C1A2B5Z'] })
  expect(await ask(grant, 'find', { filter, after: first['next'] })).toEqual({ items: [{ name: '同名公司', established_on: '2001-01-01' }], next: null })
  expect(await ask(grant, 'find', { filter: { op: 'eq', field: 'name', value: `'; drop table company; --` } })).toEqual({ items: [], next: null })
  await expect(ask(grant, 'find', { filter: { op: 'ge', field: 'established_on', value: '2000-01-01' } })).rejects.toMatchObject({ code: 'bad_question' })
  await expect(ask(grant, 'find', { filter: { op: 'not', of: filter } })).rejects.toMatchObject({ code: 'bad_question' })
  await expect(ask(grant, 'find', { filter: { op: 'eq', field: 'legal_rep_id', value: 'x' } })).rejects.toMatchObject({ code: 'bad_filter' })
  await expect(ask(grant, 'find', { filter: { op: 'sql', text: 'true' } })).rejects.toMatchObject({ code: 'bad_question' })
})

test('batch: many keys at once, at most as many as granted', async () => {
  const grant = kept()
  const keys = ['91379900MA3C1A2B3X', 'none', 'with "quotes", {braces} and \\'].map((uscc) => ({ uscc }))
  expect(await ask(grant, 'batch', { keys })).toEqual({ items: [{ name: '云泽“建材”公司' }] })
  await expect(ask(grant, 'batch', { keys: [...keys, { uscc: '4' }] })).rejects.toMatchObject({ code: 'bad_question' })
})

test('verify: yes or no signed by the node, about masked fields too, and never a row', async () => {
  const grant = kept()
  const question = { uscc: '91379900MA3C1A2B3X', name: '云泽“建材”公司', legal_rep_id: '379900199001011234' }
  const yes = await ask(grant, 'verify', question)
  expect(Object.keys(yes).sort()).toEqual(['answer', 'at', 'proof'])
  const verdict = openDocument(VERDICT, yes['proof'] as Signed, provider.identity.sign, Verdict)
  expect(verdict).toMatchObject({ answer: 'yes', api: { code: 'company', version: 1 }, operation: 'verify' })
  expect((await ask(grant, 'verify', { ...question, name: '别的公司' }))['answer']).toBe('no')
  expect((await ask(grant, 'verify', { ...question, uscc: 'absent' }))['answer']).toBe('no')
  expect(JSON.stringify(yes)).not.toContain('云泽')
})

test('a compromised platform cannot widen: what was not signed, not granted or is over is refused by the node', async () => {
  const stranger = generateKeyPairSync('ed25519').privateKey
  expect(() => desk.keep(signDocument(API_GRANT, draft, stranger))).toThrow(expect.objectContaining({ code: 'unknown_approver' }))
  const narrow = signApiGrant({ ...draft, id: randomUUID(), operations: [OPERATIONS[3]!] })
  const widened = { ...narrow, text: narrow.text.replace('"kind":"verify"', '"kind":"byKey"') }
  expect(() => desk.keep(widened)).toThrow(expect.objectContaining({ code: 'bad_signature' }))
  desk.keep(narrow)
  await expect(ask(narrow, 'get', { uscc: '91379900MA3C1A2B3X' })).rejects.toMatchObject({ code: 'bad_operation' })
  await expect(ask(widened, 'get', { uscc: '91379900MA3C1A2B3X' })).rejects.toMatchObject({ code: 'unknown_approver' })
  await expect(ask(kept({ notAfter: new Date(Date.now() - 1000).toISOString() }), 'get', { uscc: 'x' })).rejects.toMatchObject({ code: 'expired' })
  const elsewhere = { ...draft.provider, node: { ...draft.provider.node, id: randomUUID() } }
  expect(() => kept({ provider: elsewhere })).toThrow(expect.objectContaining({ code: 'not_for_node' }))
})

test('a grant of a whole table is no leave to ask, whoever shows it', async () => {
  const bulk = await draftGrant(source.address, { table: 'company', fields: FIELDS })
  const { signGrant } = await import('../testing/delivery.ts')
  expect(() => desk.keep(signGrant(bulk))).toThrow(expect.objectContaining({ code: 'bad_signature' }))
  expect(GRANT).not.toBe(API_GRANT)
})

test('rows outside the grant’s filter are not there, by any operation', async () => {
  const grant = kept({ filter: { op: 'eq', field: 'active', value: true } })
  await expect(ask(grant, 'get', { uscc: '91379900MA3C1A2B5Z' })).rejects.toMatchObject({ code: 'no_row' })
  expect((await ask(grant, 'verify', { uscc: '91379900MA3C1A2B5Z', name: '同名公司', legal_rep_id: 'x' }))['answer']).toBe('no')
  expect(await ask(grant, 'find', { filter: { op: 'eq', field: 'name', value: '同名公司' } })).toEqual({ items: [], next: null })
})

test('questions run under the grant’s own role, read only', async () => {
  const grant = kept()
  await ask(grant, 'get', { uscc: '91379900MA3C1A2B3X' })
  const role = `zhenghe_grant_${(JSON.parse(grant.text) as ApiGrant).id.replaceAll('-', '')}_v1`
  const [can] = await source.query<{ column: boolean; secret: boolean; write: boolean }>(
    `select has_column_privilege($1, 'public.company', 'name', 'select') as column, has_column_privilege($1, 'public.company', 'secret', 'select') as secret,
            has_table_privilege($1, 'public.company', 'update') as write`,
    [role],
  )
  expect(can).toEqual({ column: true, secret: false, write: false })
})

test('a slow statement is ended; a hundred questions at once share a few connections; a table that changed is refused', async () => {
  const grant = kept()
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask(grant, 'get', { uscc: '91379900MA3C1A2B3X' })))
  expect(answers).toHaveLength(100)
  const [{ n } = { n: 0 }] = await source.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where application_name = 'zhenghe gateway' and datname = current_database()`,
  )
  expect(n).toBeLessThanOrEqual(8)
  await source.query(`create function public.slow() returns boolean language sql as 'select pg_sleep(3) is not null'; alter table public.company rename to company_base;
    create view public.company as select * from public.company_base where public.slow()`)
  const slow = kept({ statementSeconds: 1 })
  await expect(ask(slow, 'get', { uscc: '91379900MA3C1A2B3X' })).rejects.toThrow()
})
