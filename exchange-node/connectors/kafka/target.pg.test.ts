import { fork } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { GrantField, Receipt, Signed } from '@zhenghe/wire/documents.ts'
import { expect, test } from 'vitest'
import type { Plan } from '../../target/ledger.ts'
import { testDatabase } from '../../testing/databases.ts'
import { deliver, draftGrant, type Ends, field, signGrant, whenLanded } from '../../testing/delivery.ts'
import { describeKafka, testKafka } from '../../testing/kafka.ts'
import { kafkaAddress } from './address.ts'
import { KafkaTarget } from './target.ts'
import type { LoadTask } from './testing/load-worker.ts'

/** Rows of a range of a load in a process of its own. */
const EACH = 3000
const FIELDS = [field('id', 'int8', { key: true }), field('name', 'text'), field('amount', 'numeric'), field('facts', 'jsonb')]

/** A broker that is started again takes its time. */
const SLOW_MS = 240_000

describeKafka('Kafka as a target', () => {
  const kafka = testKafka()
  const origin = testDatabase()
  const targetOf = (settings = '') => new KafkaTarget(kafkaAddress(kafka.server.url(settings)))

  async function table(sql: string, fields = FIELDS): Promise<string> {
    const name = `t_${randomUUID().slice(0, 8)}`
    const columns = fields.map((one) => `${one.name} ${one.type}${one.key ? ' not null' : ''}`).join(', ')
    await origin.query(`create table ${name} (${columns}); insert into ${name} ${sql}; analyze ${name}`)
    return name
  }

  async function endsOf(name: string, fields: GrantField[] = FIELDS, more: object = {}): Promise<Ends> {
    const grant = signGrant(await draftGrant(origin.address, { table: name, fields, ...more }))
    return { source: origin.address, target: targetOf(), grant, schema: 'topics', table: name, pagesPerRange: 1 }
  }
  const rows = (count: number) => `select n, 'n' || n, n + 0.50, '{"n": 1.50}' from generate_series(1, ${count}) n`
  const seen = async (topic: string) => (await kafka.server.read(topic)).sort((a, b) => a.key.localeCompare(b.key))

  test('a row is one message: its key fields and all fields as JSON; a second load writes what differs, and takes away what is gone', async () => {
    const name = await table(rows(3))
    const ends = await endsOf(name)
    await deliver(ends)
    const first = (id: number) => ({ key: `{"id":${id}}`, value: `{"id":${id},"name":"n${id}","amount":${id}.50,"facts":"{\\"n\\": 1.50}"}` })
    expect(await seen(name)).toEqual([first(1), first(2), first(3)])
    await origin.query(`delete from ${name} where id = 1; update ${name} set name = null where id = 2`)
    await deliver(ends)
    await deliver(ends)
    const changed = { key: '{"id":2}', value: '{"id":2,"name":null,"amount":2.50,"facts":"{\\"n\\": 1.50}"}' }
    expect(await seen(name)).toEqual([first(1), { key: '{"id":1}', value: null }, first(2), changed, first(3)])
    const topics = await kafka.server.admin((admin) => admin.listTopics())
    expect(topics.filter((topic) => topic.startsWith('zhenghe-exchange-rows'))).toEqual([])
  })

  test('an increment that reads rows again writes none of them twice, and one that is older than the row there stays away', async () => {
    const fields = [FIELDS[0]!, FIELDS[1]!, field('changed', 'timestamptz', { nullable: false })]
    const name = await table(`select n, 'n' || n, timestamptz '2026-01-01 00:00:00Z' + n * interval '1 s' from generate_series(1, 5) n`, fields)
    const ends = await endsOf(name, fields, { cursor: 'changed' })
    await deliver(ends)
    await origin.query(`update ${name} set name = 'later', changed = '2026-01-01 00:01:00Z' where id = 2`)
    const increment = { ...ends, mode: 'incremental' as const }
    await deliver(increment)
    await deliver(increment) // the overlap of a minute reads all rows again
    expect(await seen(name)).toHaveLength(6)
    await origin.query(`update ${name} set name = 'set back', changed = '2026-01-01 00:00:30Z' where id = 2`)
    await deliver(increment)
    expect(await seen(name)).toHaveLength(6)
  })

  test('what a topic cannot take is refused by name before the first message', async () => {
    const name = await table(rows(2))
    const ends = await endsOf(name)
    const into = (topic: string, more: Partial<Ends> = {}) => deliver({ ...ends, table: topic, ...more })
    const [theirs, forgets, short] = ['a', 'b', 'c'].map((letter) => `${letter}.${name}`) as [string, string, string]
    await kafka.server.makeTopic(theirs, { 'cleanup.policy': 'compact' })
    await kafka.server.produce([{ topic: theirs, key: Buffer.from('k'), value: Buffer.from('{}') }])
    await kafka.server.makeTopic(forgets, { 'cleanup.policy': 'compact,delete' })
    await kafka.server.makeTopic(short, { 'cleanup.policy': 'compact', 'max.message.bytes': '400' })
    await expect(into(theirs)).rejects.toMatchObject({ code: 'target_not_ours' })
    await expect(into(forgets)).rejects.toMatchObject({ code: 'target_incompatible', message: expect.stringContaining('cleanup.policy') })
    await expect(into('ungültig')).rejects.toMatchObject({ code: 'target_incompatible' })
    await expect(into('zhenghe-exchange-ledger-x')).rejects.toMatchObject({ code: 'target_incompatible' })
    await expect(into(name, { schema: 'public' })).rejects.toMatchObject({ code: 'target_missing' })
    await origin.query(`update ${name} set name = repeat('x', 300) where id = 2`)
    await expect(into(short)).rejects.toMatchObject({ code: 'target_value', message: expect.stringContaining('{"id":2}') })
    await origin.query(`update ${name} set id = 1`)
    await expect(into(name)).rejects.toMatchObject({ code: 'duplicate_keys' })
    expect((await targetOf().tables()).map(({ table: topic }) => topic).filter((topic) => [name, short].includes(topic))).toEqual([short, name])
    expect(await seen(name)).toEqual([])
    expect(await seen(short)).toEqual([])
    const loose = [field('id', 'int8'), field('name', 'text'), field('amount', 'numeric', { key: true })]
    await expect(deliver(await endsOf(await table(rows(1).replace(', \'{"n": 1.50}\'', ''), loose), loose))).rejects.toMatchObject({
      code: 'target_incompatible',
    })
  })

  test('a broker that is killed in the middle of a load, and comes back: every row once', { timeout: SLOW_MS }, async () => {
    const name = await table(rows(3000))
    const ends = { ...(await endsOf(name)), delivery: randomUUID() }
    await expect(deliver({ ...ends, ...whenLanded(2, () => kafka.server.kill()) })).rejects.toMatchObject({ resumable: true })
    await kafka.server.start()
    expect((await kafka.server.admin((admin) => admin.listTopics())).includes(name)).toBe(false)
    await deliver(ends)
    const messages = await seen(name)
    expect(messages).toHaveLength(3000)
    expect(new Set(messages.map(({ key }) => key)).size).toBe(3000)
    expect(await targetOf().receiptHeld(ends.delivery)).toMatchObject({ receipt: { delivery: ends.delivery, target: { rows: 3000 } } })
  })

  const requestOf = async (name: string) => {
    const fields = FIELDS.slice(0, 2)
    const grant = { ...(await draftGrant(origin.address, { table: name, fields })), fields }
    const ranges = Array.from({ length: 4 }, (_, n) => ({ n, from: null, to: null }))
    const plan = { kind: 'plan', mode: 'snapshot', grant: { id: grant.id, version: 1 }, ranges, totalRows: 0, snapshot: 's' } as unknown as Plan
    return { plan, request: { delivery: randomUUID(), mode: 'snapshot' as const, grant, name: { schema: 'topics', table: name }, memoryMiB: 16 } }
  }

  /** A load in a process of its own. Answers whether it came to its end. */
  async function run(task: Omit<LoadTask, 'url' | 'rowsPerRange'>, killAfterMs?: number): Promise<boolean> {
    const whole: LoadTask = { url: kafka.server.url(), rowsPerRange: EACH, ...task }
    const child = fork(new URL('./testing/load-worker.ts', import.meta.url), [JSON.stringify(whole)], { stdio: 'inherit' })
    const gone = once(child, 'exit')
    let done = false
    child.on('message', (said) => {
      if (said === 'done') done = true
      else if (killAfterMs !== undefined) void pause(killAfterMs).then(() => child.kill('SIGKILL'))
    })
    await gone
    return done
  }

  test('a node that begins to write to a topic ends what another one is about to write there', { timeout: SLOW_MS }, async () => {
    const name = await table(rows(1))
    const { request, plan } = await requestOf(name)
    const first = await targetOf().open(request)
    await first.begin(plan)
    expect(await run({ request: { ...request, delivery: randomUUID() }, plan, first: 0, name: 'a' })).toBe(true)
    const receipt = { delivery: request.delivery, target: { rows: 0 } } as Receipt
    await expect(first.finish(receipt, {} as Signed, null)).rejects.toMatchObject({ code: 'database_busy', resumable: true })
    await first.end()
    expect(await kafka.server.read(name)).toHaveLength(4 * EACH)
  })

  const KILLS = 6
  test(`a node that is killed ${KILLS} times while it publishes: readers of committed messages see the old table or the new one, and no message twice`, {
    timeout: SLOW_MS,
  }, async () => {
    const name = await table(rows(1))
    const { plan, request } = await requestOf(name)
    expect(await run({ request, plan, first: 0, name: 'a' })).toBe(true)
    const second = { request: { ...request, delivery: randomUUID() }, plan, first: EACH, name: 'b' }
    let ended = false
    for (let kill = 0; kill < KILLS; kill++) {
      ended ||= await run(second, randomInt(0, 900))
      const messages = await kafka.server.read(name)
      expect([4 * EACH, 9 * EACH]).toContain(messages.length) // 12,000 rows, then as many new or changed ones and 3,000 that are gone
    }
    expect(ended || (await run(second))).toBe(true)
    const table2 = new Map((await kafka.server.read(name)).map(({ key, value }) => [key, value]))
    const there = [...table2.values()].filter((value) => value !== null)
    expect(there).toHaveLength(4 * EACH)
    expect(there.every((value) => value.includes('"name":"b'))).toBe(true)
    expect(await kafka.server.read(name)).toHaveLength(9 * EACH)
  })
})
