import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Evidence, Fact, FactScope } from '../../kernel/facts.ts'

type Measure = { numerator: number; denominator: number | null }
const WINDOW_DAYS = 30

/** Requests that a unit has to answer; of all units where none is named. */
const toAnswer = ({ unit }: FactScope) => sql`(${unit ?? null}::uuid is null or r.provider = ${unit ?? null})`
/** Deliveries from or to a unit. */
const partyTo = ({ unit }: FactScope) => sql`(${unit ?? null}::uuid is null or d.provider = ${unit ?? null} or d.consumer = ${unit ?? null})`
const lately = sql`d.done_at >= now() - ${WINDOW_DAYS} * interval '1 day'`
const answeredAt = sql`coalesce(r.granted_at, r.refused_at)`

async function figure(db: Kysely<never>, statement: RawBuilder<Measure>): Promise<Measure> {
  const { rows } = await statement.execute(db)
  return rows[0] ?? { numerator: 0, denominator: null }
}

async function answers(db: Kysely<never>, where: RawBuilder<unknown>, limit: number): Promise<Evidence[]> {
  const { rows } = await sql<{ id: string; number: string; at: string }>`
    select r.id, r.number, ${answeredAt} as at from exchange_pub.request r where ${answeredAt} is not null and ${where} order by at desc limit ${limit}`.execute(
    db,
  )
  return rows.map(({ id, number, at }) => ({ label: number, at, link: `/exchange/requests/${id}` }))
}

async function deliveries(db: Kysely<never>, where: RawBuilder<unknown>, limit: number): Promise<Evidence[]> {
  const { rows } = await sql<{ id: string; number: string; at: string }>`
    select d.id, d.number, d.done_at as at from exchange_pub.delivery d where d.done_at is not null and ${where} order by at desc limit ${limit}`.execute(db)
  return rows.map(({ id, number, at }) => ({ label: number, at, link: `/exchange/deliveries/${id}` }))
}

export const facts: readonly Fact[] = [
  {
    code: 'exchange.answered_in_time',
    title: { zh: '共享申请按时答复率', en: 'Requests answered in time' },
    unit: 'share',
    formula: {
      zh: '在法定期限内答复的申请数 ÷（已答复的申请数 + 已逾期未答复的申请数）；撤回的不计',
      en: 'requests answered within the legal clock ÷ (requests answered + requests overdue); withdrawn ones do not count',
    },
    target: 1,
    measure: (db, scope) =>
      figure(
        db,
        sql<Measure>`select count(*) filter (where r.ended_on <= r.due_on) as numerator, count(*) as denominator from exchange_pub.request r
          where r.withdrawn_at is null and (r.ended_on is not null or r.due_on < (now() at time zone 'Asia/Shanghai')::date) and ${toAnswer(scope)}`,
      ),
    evidence: (db, scope, limit) => answers(db, sql`r.ended_on <= r.due_on and ${toAnswer(scope)}`, limit),
  },
  {
    code: 'exchange.median_answer_days',
    title: { zh: '共享申请答复用时中位数（天）', en: 'Median days from request to answer' },
    unit: 'count',
    formula: { zh: '从提交申请到同意或不同意的自然日数的中位数', en: 'median of the natural days from asking to granting or refusing' },
    measure: (db, scope) =>
      figure(
        db,
        sql<Measure>`select coalesce(percentile_cont(0.5) within group (order by extract(epoch from ${answeredAt} - r.asked_at)::float8 / 86400), 0) as numerator,
          null::bigint as denominator from exchange_pub.request r where ${answeredAt} is not null and ${toAnswer(scope)}`,
      ),
    evidence: (db, scope, limit) => answers(db, toAnswer(scope), limit),
  },
  {
    code: 'exchange.rows_delivered',
    title: { zh: '近 30 日交换行数', en: 'Rows delivered in 30 days' },
    unit: 'rows',
    formula: { zh: '近 30 日完成且对账一致的交换装载行数之和', en: 'rows loaded by deliveries that were done, and so balanced, in the last 30 days' },
    measure: (db, scope) =>
      figure(
        db,
        sql<Measure>`select coalesce(sum(d.loaded), 0)::bigint as numerator, null::bigint as denominator from exchange_pub.delivery d where ${lately} and ${partyTo(scope)}`,
      ),
    evidence: (db, scope, limit) => deliveries(db, sql`${lately} and ${partyTo(scope)}`, limit),
  },
  {
    code: 'exchange.rejected_share',
    title: { zh: '近 30 日校验不通过率', en: 'Rows rejected by their checks in 30 days' },
    unit: 'share',
    formula: { zh: '被校验规则拒绝的行数 ÷（拒绝行数 + 装载行数）', en: 'rows rejected ÷ (rows rejected + rows loaded)' },
    measure: (db, scope) =>
      figure(
        db,
        sql<Measure>`select coalesce(sum(d.rejected), 0)::bigint as numerator, coalesce(sum(d.rejected + d.loaded), 0)::bigint as denominator
          from exchange_pub.delivery d where ${lately} and ${partyTo(scope)}`,
      ),
    evidence: (db, scope, limit) => deliveries(db, sql`${lately} and d.rejected > 0 and ${partyTo(scope)}`, limit),
  },
  {
    code: 'exchange.balanced_share',
    title: { zh: '交换对账一致率', en: 'Deliveries that balance' },
    unit: 'share',
    formula: {
      zh: '双方签名凭证对账一致的交换数 ÷ 双方均已提交凭证的交换数',
      en: 'deliveries whose two signed documents balance ÷ deliveries with both documents',
    },
    target: 1,
    measure: (db, scope) =>
      figure(
        db,
        sql<Measure>`select count(*) filter (where d.done_at is not null) as numerator, count(*) as denominator from exchange_pub.delivery d
          where (d.done_at is not null or (select count(*) from exchange.receipt e where e.delivery = d.id) = 2) and ${partyTo(scope)}`,
      ),
    evidence: (db, scope, limit) => deliveries(db, partyTo(scope), limit),
  },
]
