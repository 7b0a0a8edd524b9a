/** What the list of channels proves, by consumer. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Evidence, Fact, FactScope } from '../../kernel/facts.ts'

const ofUnit = ({ unit }: FactScope) => sql`(${unit ?? null}::uuid is null or c.consumer = ${unit ?? null})`
const LISTED = sql`c.withdrawn_at is null`
const CLOSED = sql`c.closed_at is not null`
const MOVED = sql`(c.closed_at is not null or c.parallel_at is not null)`
const HAS_TO_GO = sql`c.retained_at is null`

async function measure(db: Kysely<never>, scope: FactScope, counted: RawBuilder<unknown>, among: RawBuilder<unknown>) {
  const { rows } = await sql<{ numerator: number; denominator: number }>`
    select count(*) filter (where ${counted}) as numerator, count(*) as denominator from channels_pub.channel c
    where ${LISTED} and ${among} and ${ofUnit(scope)}`.execute(db)
  return rows[0] ?? { numerator: 0, denominator: 0 }
}

async function evidence(db: Kysely<never>, scope: FactScope, where: RawBuilder<unknown>, limit: number): Promise<Evidence[]> {
  const { rows } = await sql<{ id: string; number: string; content: string; at: string }>`
    select c.id, c.number, c.content, coalesce(c.closed_at, c.parallel_at, c.registered_at) as at from channels_pub.channel c
    where ${LISTED} and ${where} and ${ofUnit(scope)} order by at desc, c.id limit ${limit}`.execute(db)
  return rows.map(({ id, number, content, at }) => ({ label: `${number} ${content}`, at, link: `/channels/${id}` }))
}

const ALL = sql`true`

export const facts: readonly Fact[] = [
  {
    code: 'channels.listed',
    title: { zh: '登记的归集渠道数', en: 'Channels listed' },
    unit: 'count',
    formula: { zh: '已登记且未作废的渠道数', en: 'channels listed and not taken off' },
    measure: async (db, scope) => ({ numerator: (await measure(db, scope, ALL, ALL)).numerator, denominator: null }),
    evidence: (db, scope, limit) => evidence(db, scope, ALL, limit),
  },
  {
    code: 'channels.moved',
    title: { zh: '已迁移到平台的渠道数', en: 'Channels moved onto the platform' },
    unit: 'count',
    formula: { zh: '已并行或已关闭的渠道数，均有对账一致的交换为证', en: 'channels in parallel or closed, each proven by a delivery that balanced' },
    measure: async (db, scope) => ({ numerator: (await measure(db, scope, MOVED, ALL)).numerator, denominator: null }),
    evidence: (db, scope, limit) => evidence(db, scope, MOVED, limit),
  },
  {
    code: 'channels.closed_share',
    title: { zh: '渠道关闭率', en: 'Part of the channels closed' },
    unit: 'share',
    formula: { zh: '已关闭的渠道数 ÷（登记的渠道数 − 经批准保留的渠道数）', en: 'channels closed ÷ (channels listed − channels kept with approval)' },
    target: 1,
    measure: (db, scope) => measure(db, scope, CLOSED, HAS_TO_GO),
    evidence: (db, scope, limit) => evidence(db, scope, CLOSED, limit),
  },
]
