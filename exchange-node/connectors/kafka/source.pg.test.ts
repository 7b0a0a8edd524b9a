import { randomUUID } from 'node:crypto'
import type { Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { afterEach, expect, test } from 'vitest'
import type { z } from 'zod'
import { testDatabase } from '../../testing/databases.ts'
import { compare, deliver, draftGrant, type Ends, field, signGrant, whenLanded } from '../../testing/delivery.ts'
import { describeKafka, LOGIN, testKafka } from '../../testing/kafka.ts'
import { until } from '../../testing/wait.ts'
import { boundTo } from '../testing/rows.ts'
import { kafkaAddress } from './address.ts'
import { KafkaSource } from './source.ts'
import { TopicsFile } from './topics.ts'

type Described = z.input<typeof TopicsFile>['topics'][number]

/** A broker that is started again takes its time. */
const SLOW_MS = 240_000

describeKafka('Kafka as a source', () => {
  const kafka = testKafka()
  const arrival = testDatabase()
  afterEach(() => kafka.server.goOn())

  const FIELDS = [field('id', 'int8', { key: true }), field('name', 'text'), field('amount', 'numeric'), field('_offset', 'int8', { nullable: false })]
  const LOG_FIELDS = [field('_partition', 'int4', { key: true }), field('_offset', 'int8', { key: true }), field('name', 'text')]
  const COLUMNS: Described['columns'] = [
    { name: 'id', type: 'int8', key: true },
    { name: 'name', path: 'info.name', type: 'text' },
    { name: 'amount', type: 'numeric' },
  ]
  const message = (topic: string, id: number, name: string | null) => ({
    topic,
    partition: id % 3,
    key: Buffer.from(`{"id":${id}}`),
    ...(name === null ? {} : { value: Buffer.from(`{"id":${id},"name":${JSON.stringify(name)},"amount":${id}.10000000000000000001}`) }),
  })

  const fresh = () => `t.${randomUUID().slice(0, 8)}`
  const made = async (configs: Record<string, string> = {}) => {
    const topic = fresh()
    await kafka.server.makeTopic(topic, configs)
    return topic
  }
  const compacted = () => made({ 'cleanup.policy': 'compact' })
  const sourceOf = (described: Described[] = [], settings = '?timeout=5') =>
    new KafkaSource(kafkaAddress(kafka.server.url(settings)), described.length > 0 ? TopicsFile.parse({ topics: described }) : undefined)

  async function endsOf(topic: string, fields: GrantField[] = FIELDS, more: Partial<Grant> = {}, source = sourceOf()): Promise<Ends> {
    await arrival.query('create table if not exists any_table (id int8 primary key)')
    const draft = await draftGrant(arrival.address, { table: 'any_table', fields: [field('id', 'int8', { key: true })] })
    const grant = signGrant({ ...draft, ...more, fields, source: await boundTo(source, { schema: 'topics', table: topic }, fields) })
    return { source, target: arrival.address, grant, table: `t_${randomUUID().slice(0, 8)}`, pagesPerRange: 1 }
  }
  const arrived = (table: string) => arrival.query<{ id: number; name: string }>(`select id::int, name from ${table} order by id`)

  test('of a compacted topic the last message of a key is its row, one without a value takes it away, and numbers keep their digits', async () => {
    const topic = await compacted()
    await kafka.server.produce([1, 2, 3, 4].map((id) => message(topic, id, `甲${id}`)))
    await kafka.server.produce([message(topic, 2, '乙2'), message(topic, 3, null), message(topic, 4, null), message(topic, 4, '丙4')])
    const ends = await endsOf(topic)
    const [table] = (await sourceOf().tables()).filter((one) => one.table === topic)
    expect(table).toMatchObject({ schema: 'topics', kind: 'table', estimatedRows: 8 })
    expect(table!.columns.filter(({ key }) => key).map(({ column }) => column)).toEqual(['id'])
    await deliver(ends)
    expect(await arrived(ends.table!)).toEqual([
      { id: 1, name: '甲1' },
      { id: 2, name: '乙2' },
      { id: 4, name: '丙4' },
    ])
    expect(await arrival.query(`select amount::text from ${ends.table} where id = 4`)).toEqual([{ amount: '4.10000000000000000001' }])
    expect(await compare(ends, false)).toMatchObject({ missing: 0, extra: 0, changed: 0 })
  })

  test('of any other topic every message is a row, in ranges of its partitions, and a filter holds', async () => {
    const topic = await made()
    await kafka.server.produce(Array.from({ length: 500 }, (_, id) => ({ ...message(topic, id, `n${id % 7}`), key: Buffer.from('same') })))
    const ends = await endsOf(topic, LOG_FIELDS, { filter: { op: 'eq', field: 'name', value: 'n3' } })
    await deliver(ends)
    expect(await arrival.query(`select count(*)::int as n, count(distinct _partition)::int as p from ${ends.table}`)).toEqual([{ n: 71, p: 3 }])
    expect(await compare(ends, false)).toMatchObject({ rows: 71, missing: 0, extra: 0, changed: 0 })
  })

  test('messages of transactions that were given up, or are still open, are not read, wherever the end of them lies', async () => {
    const topic = await compacted()
    await kafka.server.produce([message(topic, 3, 'before')])
    const long = 'x'.repeat(30_000)
    await kafka.server.produce(
      Array.from({ length: 300 }, (_, n) => message(topic, 3 * n, `given up ${long}`)), // more than one answer of the broker
      'abort',
    )
    await kafka.server.produce([message(topic, 6, 'committed')], 'commit')
    await kafka.server.produce([message(topic, 6, 'open'), message(topic, 9, 'open')], 'open')
    const ends = await endsOf(topic)
    await deliver(ends)
    expect(await arrived(ends.table!)).toEqual([
      { id: 3, name: 'before' },
      { id: 6, name: 'committed' },
    ])
  })

  test('an increment by _offset goes on where the last one ended, in every partition, and reads nothing twice', async () => {
    const topic = await compacted()
    await kafka.server.produce([1, 2, 3].map((id) => message(topic, id, 'a')))
    const ends = { ...(await endsOf(topic, FIELDS, { cursor: '_offset' })), mode: 'incremental' as const }
    const counts: number[] = []
    const run = async () => {
      const { evidence } = await deliver(ends)
      counts.push((JSON.parse(evidence.receipt.text) as { received: number }).received)
    }
    await run()
    await kafka.server.produce([message(topic, 2, 'b'), message(topic, 2, 'c'), message(topic, 4, 'a'), message(topic, 3, null)])
    await run()
    await run()
    expect(counts).toEqual([3, 2, 0])
    expect((await arrived(ends.table!)).map(({ id, name }) => `${id}${name}`)).toEqual(['1a', '2c', '3a', '4a'])
    expect(await compare(ends, true)).toMatchObject({ extra: 1, mended: 1 }) // what is gone is found by a comparison or a whole load
  })

  test('an increment by a field of the messages takes what is new by it', async () => {
    const topic = await compacted()
    const at = (id: number, minute: number) => ({
      ...message(topic, id, ''),
      value: Buffer.from(`{"id":${id},"name":"m${minute}","changed":"2026-01-01T00:${minute}:00Z"}`),
    })
    await kafka.server.produce([at(1, 10), at(2, 20)])
    const ends = await endsOf(topic, [FIELDS[0]!, FIELDS[1]!, field('changed', 'timestamptz', { nullable: false })], { cursor: 'changed' })
    await deliver(ends)
    await kafka.server.produce([at(1, 30)])
    await deliver({ ...ends, mode: 'incremental' })
    expect((await arrived(ends.table!)).map(({ name }) => name)).toEqual(['m30', 'm20'])
  })

  test('an increment whose messages are gone by retention, or whose topic was made anew, is refused by name', async () => {
    const topic = await made()
    const one = (id: number) => ({ ...message(topic, id, 'x'), partition: 0 })
    await kafka.server.produce([one(1), one(2)])
    const ends = await endsOf(topic, LOG_FIELDS, { cursor: '_offset' })
    await deliver(ends)
    await kafka.server.produce([one(3), one(4)])
    await kafka.server.admin((admin) => admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 3n }] }] }))
    await expect(deliver({ ...ends, mode: 'incremental' })).rejects.toMatchObject({
      code: 'source_changed',
      resumable: false,
      message: expect.stringContaining('by its retention'),
    })
    await kafka.server.admin((admin) => admin.deleteTopics({ topics: [topic] }))
    await kafka.server.makeTopic(topic)
    await kafka.server.produce([one(1)])
    await expect(deliver({ ...ends, mode: 'incremental' })).rejects.toMatchObject({ code: 'source_changed', message: expect.stringContaining('made again') })
  })

  test('a topic whose messages are all gone is an empty table, not a changed one', async () => {
    const topic = await made()
    await kafka.server.produce([message(topic, 3, 'x')])
    const ends = await endsOf(topic, LOG_FIELDS)
    await deliver(ends)
    await kafka.server.admin((admin) => admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 1n }] }] }))
    await deliver(ends)
    expect(await arrival.query(`select from ${ends.table}`)).toEqual([])
  })

  test('messages that retention takes in the middle of a load are told of, never passed over', { timeout: SLOW_MS }, async () => {
    const topic = await made()
    await kafka.server.produce(Array.from({ length: 400 }, (_, id) => ({ ...message(topic, id, 'x'), partition: 0 })))
    const ends = { ...(await endsOf(topic, LOG_FIELDS)), delivery: randomUUID() }
    await expect(deliver({ ...ends, ...whenLanded(2, () => kafka.server.kill()) })).rejects.toMatchObject({ resumable: true })
    await kafka.server.start()
    await kafka.server.admin((admin) => admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 399n }] }] }))
    await expect(deliver(ends)).rejects.toMatchObject({ code: 'source_changed', resumable: false })
  })

  test('a broker that is killed in the middle of a load, and comes back: every message once', { timeout: SLOW_MS }, async () => {
    const topic = await compacted()
    await kafka.server.produce(Array.from({ length: 3000 }, (_, id) => message(topic, id, `n${id}`)))
    const ends = { ...(await endsOf(topic)), delivery: randomUUID() }
    await expect(deliver({ ...ends, ...whenLanded(3, () => kafka.server.kill()) })).rejects.toMatchObject({ resumable: true })
    await kafka.server.start()
    await kafka.server.produce([message(topic, 7, 'later'), message(topic, 8, null)])
    await deliver(ends)
    expect(await arrival.query(`select count(*)::int as n, count(distinct id)::int as ids from ${ends.table}`)).toEqual([{ n: 2999, ids: 2999 }])
    expect(await compare(ends, false)).toMatchObject({ missing: 0, extra: 0, changed: 0 })
  })

  test('a described topic has the columns of its description, by their paths, and messages that a person named are passed over', async () => {
    const topic = await compacted()
    const nested = (id: number) => ({ ...message(topic, id, ''), value: Buffer.from(`{"id":${id},"info":{"name":"深${id}"}}`) })
    await kafka.server.produce([nested(3), { ...nested(6), value: Buffer.from('<html>') }, nested(9)])
    const described = { topic, comment: '企业', columns: COLUMNS }
    const ends = await endsOf(topic, FIELDS, {}, sourceOf([described]))
    await expect(deliver(ends)).rejects.toMatchObject({ code: 'source_value', message: expect.stringContaining('message 0:1') })
    await deliver({ ...ends, source: sourceOf([{ ...described, skip: ['0:1'] }]) })
    expect(await arrived(ends.table!)).toEqual([
      { id: 3, name: '深3' },
      { id: 9, name: '深9' },
    ])
    const moved = sourceOf([{ ...described, columns: COLUMNS.map((one) => (one.name === 'name' ? { ...one, path: 'info.title' } : one)) }])
    await expect(deliver({ ...ends, source: moved })).rejects.toMatchObject({ code: 'source_changed' })
  })

  test.each<[string, Buffer | string, string]>([
    ['a message that is no JSON', 'x,y', 'source_value'],
    ['a message that is no UTF-8', Buffer.from('{"id":3,"name":"\xc4\xe3"}', 'latin1'), 'source_value'],
    ['a message that is a list', '[1]', 'source_value'],
    ['a message without its key field', '{"name":"无"}', 'source_key'],
    ['a value of another type', '{"id":3,"amount":"many"}', 'source_value'],
  ])('%s is refused by its place', async (_, value, code) => {
    const topic = await compacted()
    const described = { topic, columns: [COLUMNS[0]!, { name: 'name', type: 'text' as const }, COLUMNS[2]!] }
    await kafka.server.produce([{ ...message(topic, 3, ''), value: Buffer.from(value) }])
    await expect(deliver(await endsOf(topic, FIELDS, {}, sourceOf([described])))).rejects.toMatchObject({ code, resumable: false })
  })

  test('messages without keys, a column that no message has any more, and a topic that is gone are refused by name', async () => {
    const topic = await compacted()
    await kafka.server.produce([message(topic, 3, 'x')])
    const ends = await endsOf(topic)
    const every = await made()
    await kafka.server.produce([{ topic: every, partition: 0, value: Buffer.from('{"id":1,"name":"a","amount":1}') }])
    const latest = sourceOf([{ topic: every, rows: 'latest', columns: [COLUMNS[0]!, { name: 'name', type: 'text' }, COLUMNS[2]!] }])
    await expect(deliver(await endsOf(every, FIELDS, {}, latest))).rejects.toMatchObject({ code: 'source_key' })
    await kafka.server.produce(Array.from({ length: 1000 }, () => ({ ...message(topic, 3, ''), value: Buffer.from('{"id":3,"title":"x"}') })))
    await expect(deliver(ends)).rejects.toMatchObject({ code: 'source_changed', message: expect.stringContaining('name') })
    await kafka.server.admin((admin) => admin.deleteTopics({ topics: [topic] }))
    await expect(deliver(ends)).rejects.toMatchObject({ code: 'source_missing' })
  })

  test('the login is checked both ways, and a wrong one is refused without being told', async () => {
    for (const sasl of ['plain', 'scram-sha-512']) {
      expect(await new KafkaSource(kafkaAddress(kafka.server.loginUrl(sasl))).look()).toMatchObject({ product: 'Kafka' })
      const refused = await new KafkaSource(kafkaAddress(kafka.server.loginUrl(sasl, { ...LOGIN, password: 'wr0ng' }))).look().catch((error: unknown) => error)
      expect(refused).toMatchObject({ code: 'database_login', resumable: false })
      expect((refused as Error).message).not.toContain('wr0ng')
    }
    const nobody = new KafkaSource(kafkaAddress('kafka://127.0.0.1:1,nowhere.invalid?timeout=1'))
    await expect(nobody.look()).rejects.toMatchObject({ code: 'database_unreachable', resumable: true })
  })

  test('a server is talked to by TLS where its certificate is trusted, and not at all where it is not', async () => {
    const topic = await compacted()
    await kafka.server.produce([message(topic, 3, 'x')])
    const ends = await endsOf(topic, FIELDS, {}, new KafkaSource(kafkaAddress(kafka.server.tlsUrl(true))))
    await deliver(ends)
    expect(await arrived(ends.table!)).toHaveLength(1)
    await expect(new KafkaSource(kafkaAddress(kafka.server.tlsUrl(false))).look()).rejects.toMatchObject({
      code: 'database_login',
      message: expect.stringContaining('«ca»'),
    })
  })

  test('a broker that takes the question and never answers is given up in time, and the load is taken up again', { timeout: SLOW_MS }, async () => {
    const topic = await compacted()
    await kafka.server.produce([message(topic, 3, 'x')])
    const ends = await endsOf(topic, FIELDS, {}, sourceOf([], '?timeout=1'))
    kafka.server.hang()
    await expect(deliver(ends)).rejects.toMatchObject({ code: expect.stringMatching(/^database_(unreachable|gone)$/), resumable: true })
    kafka.server.goOn()
    const again = () =>
      deliver(ends).then(
        () => true,
        (error: { resumable: boolean }) => {
          expect(error).toMatchObject({ resumable: true })
          return false
        },
      )
    await until(again, 60_000) // the cluster counts a server as away that was silent for so long
    expect(await arrived(ends.table!)).toHaveLength(1)
  })
})
