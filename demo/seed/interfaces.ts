/** Two interfaces of the city: market supervision verifies names by its node, taxation offers its query system. Granted both ways, and called. */
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { contract as catalog } from '@zhenghe/server/data/catalog/contract.ts'
import { signingText } from '@zhenghe/server/data/gateway/call.rules.ts'
import { contract as gateway } from '@zhenghe/server/data/gateway/contract.ts'
import type { Caller } from '@zhenghe/server/kernel/module.ts'
import type { RunningPlatform } from '@zhenghe/server/kernel/platform.ts'
import { systemNow } from '@zhenghe/server/kernel/time.ts'
import { contract as identity } from '@zhenghe/server/service/identity/contract.ts'
import { API_GRANT } from '@zhenghe/wire/api-grant.ts'
import { signInBrowser, unlockApproverKey } from '@zhenghe/wire/browser-sign.ts'
import { journey } from '../city/people.ts'
import { legalEntityAt, soundUsccAt } from '../city/registers/legal-entities.ts'
import type { Account } from './accounts.ts'
import { asClerk, asPlatform } from './actors.ts'
import type { City } from './organizations.ts'

const TERM_UNTIL = '2027-12-31'
const ENTRY = '企业登记信息'
const CALLS = 24
const PATIENCE_MS = 15_000

type Setting = { platform: RunningPlatform; city: City; accounts: readonly Account[]; address: string; taxSystem: string }
type Key = { id: string; secret: string }

/** Answers the key of the tax bureau's system, for whoever tries the interfaces out; null where a start that was killed has begun them. */
export async function seedInterfaces(setting: Setting): Promise<Key | null> {
  const { platform, city } = setting
  const [market, tax] = [unitOf(city, 'market_supervision'), unitOf(city, 'taxation')]
  const begun = await platform.run(gateway.apis, asClerk('编目员', market, ['gateway.publish']), { of: 'mine' })
  if (begun.total > 0) return null
  const verification = await verificationApi(setting, market)
  const credit = await creditApi(setting, tax)
  const verifying = await granted(setting, verification, tax, {
    basis: '《中华人民共和国税收征收管理法》第十五条',
    purpose: '办理税务登记时核对企业名称与统一社会信用代码',
  })
  await sign(setting, verifying, market)
  const asking = await granted(setting, credit, market, { basis: '《企业信息公示暂行条例》第十八条', purpose: '双随机抽查时参考企业的纳税信用等级' })
  const liaison = asClerk('联络员', tax, ['gateway.answer'])
  const terms = await platform.run(gateway.proposeTerms, liaison, { id: asking })
  await platform.run(gateway.grantAccess, liaison, { id: asking, terms: { ...terms, paths: ['taxpayer_id', 'name', 'credit_grade', 'year'] } })
  const taxKey = await keyOf(setting, tax, '征管系统')
  const marketKey = await keyOf(setting, market, '双随机监管平台')
  await callBoth(setting.address, taxKey, marketKey)
  return taxKey
}

/** By the key and the name: yes or no; and the state of a registration by its code. */
async function verificationApi({ platform: { run } }: Setting, unit: string): Promise<string> {
  const clerk = asClerk('编目员', unit, ['gateway.publish', 'catalog.compile'])
  const { items } = await run(catalog.entries, clerk, { provider: unit, text: ENTRY, limit: 50 })
  const entry = items.find(({ name, bound }) => name === ENTRY && bound)
  if (!entry) throw new Error(`the entry «${ENTRY}» is not bound`)
  const requestExample = { uscc: soundUsccAt(0), name: legalEntityAt(0).name }
  const example = { answer: 'yes', at: '2026-01-05T01:20:00.000Z', proof: { text: '…', key: '…', signature: '…' } }
  const api = await run(gateway.register, clerk, {
    ...{ code: 'enterprise-name', name: '企业名称核验' },
    definition: {
      ...{ kind: 'generated', entry: entry.id, fields: ['uscc', 'name', 'status'], ratePerSecond: 100 },
      documentation:
        '核对企业名称与统一社会信用代码是否一致，只答“是”或“否”，结果由市场监管局前置机签名，可留存备查。\n数据为登记系统当前状态，名称须与营业执照完全一致。',
      operations: [
        { name: 'verify', title: '名称与代码核验', question: { kind: 'verify', name: 'verify', compare: ['name'] }, example, requestExample },
        {
          ...{ name: 'get', title: '按代码查登记状态', question: { kind: 'byKey', name: 'get', fields: ['uscc', 'name', 'status'] } },
          ...{ example: { ...requestExample, status: '1' }, requestExample: { uscc: requestExample.uscc } },
        },
      ],
    },
  })
  await run(gateway.publish, clerk, { id: api.id })
  return api.id
}

async function creditApi({ platform: { run }, taxSystem }: Setting, unit: string): Promise<string> {
  const clerk = asClerk('编目员', unit, ['gateway.publish'])
  const upstream = await run(gateway.allowUpstream, asPlatform(), { name: '纳税信用查询系统', baseUrl: taxSystem, unit, note: '税务局内网系统，只读查询' })
  const id = soundUsccAt(0)
  const api = await run(gateway.register, clerk, {
    ...{ code: 'tax-credit', name: '纳税信用等级查询' },
    definition: {
      ...{
        kind: 'registered',
        upstream: upstream.id,
        ratePerSecond: 50,
        documentation: '按纳税人识别号查询最近一个年度的纳税信用等级（A、B、M、C、D）。每年 4 月更新。',
      },
      operations: [
        {
          ...{ name: 'credit', title: '查询信用等级', method: 'GET', path: '/{taxpayer_id}/credit', cacheSeconds: 300, timeoutMs: 3000 },
          parameters: [{ name: 'taxpayer_id', in: 'path', title: '纳税人识别号', example: id }],
          example: { taxpayer_id: id, name: legalEntityAt(0).name, credit_grade: 'B', year: 2025 },
        },
      ],
    },
  })
  await run(gateway.publish, clerk, { id: api.id })
  return api.id
}

async function granted({ platform: { run } }: Setting, api: string, unit: string, why: { basis: string; purpose: string }): Promise<string> {
  const asker = asClerk('编目员', unit, ['gateway.apply'])
  const wish = { ...why, purposeKind: 'supervision', quotaPerDay: 20_000, termUntil: TERM_UNTIL, contact: '信息中心' }
  return (await run(gateway.apply, asker, { id: api, n: 1, wish })).id
}

/** Market supervision's liaison signs with the key that its node trusts. */
async function sign({ platform: { run }, city, accounts }: Setting, access: string, unit: string): Promise<void> {
  const person = city.people.get(journey.providerLiaison) ?? ''
  const account = accounts.find((one) => one.account === journey.providerLiaison)
  const holdings = ['gateway.answer', 'nodes.read_schema'].map((right) => ({ right, unit }))
  const caller: Caller = { actor: { kind: 'staff', id: person, name: account?.name ?? '', unit, holdings }, now: systemNow() }
  const { key } = await run(identity.signingKey, caller, {})
  if (!key) throw new Error('the liaison has no signing key')
  const { salt, iv, iterations, ciphertext } = key.sealed
  const approver = await unlockApproverKey({ v: 1, public: key.publicKey, kdf: 'PBKDF2-SHA-256', iterations, salt, iv, sealed: ciphertext }, account?.pin ?? '')
  const terms = await run(gateway.proposeTerms, caller, { id: access })
  const { text } = await run(gateway.prepareAccess, caller, { id: access, terms })
  await run(gateway.grantAccess, caller, { id: access, signed: await signInBrowser(API_GRANT, JSON.parse(text), approver) })
}

async function keyOf({ platform: { run } }: Setting, unit: string, name: string): Promise<Key> {
  const { key, secret } = await run(gateway.makeKey, asClerk('前置机管理员', unit, ['gateway.keys']), { name })
  return { id: key.id, secret }
}

/** A little use, so that the statistics have something to tell. */
async function callBoth(address: string, tax: Key, market: Key): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  const first = () => call(address, tax, 'POST', '/gateway/enterprise-name/v1/verify', { uscc: soundUsccAt(0), name: legalEntityAt(0).name })
  while ((await first()) !== 200 && performance.now() < until) await pause(250) // until the node's tunnel stands
  for (let n = 1; n < CALLS; n++) {
    const name = n % 5 === 0 ? '并无此企业' : legalEntityAt(n).name
    await call(address, tax, 'POST', '/gateway/enterprise-name/v1/verify', { uscc: soundUsccAt(n), name })
    await call(address, market, 'GET', `/gateway/tax-credit/v1/${soundUsccAt(n)}/credit`)
  }
}

async function call(address: string, { id, secret }: Key, method: string, target: string, input?: object): Promise<number> {
  const body = input ? JSON.stringify(input) : ''
  const [time, nonce] = [String(systemNow().getTime()), randomUUID()]
  const bodyDigest = createHash('sha256').update(body).digest('hex')
  const signature = createHmac('sha256', secret)
    .update(signingText({ method, target, key: id, time, nonce, bodyDigest }))
    .digest('base64url')
  const headers = {
    'zhenghe-key': id,
    'zhenghe-time': time,
    'zhenghe-nonce': nonce,
    'zhenghe-signature': signature,
    ...(body ? { 'content-type': 'application/json' } : {}),
  }
  return (await fetch(address + target, { method, headers, ...(body ? { body } : {}) })).status
}

function unitOf(city: City, key: string): string {
  const unit = city.units.get(key)
  if (!unit) throw new Error(`no unit «${key}»`)
  return unit
}
