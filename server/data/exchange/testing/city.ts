/** Two departments with their nodes and people, an entry bound to a table, and the way of a request past all of them; for tests. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Grant, type Manifest, type Receipt, type Signed, type SuiteName } from '@zhenghe/wire/documents.ts'
import { fingerprint, type NodeKeys, rawPublicKey } from '@zhenghe/wire/keys.ts'
import { nodeSigner, type SigningKey, signDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { GRANT, MANIFEST, RECEIPT, sm2Text } from '@zhenghe/wire/signed.ts'
import { generateSm2Key, type Sm2Key } from '@zhenghe/wire/sm2.ts'
import type { z } from 'zod'
import type { Unit } from '../../../assurance/organizations/contract.ts'
import { organizations } from '../../../assurance/organizations/module.ts'
import { CITY, smallCity } from '../../../assurance/organizations/testing.ts'
import type { Id } from '../../../kernel/contract.ts'
import { desk } from '../../../kernel/desk/module.ts'
import type { Module } from '../../../kernel/module.ts'
import type { TestPlatform } from '../../../kernel/testing/testing.ts'
import { contract as identityContract } from '../../../service/identity/contract.ts'
import { identity } from '../../../service/identity/module.ts'
import { standards } from '../../../support/standards/module.ts'
import { type Content, contract as catalogContract, type Item } from '../../catalog/contract.ts'
import { catalog } from '../../catalog/module.ts'
import { addTestClass, catalogOf } from '../../catalog/testing.ts'
import { contract as nodesContract, type Store, type TableInfo } from '../../nodes/contract.ts'
import { nodes } from '../../nodes/module.ts'
import { nodesOf, SOURCE } from '../../nodes/testing.ts'
import { contract } from '../contract.ts'
import type { Progress } from '../delivery.contract.ts'
import { exchange } from '../module.ts'
import type { Wish } from '../request.contract.ts'

export const MODULES = [desk, organizations, identity, standards, nodes, catalog, exchange] as unknown as Module[]
export const NOW = '2026-11-23T02:00:00.000Z'
export const TARGET: Store = { id: 'warehouse', role: 'target', product: 'PostgreSQL 18', database: 'taxation', reachable: true }

const column = (name: string, type: string, canonical: string, key = false, nullable = !key): TableInfo['columns'][number] => ({
  ...{ name, type, canonical, key, nullable, length: null, comment: '' },
})
export const TABLE: TableInfo = {
  ...{ schema: 'registration', table: 'legal_entity', comment: '企业登记信息', rows: 1000, bytes: 1_000_000, shape: 'shape-1' },
  columns: [
    column('uscc', 'character varying(18)', 'text', true),
    column('name', 'character varying(200)', 'text'),
    column('legal_rep_id', 'character varying(18)', 'text'),
    column('established_on', 'date', 'date'),
    column('updated_at', 'timestamp with time zone', 'timestamptz', false, false),
  ],
}
export const item = (name: string, at: string, type: Item['type'], wish: Partial<Item> = {}): Item => ({
  ...{
    name,
    column: at,
    type,
    length: type === 'C' ? 200 : null,
    key: false,
    nullable: true,
    sensitive: false,
    element: null,
    codeTable: null,
    description: '',
  },
  ...wish,
})
export const ITEMS: Item[] = [
  item('统一社会信用代码', 'uscc', 'C', { key: true, nullable: false }),
  item('企业名称', 'name', 'C'),
  item('法定代表人证件号码', 'legal_rep_id', 'C', { sensitive: true }),
  item('成立日期', 'established_on', 'D'),
  item('更新时间', 'updated_at', 'T'),
]
const COLUMNS = Object.fromEntries(ITEMS.map(({ column: at }) => [at, at]))

/** The platform's people and machines of the journey. */
export async function exchangeCity(t: TestPlatform) {
  const city = await smallCity(t)
  await addTestClass(t)
  const [provider, consumer] = [await city.newUnit({ name: '市场监督管理局' }), await city.newUnit({ name: '税务局' })]
  const [source, target] = [await nodeOf(t, provider, SOURCE), await nodeOf(t, consumer, TARGET)]
  const approver = await approverOf(t, city, provider)
  const at = (unit: Unit, rights: readonly string[], person?: Id, name?: string) =>
    t.as({ rights, unit: unit.id, ...(person ? { person } : {}), ...(name ? { name } : {}) })(contract)
  const callers = {
    asker: at(consumer, ['exchange.request', 'exchange.receive'], undefined, '申请人'),
    second: at(consumer, ['exchange.receive', 'exchange.approve_mending'], '00000000-0000-4000-8000-0000000000bb', '复核人'),
    approver: at(provider, ['exchange.answer', 'exchange.quarantine', 'exchange.receive', 'nodes.read_schema'], approver.person, '审批人'),
    bureau: t.as({ holdings: [{ right: 'exchange.supervise', division: CITY }], person: '00000000-0000-4000-8000-0000000000ff', name: '主管' })(contract),
    sender: machineOf(t, source.id, provider),
    receiver: machineOf(t, target.id, consumer),
  }
  const people = catalogOf(t, provider)

  /** An entry on the test's table, published and bound. */
  async function entry(name: string, wish: Partial<Content> = {}): Promise<Id> {
    const { head } = await people.published({ name, items: ITEMS, ...wish })
    await t
      .as({ rights: ['catalog.compile', 'nodes.read_schema'], unit: provider.id })(catalogContract)
      .bind({ id: head.id, node: source.id, store: SOURCE.id, schema: TABLE.schema, table: TABLE.table, columns: COLUMNS })
    return head.id
  }
  await nodesOf(t, provider).reads(source.id, [TABLE])
  return { city, provider, consumer, source, target, key: approver.key, gmKey: approver.gmKey, approverPerson: approver.person, ...callers, people, entry, at }
}
export type ExchangeCity = Awaited<ReturnType<typeof exchangeCity>>

/** A confirmed node of the unit that has told of one store. */
export async function nodeOf(t: TestPlatform, unit: Unit, store: Store): Promise<{ id: Id; keys: NodeKeys }> {
  const node = await nodesOf(t, unit).active(`${unit.name}前置机`)
  await t
    .as({ kind: 'node', person: node.id, rights: ['nodes.node'], unit: unit.id })(nodesContract)
    .beat({ version: '0.1.0', listen: null, clock: t.platform.now().toISOString(), stores: [store], approvers: [] })
  return node
}

export function machineOf(t: TestPlatform, id: Id, unit: Unit) {
  return t.as({ kind: 'node', person: id, rights: ['exchange.node', 'nodes.node'], unit: unit.id })(contract)
}

/** A person of the unit with an account and a signing key of each kind. */
export async function approverOf(
  t: TestPlatform,
  city: Awaited<ReturnType<typeof smallCity>>,
  unit: Unit,
): Promise<{ person: Id; key: KeyObject; gmKey: Sm2Key }> {
  const { id: person } = await city.newPerson(unit)
  const { password } = await t
    .as({ rights: ['identity.administer'], person: '00000000-0000-4000-8000-00000000aaaa' })(identityContract)
    .openAccount({ person, name: `p${person.replaceAll('-', '').slice(-20)}` })
  await t.as({ person })(identityContract).changePassword({ old: password, new: 'Harbour-7 lanterns at night' })
  const { privateKey: key } = generateKeyPairSync('ed25519')
  const gmKey = generateSm2Key()
  const sealed = { salt: 'salt', iv: 'iv', iterations: 600_000, ciphertext: 'sealed under a PIN' }
  for (const publicKey of [rawPublicKey(key), sm2Text(gmKey.public)])
    await t
      .as({ person })(identityContract)
      .keepSigningKey({ publicKey, fingerprint: fingerprint(publicKey), sealed })
  return { person, key, gmKey }
}

export function wishFor(entry: Id, node: Id, wish: Partial<z.input<typeof Wish>> = {}): z.input<typeof Wish> {
  return {
    ...{ entry, node, fields: ['uscc', 'name', 'legal_rep_id', 'updated_at'], basis: '《中华人民共和国税收征收管理法》第六条', purposeKind: 'supervision' },
    ...{ purpose: '核对纳税人登记信息', termUntil: '2027-11-22', mode: 'snapshot', schedule: { kind: 'once' }, contact: '王某', phone: '13900001234' },
    ...wish,
  }
}

export const TERMS = {
  fields: [
    { name: 'uscc', rules: [{ kind: 'uscc' as const }] },
    { name: 'name' },
    { name: 'legal_rep_id', mask: { kind: 'middle' as const, head: 6, tail: 4 } },
    { name: 'updated_at' },
  ],
  notAfter: '2027-11-22',
}

export const signGrant = (text: string, key: SigningKey): Signed => signDocument(GRANT, JSON.parse(text), key)

/** A request that was granted. */
export async function granted(city: ExchangeCity, entry: Id, wish: Partial<z.input<typeof Wish>> = {}) {
  const request = await city.asker.request(wishFor(entry, city.target.id, wish))
  const { text, grant } = await city.approver.prepareGrant({ id: request.id, terms: { ...TERMS, notAfter: wish.termUntil ?? TERMS.notAfter } })
  await city.approver.grant({ id: request.id, signed: signGrant(text, city.key) })
  return { request: request.id, grant, document: Grant.parse(JSON.parse(text)) }
}

let tables = 0
/** A subscription of a granted entry, with its first delivery under way. */
export async function subscribed(city: ExchangeCity, entry: Id, wish: Partial<z.input<typeof Wish>> = {}) {
  const made = await granted(city, entry, wish)
  const { subscription, delivery } = await city.asker.subscribe({ grant: made.grant, store: TARGET.id, schema: 'shared', table: `entity_${++tables}` })
  return { ...made, subscription: subscription.id, delivery }
}

const SUMS = { read: 100, filtered: 10, rejected: 2, sent: 88, bytes: 9000, ranges: 4 }
type Wanted = { manifest?: Partial<Manifest>; receipt?: Partial<Receipt>; suite?: SuiteName }

/** What both nodes sign for a delivery of a hundred rows. */
export function evidenceFor(city: ExchangeCity, delivery: Id, grant: Pick<Grant, 'id' | 'version'>, wish: Wanted = {}) {
  const { suite = 'international' } = wish
  const common = {
    v: 1,
    delivery,
    grant: { id: grant.id, version: grant.version },
    mode: 'snapshot',
    digest: 'ab'.repeat(32),
    startedAt: NOW,
    endedAt: NOW,
  } as const
  const manifest = signDocument(
    MANIFEST,
    { ...common, ...SUMS, masked: { legal_rep_id: 88 }, reasons: { 'uscc:uscc': 2 }, source: { system: '7', position: '0/1' }, ...wish.manifest },
    nodeSigner(city.source.keys, suite),
  )
  const told = { received: 88, loaded: 88, ranges: 4, bytes: 9000, target: { schema: 'shared', table: 't', rows: 88 }, manifest: signedDigest(manifest, suite) }
  return { manifest, receipt: signDocument(RECEIPT, { ...common, ...told, ...wish.receipt }, nodeSigner(city.target.keys, suite)) }
}

/** Both nodes hand in what they signed. */
export async function handIn(city: ExchangeCity, delivery: Id, grant: Pick<Grant, 'id' | 'version'>, wish: Wanted = {}): Promise<void> {
  const { manifest, receipt } = evidenceFor(city, delivery, grant, wish)
  await city.sender.manifest({ id: delivery, signed: manifest })
  await city.receiver.receipt({ id: delivery, signed: receipt })
}

export const PROGRESS: Progress = {
  ...{ phase: 'moving', rangesDone: 1, ranges: 4, rowsPlanned: 100, rowsRead: 25, rowsSent: 22, rowsRejected: 1 },
  ...{ rowsLoaded: 20, bytes: 2250, rowsPerSecond: 1000 },
}
