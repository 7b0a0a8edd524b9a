import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Evidence, Fact, FactScope } from '../../kernel/facts.ts'

type Measure = { numerator: number; denominator: number | null }

/** Objections that a unit has to answer; of all units where none is named. */
const ofHandler = ({ unit }: FactScope) => sql`(${unit ?? null}::uuid is null or o.handler = ${unit ?? null})`
const IN_TIME = sql`o.answered_at is not null and o.ended_on <= o.due_on`

async function figure(db: Kysely<never>, statement: RawBuilder<Measure>): Promise<Measure> {
  const { rows } = await statement.execute(db)
  return rows[0] ?? { numerator: 0, denominator: null }
}

async function objectionsThat(db: Kysely<never>, where: RawBuilder<unknown>, limit: number): Promise<Evidence[]> {
  const { rows } = await sql<{ id: string; number: string; at: string }>`
    select o.id, o.number, o.answered_at as at from objections_pub.objection o where ${where} order by o.answered_at desc limit ${limit}`.execute(db)
  return rows.map(({ id, number, at }) => ({ label: number, at, link: `/objections/${id}` }))
}

export const facts: readonly Fact[] = [
  {
    code: 'objections.answered_in_time',
    title: { zh: '异议按时答复率', en: 'Objections answered in time' },
    unit: 'share',
    formula: {
      zh: '在法定期限内答复的异议数 ÷（已答复的异议数 + 已逾期未答复的异议数）；撤销和未能办理的不计',
      en: 'objections answered within the legal clock ÷ (objections answered + overdue); those withdrawn or not carried on do not count',
    },
    target: 1,
    measure: (db, scope) =>
      figure(
        db,
        sql<Measure>`select count(*) filter (where ${IN_TIME}) as numerator, count(*) as denominator from objections_pub.objection o
          where o.accepted_at is not null and o.withdrawn_at is null and o.failed_at is null
            and (o.answered_at is not null or o.due_on < (now() at time zone 'Asia/Shanghai')::date) and ${ofHandler(scope)}`,
      ),
    evidence: (db, scope, limit) => objectionsThat(db, sql`${IN_TIME} and ${ofHandler(scope)}`, limit),
  },
  {
    code: 'objections.solved_share',
    title: { zh: '异议解决率', en: 'Objections solved' },
    unit: 'share',
    formula: { zh: '提出单位评价为已解决的异议数 ÷ 已评价的异议数', en: 'objections whose raiser says they are solved ÷ objections rated' },
    measure: (db, scope) =>
      figure(
        db,
        sql<Measure>`select count(*) filter (where o.solved) as numerator, count(*) as denominator from objections_pub.objection o
          where o.rated_at is not null and ${ofHandler(scope)}`,
      ),
    evidence: (db, scope, limit) => objectionsThat(db, sql`o.solved and ${ofHandler(scope)}`, limit),
  },
]
