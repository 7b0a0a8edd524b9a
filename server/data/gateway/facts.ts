import { type Kysely, sql } from 'kysely'
import type { Fact, FactScope } from '../../kernel/facts.ts'

const by = ({ unit }: FactScope) => (unit ? sql`provider = ${unit}` : sql`true`)
const count = async (db: Kysely<never>, statement: ReturnType<typeof sql>): Promise<{ numerator: number; denominator: number | null }> => {
  const { rows } = await (statement as ReturnType<typeof sql<{ numerator: number; denominator: number | null }>>).execute(db)
  const { numerator = 0, denominator = null } = rows[0] ?? {}
  return { numerator: Number(numerator), denominator: denominator === null ? null : Number(denominator) }
}

/** What this module can prove. */
export const facts: readonly Fact[] = [
  {
    code: 'gateway.calls',
    title: { zh: '近 30 天接口调用', en: 'Calls of interfaces in 30 days' },
    unit: 'count',
    formula: { zh: '近 30 天本单位提供的接口被调用的次数（不含模拟）', en: 'Calls by a grant of the unit’s interfaces within 30 days; mock calls are none' },
    measure: (db, scope) =>
      count(
        db,
        sql`select coalesce(sum(u.calls), 0)::bigint as numerator, null::bigint as denominator from gateway.usage u join gateway.access a on a.id = u.access
            where u.hour > now() - interval '30 days' and ${by(scope)}`,
      ),
    evidence: (db, scope, limit) =>
      grantsAsEvidence(db, scope, limit, sql`exists (select from gateway.usage u where u.access = a.id and u.hour > now() - interval '30 days')`),
  },
  {
    code: 'gateway.used_grants',
    title: { zh: '接口授权使用率', en: 'Share of grants in use' },
    unit: 'share',
    formula: { zh: '有效授权中近 30 天有调用的比例', en: 'Of the grants in force, those by which somebody called within 30 days' },
    measure: (db, scope) =>
      count(
        db,
        sql`select count(*) filter (where exists (select from gateway.usage u where u.access = a.id and u.hour > now() - interval '30 days')) as numerator,
              count(*) as denominator
            from gateway.access a where a.granted_at is not null and a.revoked_at is null and a.not_after > now() and ${by(scope)}`,
      ),
    evidence: (db, scope, limit) => grantsAsEvidence(db, scope, limit, sql`a.revoked_at is null and a.not_after > now()`),
  },
]

async function grantsAsEvidence(db: Kysely<never>, scope: FactScope, limit: number, condition: ReturnType<typeof sql>) {
  const { rows } = await sql<{ label: string; at: string; id: string }>`
    select a.number || ' ' || a.consumer_name as label, a.granted_at as at, a.id from gateway.access a
    where a.granted_at is not null and ${by(scope)} and ${condition} order by a.granted_at desc limit ${limit}`.execute(db)
  return rows.map(({ label, at, id }) => ({ label, at, link: `/interfaces/accesses/${id}` }))
}
