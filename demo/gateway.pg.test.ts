/** A generated interface from the entry to the verdict: a real node dials in, and is lost in the middle of a call. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { checkConfig } from '@zhenghe/exchange-node/config.ts'
import { openLog } from '@zhenghe/exchange-node/log.ts'
import { type RunningNode, startNode } from '@zhenghe/exchange-node/node.ts'
import { connect } from '@zhenghe/exchange-node/pg/connect.ts'
import { testDatabase } from '@zhenghe/exchange-node/testing/databases.ts'
import { urlOf } from '@zhenghe/exchange-node/testing/nodes.ts'
import { until } from '@zhenghe/exchange-node/testing/wait.ts'
import { API_GRANT, VERDICT, Verdict } from '@zhenghe/wire/api-grant.ts'
import type { Signed } from '@zhenghe/wire/documents.ts'
import { rawPublicKey } from '@zhenghe/wire/keys.ts'
import { openDocument, signDocument } from '@zhenghe/wire/sign.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallCity } from '../server/assurance/organizations/testing.ts'
import { contract as catalog } from '../server/data/catalog/contract.ts'
import { addTestClass, catalogOf } from '../server/data/catalog/testing.ts'
import { approverOf, item } from '../server/data/exchange/testing/city.ts'
import type { Definition } from '../server/data/gateway/definition.contract.ts'
import { type CallerKey, callGateway } from '../server/data/gateway/testing/caller.ts'
import { gatewayOffice, MODULES, served, WISH } from '../server/data/gateway/testing/office.ts'
import { contract as nodes } from '../server/data/nodes/contract.ts'
import { testPlatform } from '../server/kernel/testing/testing.ts'

const source = testDatabase()
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-gateway-'))
const t = await testPlatform(MODULES, { now: new Date().toISOString() })
const clock = setInterval(() => t.setNow(new Date().toISOString()), 50)
const { address, close } = await served(t)
const city = await smallCity(t)
let node: RunningNode
let start: () => Promise<RunningNode>
let base: string
let key: CallerKey
let office: Awaited<ReturnType<typeof gatewayOffice>>
let access: string
let sign: string

beforeAll(async () => {
  await source.query(`create table public.entity (uscc text primary key, name text not null, legal_rep_id text);
    insert into public.entity values ('91379900MA3C1A2B3X', '云泽建材有限公司', '379900199001011234')`)
  await addTestClass(t)
  const [provider, consumer] = [await city.newUnit({ name: '市场监督管理局' }), await city.newUnit({ name: '税务局' })]
  const approver = await approverOf(t, city, provider)
  const operator = t.as({ rights: ['nodes.operate', 'nodes.read_schema'], unit: provider.id })(nodes)
  const { node: made, token } = await operator.enrol({ unit: provider.id, name: '市场监管局前置机' })
  const store = { id: 'register', role: 'source' as const, url: urlOf(source.address) }
  const config = checkConfig({ platform: address, home: folder, token, stores: [store], approvers: [rawPublicKey(approver.key)] }, folder, {})
  start = () => startNode(config, openLog('silent'))
  node = await start()
  const joined = await until(async () => {
    const seen = await operator.node({ id: made.id })
    return seen.state === 'awaiting_confirmation' && seen
  })
  await operator.confirm({ id: made.id, fingerprint: joined.fingerprint! })
  sign = (await operator.node({ id: made.id })).identity!.sign
  await until(async () => (await operator.node({ id: made.id })).stores[0]?.reachable)
  await operator.readSchema({ id: made.id, store: 'register' })
  await until(async () => (await operator.schema({ id: made.id, store: 'register' })).readAt)
  const items = [
    item('统一社会信用代码', 'uscc', 'C', { key: true, nullable: false }),
    item('企业名称', 'name', 'C'),
    item('法定代表人证件号码', 'legal_rep_id', 'C', { sensitive: true }),
  ]
  const { head } = await catalogOf(t, provider).published({ items })
  const columns = Object.fromEntries(items.map(({ column }) => [column, column]))
  await t
    .as({ rights: ['catalog.compile', 'nodes.read_schema'], unit: provider.id })(catalog)
    .bind({ id: head.id, node: made.id, store: 'register', schema: 'public', table: 'entity', columns })
  office = await gatewayOffice(t, { provider, consumer, approverPerson: approver.person })
  const definition: Definition = {
    ...{ kind: 'generated', entry: head.id, fields: ['uscc', 'name', 'legal_rep_id'], documentation: '', ratePerSecond: 1000 },
    operations: [
      { name: 'verify', title: '名称核验', description: '', timeoutMs: 5000, cacheSeconds: 0, question: { kind: 'verify', name: 'verify', compare: ['name'] } },
      {
        name: 'get',
        title: '查询',
        description: '',
        timeoutMs: 5000,
        cacheSeconds: 0,
        question: { kind: 'byKey', name: 'get', fields: ['name', 'legal_rep_id'] },
      },
    ],
  }
  const api = await office.publisher.register({ code: 'entity-name', name: '企业名称核验', definition })
  await office.publisher.publish({ id: api.id })
  const asked = await office.asker.apply({ id: api.id, n: 1, wish: WISH })
  const terms = await office.publisher.proposeTerms({ id: asked.id })
  const { text } = await office.publisher.prepareAccess({ id: asked.id, terms })
  await office.publisher.grantAccess({ id: asked.id, signed: signDocument(API_GRANT, JSON.parse(text), approver.key) })
  access = asked.id
  base = '/gateway/entity-name/v1'
  key = await office.key()
  await until(() => office.local.tunnels.connected(made.id))
}, 60_000)

afterAll(async () => {
  clearInterval(clock)
  await node.stop()
  await close()
})

/** The table is locked until the answer is called, so that a call of the node waits in the middle. */
async function holdTable(): Promise<() => Promise<void>> {
  const client = await connect(source.address, 'lock')
  await client.query('begin; lock table public.entity in access exclusive mode')
  return () => client.end()
}

const verify = (name: string) => callGateway(address, key, `${base}/verify`, { method: 'POST', body: JSON.stringify({ uscc: '91379900MA3C1A2B3X', name }) })

test('a verification is answered yes or no, signed by the provider’s node, past the platform', async () => {
  const yes = await verify('云泽建材有限公司')
  expect([yes.status, yes.json()['answer']]).toEqual([200, 'yes'])
  expect(openDocument(VERDICT, yes.json()['proof'] as Signed, sign, Verdict)).toMatchObject({ answer: 'yes', grant: { id: access } })
  expect((await verify('别的公司')).json()['answer']).toBe('no')
})

test('a sensitive field is masked at the node unless the grant says otherwise', async () => {
  const { text } = await callGateway(address, key, `${base}/get?uscc=91379900MA3C1A2B3X`)
  expect(JSON.parse(text)).toEqual({ name: '云泽建材有限公司', legal_rep_id: '379900********1234' })
  expect(text).not.toContain('19900101')
})

test('what the node refuses reaches the caller in plain words', async () => {
  expect((await callGateway(address, key, `${base}/get?uscc=1`)).status).toBe(404)
  expect((await callGateway(address, key, `${base}/get?name=1`)).json()).toMatchObject({ code: 'gateway.call.bad_request' })
})

test('a tunnel lost in the middle of a call: 503 at once, and the next call passes when the node is back', async () => {
  const letGo = await holdTable()
  const calling = verify('云泽建材有限公司')
  await until(
    async () => (await source.query(`select from pg_stat_activity where application_name = 'zhenghe gateway' and wait_event_type = 'Lock'`)).length > 0,
  )
  await node.stop()
  const lost = await calling
  expect([lost.status, lost.json()['code']]).toEqual([503, 'gateway.call.node_away'])
  expect((await verify('x')).json()['code']).toBe('gateway.call.node_away')
  await letGo()
  node = await start()
  await until(async () => (await verify('云泽建材有限公司')).status === 200)
})

test('a grant revoked while the node works at it: the call ends with 403, and the node is not asked again', async () => {
  const letGo = await holdTable()
  const calling = verify('云泽建材有限公司')
  await until(
    async () => (await source.query(`select from pg_stat_activity where application_name = 'zhenghe gateway' and wait_event_type = 'Lock'`)).length > 0,
  )
  await office.publisher.revokeAccess({ id: access, reason: '履职需要已经变化' })
  expect((await calling).json()['code']).toBe('gateway.call.revoked')
  expect((await verify('云泽建材有限公司')).json()['code']).toBe('gateway.call.no_grant')
  await letGo()
})
