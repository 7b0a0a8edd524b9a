/** The register that the benches of the exchange bring from one database to the other. */
import type { Site } from './cases.ts'
import { DDL, fillRegister } from './register.ts'

/** The register is kept between runs. */
export async function prepare({ source, rows }: Pick<Site, 'source' | 'rows'>): Promise<void> {
  const found = await source.client.query(`select to_regclass('entity') is not null and (select count(*) from pg_class where relname = 'entity') > 0 as there`)
  if ((found.rows[0] as { there: boolean }).there) {
    const { rows: counted } = await source.client.query<{ n: number }>('select count(*)::int as n from entity')
    if (counted[0]?.n === rows) return
  }
  console.log(`filling the register with ${rows.toLocaleString('en')} rows …`)
  await source.client.query(`drop table if exists entity; ${DDL('entity', false)}`)
  await fillRegister(source.client as never, 'entity', rows)
  await source.client.query('alter table entity add primary key (uscc); vacuum analyze entity'.split(';')[0]!)
  await source.client.query('vacuum analyze entity')
  await source.client.query('checkpoint')
}
