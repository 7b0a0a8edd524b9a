import { sql } from 'kysely'
import type { Evidence, Fact } from '../../kernel/facts.ts'

const HELD = sql`a.from_on <= (now() at time zone 'Asia/Shanghai')::date and a.until_on >= (now() at time zone 'Asia/Shanghai')::date
  and (a.ended_on is null or a.ended_on > (now() at time zone 'Asia/Shanghai')::date)`

export const facts: readonly Fact[] = [
  {
    code: 'partners.in_force',
    title: { zh: '生效的合作单位协议数', en: 'Agreements with partners in force' },
    unit: 'count',
    formula: { zh: '今天处于有效期内且未终止的已签协议数', en: 'signed agreements whose term covers today and that were not terminated' },
    measure: async (db, { unit }) => {
      const { rows } = await sql<{ numerator: number }>`select count(*) as numerator from partners_pub.agreement a
        where ${HELD} and (${unit ?? null}::uuid is null or a.keeper = ${unit ?? null})`.execute(db)
      return { numerator: rows[0]?.numerator ?? 0, denominator: null }
    },
    evidence: async (db, { unit }, limit) => {
      const { rows } = await sql<{ id: string; number: string; name: string }>`select a.id, a.number, a.name from partners_pub.agreement a
        where ${HELD} and (${unit ?? null}::uuid is null or a.keeper = ${unit ?? null}) order by a.signed_on desc, a.id limit ${limit}`.execute(db)
      return rows.map(({ id, number, name }): Evidence => ({ label: `${number} ${name}`, at: null, link: `/partners/${id}` }))
    },
  },
]
