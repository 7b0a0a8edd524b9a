/**
 * A register of which most rows are at the target already is brought up to date: all rows through the engine, merged by key, against a staging
 * table and INSERT … ON CONFLICT by psql. `--quick`: 200,000 rows, 2 rounds.
 */
import { once } from 'node:events'
import { type Case, childrenSeconds, measure, orderNodes, psql, type Site } from './exchange/cases.ts'
import { COLUMNS, DDL } from './exchange/register.ts'
import { median, speedRatio } from './measure/figures.ts'
import { report } from './measure/line.ts'
import { interleaved, secondsOf, sizes, withSite } from './measure/site.ts'

const TARGET = 1.8
const STRETCH = 2.2
/** Of a hundred rows at the source, so many are missing at the target. */
const MISSING = 5
const CURSOR = 'updated_at'

/** The name of the merged table, and what it holds before: all but a few of the rows, as the engine would have delivered them. */
async function stale({ source, target }: Site, table: string): Promise<void> {
  await target.client.query(`drop table if exists ${table}; ${DDL(table, true)}`)
  const out = psql(source, `copy (select * from entity where hashtext(uscc) % 100 not between 0 and ${MISSING - 1}) to stdout (format binary)`, [
    'ignore',
    'pipe',
    'inherit',
  ])
  const into = psql(target, `copy ${table} from stdin (format binary)`, [out.stdout!, 'inherit', 'inherit'])
  const codes = await Promise.all([once(out, 'exit'), once(into, 'exit')])
  if (codes.some(([code]) => code !== 0)) throw new Error('psql failed')
  await target.client.query(`vacuum analyze ${table}`)
  await target.client.query('checkpoint')
}

/** Neither side may leave out a row. */
async function assertWhole({ target, rows }: Site, table: string): Promise<void> {
  const { rows: found } = await target.client.query<{ n: number }>(`select count(*)::int as n from ${table}`)
  if (found[0]?.n !== rows) throw new Error(`${table} holds ${found[0]?.n} of ${rows} rows`)
}

const ours: Case = {
  name: 'zhenghe, merged by key',
  run: async (site) => {
    await site.target.client.query('drop table if exists received')
    await orderNodes(site, { mode: 'snapshot' }) // only what the engine has delivered may it merge into
    await site.target.client.query(`delete from received where hashtext(uscc) % 100 between 0 and ${MISSING - 1}`)
    await site.target.client.query('vacuum analyze received')
    await site.target.client.query('checkpoint')
    const { measured, receipt } = await orderNodes(site, { mode: 'incremental' }, { cursor: CURSOR })
    if (receipt?.loaded !== site.rows) throw new Error(`${receipt?.loaded} of ${site.rows} rows were merged`)
    await assertWhole(site, 'received')
    return measured
  },
}

const upsert: Case = {
  name: 'staging + INSERT … ON CONFLICT by psql',
  run: async (site) => {
    const { source, target, rows } = site
    await stale(site, 'upserted')
    const names = COLUMNS.map(([name]) => name)
    const sets = names.filter((name) => name !== 'uscc').map((name) => `${name} = excluded.${name}`)
    await target.client.query(`drop table if exists staged; ${DDL('staged', false).replace('create table', 'create unlogged table')}`)
    const measured = await measure(site, rows, async () => {
      const out = psql(source, 'copy entity to stdout (format binary)', ['ignore', 'pipe', 'inherit'])
      const into = psql(target, 'copy staged from stdin (format binary)', [out.stdout!, 'inherit', 'inherit'])
      const codes = await Promise.all([once(out, 'exit'), once(into, 'exit')])
      const merge = psql(target, `insert into upserted select * from staged on conflict (uscc) do update set ${sets.join(', ')}`, [
        'ignore',
        'inherit',
        'inherit',
      ])
      codes.push(await once(merge, 'exit'))
      if (codes.some(([code]) => code !== 0)) throw new Error('psql failed')
      return { client: childrenSeconds() }
    })
    await assertWhole(site, 'upserted')
    return measured
  },
}

export async function run(args: string[]): Promise<void> {
  const { rows, rounds, quick } = sizes(args, 1_000_000, 200_000)
  const results = await withSite(rows, (site) => interleaved([ours, upsert], rounds, site))
  const [mine, theirs] = [secondsOf(results.get(ours.name)), secondsOf(results.get(upsert.name))]
  const ratio = speedRatio(mine, theirs)
  const line = {
    row: 'refresh',
    target: TARGET,
    stretch: STRETCH,
    ours: median(mine),
    unit: 's',
    peer: upsert.name,
    ratio,
    pass: ratio >= TARGET,
    rounds,
    quick,
    rows,
  }
  report('refresh', [line], Object.fromEntries(results))
}
