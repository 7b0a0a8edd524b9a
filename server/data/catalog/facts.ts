/** What the catalogue can prove of itself, over entries published and not withdrawn. */
import { type Kysely, sql } from 'kysely'
import type { Moment } from '../../kernel/contract.ts'
import type { Evidence, Fact, FactScope } from '../../kernel/facts.ts'
import { ShareType } from './contract.ts'
import { shareTypes } from './texts.ts'

type Condition = ReturnType<typeof sql<boolean>>
const ALL = sql<boolean>`true`
const BINDABLE = sql<boolean>`share_type <> 'none' and format = 'database'`

/** A figure over `catalog_pub.entry`: entries that satisfy `counted`, among those that satisfy `among`. */
function entryFact(fact: Omit<Fact, 'measure' | 'evidence'>, counted: Condition, among?: Condition): Fact {
  return {
    ...fact,
    measure: async (db, scope) => {
      const { rows } = await sql<{ numerator: number; denominator: number }>`
        select count(*) filter (where ${counted}) as numerator, count(*) as denominator
        from catalog_pub.entry where withdrawn_at is null and ${among ?? ALL} and ${inScope(scope)}`.execute(db)
      const { numerator = 0, denominator = 0 } = rows[0] ?? {}
      return { numerator, denominator: among ? denominator : null }
    },
    evidence: (db, scope, limit) => evidence(db, sql<boolean>`${counted} and ${among ?? ALL} and ${inScope(scope)}`, limit),
  }
}

const inScope = ({ unit }: FactScope): Condition => (unit ? sql<boolean>`provider = ${unit}` : ALL)

async function evidence(db: Kysely<never>, wanted: Condition, limit: number): Promise<Evidence[]> {
  const { rows } = await sql<{ id: string; code: string; name: string; at: Moment }>`
    select id, code, name, published_at as at from catalog_pub.entry where withdrawn_at is null and ${wanted} order by published_at desc, id limit ${limit}`.execute(
    db,
  )
  return rows.map(({ id, code, name, at }) => ({ label: `${code} ${name}`, at, link: `/catalog/${id}` }))
}

export const facts: readonly Fact[] = [
  entryFact(
    {
      code: 'catalog.published',
      title: { zh: '已发布目录数', en: 'Entries published' },
      unit: 'count',
      formula: { zh: '已发布且未撤销的目录条数', en: 'Entries published and not withdrawn' },
    },
    ALL,
  ),
  ...ShareType.options.map((type) =>
    entryFact(
      {
        code: `catalog.share_${type}`,
        title: { zh: `${shareTypes[type].zh}占比`, en: `Part ${shareTypes[type].en.toLowerCase()}` },
        unit: 'share',
        formula: { zh: `${shareTypes[type].zh}的目录数 ÷ 已发布目录数`, en: `Entries ${shareTypes[type].en.toLowerCase()} ÷ entries published` },
      },
      sql<boolean>`share_type = ${type}`,
      ALL,
    ),
  ),
  entryFact(
    {
      code: 'catalog.binding_rate',
      title: { zh: '挂接率', en: 'Binding rate' },
      unit: 'share',
      formula: {
        zh: '已挂接数据源的目录数 ÷ 应挂接目录数（已发布、可共享、格式为数据库）',
        en: 'Entries bound to a source ÷ entries to be bound (published, shared, in database format)',
      },
    },
    sql<boolean>`bound`,
    BINDABLE,
  ),
]
