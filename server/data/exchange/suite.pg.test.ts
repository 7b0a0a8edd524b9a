/** A link by 国密: chosen by the provider, part of what is signed, shown with the deliveries, refused in words where keys are missing. */
import { Grant } from '@zhenghe/wire/documents.ts'
import { checkGrant } from '@zhenghe/wire/grant.ts'
import { generateNodeKeys, rawPublicKey } from '@zhenghe/wire/keys.ts'
import { sm2Text } from '@zhenghe/wire/signed.ts'
import { expect, test } from 'vitest'
import { testPlatform } from '../../kernel/testing/testing.ts'
import { contract as identityContract } from '../../service/identity/contract.ts'
import { contract as nodesContract } from '../nodes/contract.ts'
import { nodesOf, publicHalves } from '../nodes/testing.ts'
import { evidenceFor, exchangeCity, handIn, MODULES, signGrant, TARGET, TERMS, wishFor } from './testing/city.ts'

const t = await testPlatform(MODULES, { now: '2026-11-23T02:00:00.000Z' })
const city = await exchangeCity(t)
const GM = { ...TERMS, suite: 'gm' as const }
let entries = 0
const asked = async (node = city.target.id) => (await city.asker.request(wishFor(await city.entry(`国密目录${++entries}`), node))).id

test('the provider chooses the suite in the terms: the text names it, with both nodes’ SM2 keys, and the nodes accept what the SM2 key signed', async () => {
  const request = await asked()
  const { text, grant } = await city.approver.prepareGrant({ id: request, terms: GM })
  const document = Grant.parse(JSON.parse(text))
  expect(document).toMatchObject({
    suite: 'gm',
    provider: { node: { gm: city.source.keys.identity.gm } },
    consumer: { node: { gm: city.target.keys.identity.gm } },
  })
  const signed = signGrant(text, city.gmKey)
  const approvers = [rawPublicKey(city.key), sm2Text(city.gmKey.public)]
  for (const { keys } of [city.source, city.target])
    expect(checkGrant(signed, { approvers, now: t.platform.now().getTime(), node: keys.identity })).toEqual(document)
  await city.approver.grant({ id: request, signed })
  expect(await city.asker.grantById({ id: grant })).toMatchObject({ suite: 'gm', key: signed.key, signature: signed.signature })
  const { delivery } = await city.asker.subscribe({ grant, store: TARGET.id, schema: 'shared', table: 'by_gm' })
  await handIn(city, delivery, document, { suite: 'gm' })
  expect(await city.asker.deliveryById({ id: delivery })).toMatchObject({ state: 'done', suite: 'gm', balance: { agrees: true } })
})

test('without a choice a grant is international, and its text is what it always was', async () => {
  const request = await asked()
  const { text, grant } = await city.approver.prepareGrant({ id: request, terms: TERMS })
  expect(text).not.toMatch(/"(suite|gm)"/)
  await city.approver.grant({ id: request, signed: signGrant(text, city.key) })
  expect(await city.asker.grantById({ id: grant })).toMatchObject({ suite: 'international' })
})

test('a grant is signed with the key of its suite and no other', async () => {
  const request = await asked()
  const international = await city.approver.prepareGrant({ id: request, terms: TERMS })
  await expect(city.approver.grant({ id: request, signed: signGrant(international.text, city.gmKey) })).rejects.toMatchObject({
    code: 'exchange.bad_signature',
  })
  const gm = await city.approver.prepareGrant({ id: request, terms: GM })
  await expect(city.approver.grant({ id: request, signed: signGrant(gm.text, city.key) })).rejects.toMatchObject({ code: 'exchange.bad_signature' })
  await city.approver.grant({ id: request, signed: signGrant(gm.text, city.gmKey) })
})

test('evidence of a link by 国密 is taken under the nodes’ SM2 keys alone', async () => {
  const request = await asked()
  const { text, grant } = await city.approver.prepareGrant({ id: request, terms: GM })
  await city.approver.grant({ id: request, signed: signGrant(text, city.gmKey) })
  const { delivery } = await city.asker.subscribe({ grant, store: TARGET.id, schema: 'shared', table: 'evidence_gm' })
  const document = Grant.parse(JSON.parse(text))
  const wrong = evidenceFor(city, delivery, document)
  await expect(city.sender.manifest({ id: delivery, signed: wrong.manifest })).rejects.toMatchObject({ code: 'exchange.bad_signature' })
  await handIn(city, delivery, document, { suite: 'gm' })
})

test('a node without SM2 keys is named, and what to do about it; once it has shown them, the same terms pass', async () => {
  const nodes = nodesOf(t, city.consumer)
  const { node, token } = await nodes.operator.enrol({ unit: city.consumer.id, name: '旧版前置机' })
  const { gm, ...old } = publicHalves(generateNodeKeys('old', node.id))
  await nodes.anyone.join({ token, ...old, version: '0.1.0' })
  await nodes.operator.confirm({ id: node.id, fingerprint: (await nodes.operator.node({ id: node.id })).fingerprint! })
  await nodes.machine(node.id).beat({ version: '0.1.0', listen: null, clock: t.platform.now().toISOString(), stores: [TARGET], approvers: [] })
  const request = await asked(node.id)
  await expect(city.approver.prepareGrant({ id: request, terms: GM })).rejects.toMatchObject({ code: 'exchange.no_gm_keys', params: { node: '旧版前置机' } })
  await t
    .as({ kind: 'node', person: node.id, rights: ['nodes.node'], unit: city.consumer.id })(nodesContract)
    .showGmKeys({ gm: gm! })
  expect((await city.approver.prepareGrant({ id: request, terms: GM })).version).toBe(1)
})

test('an approver without an SM2 key is told to make one', async () => {
  const request = await asked()
  const own = t.as({ person: city.approverPerson })(identityContract)
  await own.retireSigningKey({ suite: 'gm' })
  await expect(city.approver.prepareGrant({ id: request, terms: GM })).rejects.toMatchObject({ code: 'exchange.no_gm_signing_key' })
  expect((await city.approver.prepareGrant({ id: request, terms: TERMS })).version).toBe(1)
})
