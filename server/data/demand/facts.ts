import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Evidence, Fact } from '../../kernel/facts.ts'

type Measure = { numerator: number; denominator: number }

async function figure(db: Kysely<never>, statement: RawBuilder<Measure>): Promise<Measure> {
  return (await statement.execute(db)).rows[0] ?? { numerator: 0, denominator: 0 }
}
async function needs(db: Kysely<never>, where: RawBuilder<unknown>, limit: number): Promise<Evidence[]> {
  const { rows } = await sql<{ id: string; number: string; at: string }>`
    select n.id, n.number, coalesce(n.closed_at, n.asked_at) as at from demand_pub.need n where ${where} order by at desc, n.id limit ${limit}`.execute(db)
  return rows.map(({ id, number, at }) => ({ label: number, at, link: `/demand/${id}` }))
}
async function items(db: Kysely<never>, where: RawBuilder<unknown>, limit: number): Promise<Evidence[]> {
  const { rows } = await sql<{ need: string; number: string; item: string; at: string }>`
    select i.need, i.number, i.item, coalesce(i.delivered_at, i.committed_at, i.asked_at) as at from demand_pub.item i
    where i.dropped_at is null and ${where} order by at desc, i.id limit ${limit}`.execute(db)
  return rows.map(({ need, number, item, at }) => ({ label: `${number} ${item}`, at, link: `/demand/${need}` }))
}

const TODAY = sql`(now() at time zone 'Asia/Shanghai')::date`
const ofAsker = (unit: string | undefined) => sql`(${unit ?? null}::uuid is null or n.asker = ${unit ?? null})`
const ofProvider = (unit: string | undefined) => sql`(${unit ?? null}::uuid is null or i.provider = ${unit ?? null})`
const KEPT = sql`(i.delivered_at at time zone 'Asia/Shanghai')::date <= i.due_on`
const IN_TIME = sql`i.answered_on <= i.answer_due_on`

export const facts: readonly Fact[] = [
  {
    code: 'demand.solved_share',
    title: { zh: '需求解决率', en: 'Needs solved' },
    unit: 'share',
    formula: { zh: '评价为已解决的需求数 ÷ 已评价的需求数', en: 'needs judged as solved ÷ needs judged' },
    target: 0.9,
    measure: (db, { unit }) =>
      figure(
        db,
        sql<Measure>`select count(*) filter (where n.solved) as numerator, count(*) as denominator from demand_pub.need n where n.closed_at is not null and ${ofAsker(unit)}`,
      ),
    evidence: (db, { unit }, limit) => needs(db, sql`n.solved and ${ofAsker(unit)}`, limit),
  },
  {
    code: 'demand.answered_in_time',
    title: { zh: '供给责任按时确认率', en: 'Items answered for in time' },
    unit: 'share',
    formula: {
      zh: '在期限内确认或不予提供的数据项 ÷（已答复的 + 已逾期未答复的）',
      en: 'items answered within their clock ÷ (items answered + items overdue)',
    },
    target: 1,
    measure: (db, { unit }) =>
      figure(
        db,
        sql<Measure>`select count(*) filter (where ${IN_TIME}) as numerator, count(*) as denominator from demand_pub.item i
          where i.dropped_at is null and (i.answered_on is not null or i.answer_due_on < ${TODAY}) and ${ofProvider(unit)}`,
      ),
    evidence: (db, { unit }, limit) => items(db, sql`${IN_TIME} and ${ofProvider(unit)}`, limit),
  },
  {
    code: 'demand.promises_kept',
    title: { zh: '供给承诺兑现率', en: 'Promises kept' },
    unit: 'share',
    formula: {
      zh: '在承诺日期前完成首次交换的数据项 ÷（已提供的 + 已过承诺日期的）',
      en: 'items first delivered by their day ÷ (items delivered + items past their day)',
    },
    target: 1,
    measure: (db, { unit }) =>
      figure(
        db,
        sql<Measure>`select count(*) filter (where ${KEPT}) as numerator, count(*) as denominator from demand_pub.item i
          where i.dropped_at is null and i.committed_at is not null and (i.delivered_at is not null or i.due_on < ${TODAY}) and ${ofProvider(unit)}`,
      ),
    evidence: (db, { unit }, limit) => items(db, sql`${KEPT} and ${ofProvider(unit)}`, limit),
  },
]
