import { type RawBuilder, sql } from 'kysely'
import type { Fact, FactScope } from '../../kernel/facts.ts'

/** Units that are open and belong to government. */
const counted = ({ unit }: FactScope) => sql`u.closed_on is null and u.kind <> 'outside' and (${unit ?? null}::uuid is null or u.id = ${unit ?? null})`
const withLiaison = sql`from organizations.appointment a where a.unit = u.id and a.post = 'liaison' and a.until is null`
const withDuty = sql`from organizations.unit_duty ud where ud.unit = u.id and ud.until is null`

/** The share of the counted units that have a row of `having`; `since` is the day of the newest such row. */
function shareOfUnits(having: RawBuilder<unknown>): Pick<Fact, 'unit' | 'measure' | 'evidence'> {
  return {
    unit: 'share',
    async measure(db, scope) {
      const { rows } = await sql<{ numerator: number; denominator: number }>`
        select count(*) filter (where exists (select ${having})) as numerator, count(*) as denominator from organizations.unit u where ${counted(scope)}`.execute(
        db,
      )
      return rows[0]!
    },
    async evidence(db, scope, limit) {
      const { rows } = await sql<{ id: string; name: string; since: string }>`
        select u.id, u.name, latest.since from organizations.unit u cross join lateral (select max(since) as since ${having}) latest
        where latest.since is not null and ${counted(scope)} order by latest.since desc, u.name limit ${limit}`.execute(db)
      return rows.map(({ id, name, since }) => ({ label: name, at: `${since}T00:00:00Z`, link: `/organizations/units/${id}` }))
    },
  }
}

export const facts: readonly Fact[] = [
  {
    code: 'organizations.units_with_liaison',
    title: { zh: '数据联络员配备率', en: 'Units with a data liaison officer' },
    formula: {
      zh: '有在任数据联络员的单位数 ÷ 未撤销的政府单位数',
      en: 'units with a liaison officer in post ÷ government units not closed',
    },
    target: 1,
    ...shareOfUnits(withLiaison),
  },
  {
    code: 'organizations.units_with_duties',
    title: { zh: '职责登记率', en: 'Units with registered duties' },
    formula: { zh: '已登记职责的单位数 ÷ 未撤销的政府单位数', en: 'units with at least one registered duty ÷ government units not closed' },
    target: 1,
    ...shareOfUnits(withDuty),
  },
]
