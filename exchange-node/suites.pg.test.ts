/** The same deliveries by either suite, between two real databases; and what is refused where the two do not fit. */
import type { Duplex } from 'node:stream'
import type { Worker } from 'node:worker_threads'
import { type Grant, Manifest, Receipt, type SuiteName } from '@zhenghe/wire/documents.ts'
import { fingerprint, type NodeKeys } from '@zhenghe/wire/keys.ts'
import { nodeSigningKey, openDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { MANIFEST, RECEIPT, sm2Text } from '@zhenghe/wire/signed.ts'
import { socketPair } from '@zhenghe/wire/testing.ts'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from './testing/databases.ts'
import { approver, compare, consumer, deliver, draftGrant, type Ends, field, provider, signGrant, whenLanded } from './testing/delivery.ts'

const source = testDatabase()
const target = testDatabase()
const ends = { source: source.address, target: target.address }
const ROWS = 40_000
const SUITES: SuiteName[] = ['international', 'gm']

const fields = [
  field('k', 'int8', { key: true }),
  field('name', 'text', { mask: { kind: 'name' } }),
  field('note', 'text'),
  field('at', 'timestamptz', { nullable: false }),
]
const draft = (suite: SuiteName, more: Partial<Grant> = {}) =>
  draftGrant(ends.source, { table: 'register', fields, cursor: 'at', ...(suite === 'gm' ? { suite } : {}), ...more })
const refused = (code: string, resumable = false) => expect.objectContaining({ code, resumable })
const received = () => target.query('select k, name, note, at from public.received order by k')

beforeAll(() =>
  source.query(`create table public.register (k int8 primary key, name text, note text, at timestamptz not null);
    insert into public.register select g, '张三' || g, repeat('备注', g % 60), timestamptz '2026-01-01 00:00+00' + g * interval '1 second' from generate_series(1, ${ROWS}) g;
    analyze public.register`),
)
beforeEach(async () => {
  await source.query('delete from public.register where k = 0')
  await target.query('drop schema public cascade; create schema public; drop schema if exists zhenghe_exchange cascade')
})

describe.each(SUITES)('suite %s', (suite) => {
  test('a load, an increment and a reconciliation end exact, with documents signed under the suite', async () => {
    const grant = await draft(suite)
    const signed = signGrant(grant)
    const { delivery, evidence } = await deliver({ ...ends, grant: signed, pagesPerRange: 64 })
    const manifest = openDocument(MANIFEST, evidence.manifest, nodeSigningKey(provider.identity, suite), Manifest)
    const receipt = openDocument(RECEIPT, evidence.receipt, nodeSigningKey(consumer.identity, suite), Receipt)
    expect(manifest).toMatchObject({ delivery, sent: ROWS, rejected: 0 })
    expect(receipt).toMatchObject({ delivery, loaded: ROWS, digest: manifest.digest, manifest: signedDigest(evidence.manifest, suite) })
    expect(evidence.receipt.key).toBe(fingerprint(suite === 'gm' ? sm2Text(consumer.identity.gm!.sign) : consumer.identity.sign))
    const masked = `select k, left(name, 1) || '**' as name, note, at from public.register order by k`
    expect(await received()).toEqual(await source.query(masked))
    await source.query(`insert into public.register values (0, '李四', 'new', '2027-01-01')`)
    await deliver({ ...ends, grant: signed, mode: 'incremental' })
    expect(await received()).toEqual(await source.query(masked))
    await target.query('delete from public.received where k between 5 and 9')
    expect(await compare({ ...ends, grant: signed }, true)).toMatchObject({ missing: 5, extra: 0, changed: 0 })
    expect(await received()).toEqual(await source.query(masked))
  })

  test('a line cut in the middle: the delivery is taken up again with the ranges that are missing, and ends exact', async () => {
    const load: Ends = { ...ends, grant: signGrant(await draft(suite)), delivery: '0f8fad5b-d9cb-469f-a165-70867728950e', pagesPerRange: 32 }
    const [left, right] = (await socketPair()) as [Duplex, Duplex]
    const cut = whenLanded(2, () => left.destroy())
    await expect(deliver({ ...load, ...cut, line: () => [left, right] })).rejects.toEqual(refused('connection_lost', true))
    const { evidence } = await deliver(load)
    expect(JSON.parse(evidence.receipt.text)).toMatchObject({ loaded: ROWS, target: { rows: ROWS } })
  })
})

test('suite 2: the sender’s sealing thread dies in the middle: both sides end resumably, and the next session ends exact', async () => {
  const load: Ends = { ...ends, grant: signGrant(await draft('gm')), delivery: '7c9e6679-7425-40de-944b-e07fc1f90ae7', pagesPerRange: 64 }
  const threads: Worker[] = []
  const remember = (worker: Worker) => threads.push(worker)
  process.on('worker', remember)
  const dies = whenLanded(1, () => void threads[0]!.terminate())
  await expect(deliver({ ...load, ...dies })).rejects.toMatchObject({ resumable: true, code: expect.stringMatching(/thread_lost|connection_lost/) as string })
  process.off('worker', remember)
  const { evidence } = await deliver(load)
  expect(JSON.parse(evidence.receipt.text)).toMatchObject({ loaded: ROWS, target: { rows: ROWS } })
})

describe('what does not fit is refused before anybody is called', () => {
  const without = ({ identity: { gm: _, ...identity }, sign, seal }: NodeKeys): NodeKeys => ({ identity, sign, seal })

  test('a sender or receiver without SM2 keys: unsupported_version, by name', async () => {
    const grant = signGrant(await draft('gm'))
    await expect(deliver({ ...ends, grant, sending: { keys: without(provider) } })).rejects.toMatchObject({
      code: 'unsupported_version',
      resumable: false,
      message: expect.stringContaining('has no keys of crypto suite 2') as string,
    })
    await expect(deliver({ ...ends, grant, receiving: { keys: without(consumer) } })).rejects.toEqual(refused('unsupported_version'))
  })

  test('a grant that names suite 2 without the consumer’s SM2 keys', async () => {
    const grant = await draft('gm')
    const { gm: _, ...node } = consumer.identity
    await expect(deliver({ ...ends, grant: signGrant({ ...grant, consumer: { ...grant.consumer, node } }) })).rejects.toEqual(refused('unsupported_version'))
  })

  test('a node that pinned only the approver’s Ed25519 key takes no grant of suite 2', async () => {
    const grant = signGrant(await draft('gm'))
    await expect(deliver({ ...ends, grant, sending: { approvers: [approver] } })).rejects.toEqual(refused('unknown_approver'))
  })

  test('the suite struck out of a signed grant', async () => {
    const grant = signGrant(await draft('gm'))
    await expect(deliver({ ...ends, grant: { ...grant, text: grant.text.replace('"suite":"gm",', '') } })).rejects.toEqual(refused('bad_signature'))
  })
})
