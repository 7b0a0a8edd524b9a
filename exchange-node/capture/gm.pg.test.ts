import { Manifest, Receipt } from '@zhenghe/wire/documents.ts'
import { fingerprint } from '@zhenghe/wire/keys.ts'
import { nodeSigningKey, openDocument, signedDigest } from '@zhenghe/wire/sign.ts'
import { MANIFEST, RECEIPT, sm2Text } from '@zhenghe/wire/signed.ts'
import { expect, test } from 'vitest'
import { testDatabase } from '../testing/databases.ts'
import { consumer, field, provider } from '../testing/delivery.ts'
import { until } from '../testing/wait.ts'
import { captureRig } from './testing/rig.ts'

const source = testDatabase()
const target = testDatabase()
const rig = captureRig(source, target)
const fields = [field('k', 'int8', { key: true }), field('name', 'text', { mask: { kind: 'name' } }), field('long', 'text')]
const digestOf = (period: { manifest: { text: string } } | undefined) => period && Manifest.parse(JSON.parse(period.manifest.text)).digest

test('国密: a capture by suite 2 begins with a load, follows every change through a cut, and its periods are digested with SM3 and signed with SM2 by both sides', async () => {
  await source.query(`create table public.register (k int8 primary key, name text, long text); alter table public.register alter column long set storage external;
    insert into public.register select g, '张三' || g, case when g % 20 = 0 then repeat('长' || g, 900) end from generate_series(1, 3000) g`)
  const grant = await rig.grant({ table: 'register', fields, suite: 'gm' })
  const sending = { periodChanges: 50 }
  const first = await rig.begin(grant, { sending })
  await until(() => first.sender())
  await source.query(
    `update public.register set name = '李四' || k where k % 9 = 0; delete from public.register where k % 10 = 1; insert into public.register values (9001, '王五', repeat('新', 5000))`,
  )
  await rig.caughtUp(first)
  await until(() => first.periods.sent.get(1) && first.periods.received.get(1))
  await first.cut()
  await source.query(
    `update public.register set k = -k where k % 100 = 0; truncate public.register; insert into public.register select g, '赵六' || g, null from generate_series(1, 60) g`,
  )
  const again = await rig.begin(grant, { delivery: first.delivery, sending })
  await until(() => again.sender())
  await rig.caughtUp(again)
  expect(await target.query(rig.sum('k, name, long', 'received'))).toEqual(await source.query(rig.sum(`k, left(name, 1) || '**', long`, 'register')))
  await until(() => again.periods.sent.get(2))
  for (const [n, { manifest, receipt }] of [...first.periods.sent, ...again.periods.sent]) {
    const told = openDocument(MANIFEST, manifest, nodeSigningKey(provider.identity, 'gm'), Manifest)
    const taken = openDocument(RECEIPT, receipt, nodeSigningKey(consumer.identity, 'gm'), Receipt)
    expect(taken, `period ${n}`).toMatchObject({ received: told.sent, loaded: told.sent, digest: told.digest, manifest: signedDigest(manifest, 'gm') })
    expect([manifest.key, receipt.key]).toEqual([provider, consumer].map(({ identity }) => fingerprint(sm2Text(identity.gm!.sign))))
  }
  expect(digestOf(first.periods.sent.get(1))).toBe(digestOf(first.periods.received.get(1)))
})
