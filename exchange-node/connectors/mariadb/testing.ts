/** What tests of this connector share: grants on its tables, and what a table holds. */
import type { Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { consumer, provider } from '../../testing/delivery.ts'
import type { TestMaria } from '../../testing/mariadb.ts'
import { until } from '../../testing/wait.ts'
import { boundTo } from '../testing/rows.ts'
import { MariaSource } from './source.ts'

const YEAR_MS = 365 * 86_400_000
const iso = (ms: number) => new Date(ms).toISOString()

/** DECIMAL has 65 places and no names; dates end with the years 1 and 9999; floats are numbers, and zero has no sign. */
export const REFUSED_EDGES = [
  'a numeric of 120 digits',
  'a numeric that is no number',
  'an infinite numeric',
  'a float that is no number',
  'an infinite float',
  'minus zero',
  'a year before Christ',
  'the year 12026',
  'an infinite date',
  'an infinite moment',
]

/** A grant on a table of MariaDB, bound to it as it is now. */
export async function grantOn(url: string, schema: string, table: string, fields: GrantField[], more: Partial<Grant> = {}): Promise<Grant> {
  return {
    v: 1,
    id: crypto.randomUUID(),
    version: 1,
    resource: { code: '307001/000001', name: '企业登记基本信息', version: 1 },
    source: await boundTo(new MariaSource(url), { schema, table }, fields),
    provider: { unit: '市场监督管理局', name: '市场监督管理局', node: provider.identity },
    consumer: { unit: '税务局', name: '税务局', node: consumer.identity },
    fields,
    purpose: '税源核查',
    basis: '《政务数据共享条例》',
    notBefore: iso(Date.now() - YEAR_MS),
    notAfter: iso(Date.now() + YEAR_MS),
    limits: { rejectShare: 0.1, connections: 3 },
    ...more,
  }
}

/** Removes all files of the log but the one that is written to, whose name it answers. One that is still being sent to a replica that has gone stays for a moment. */
export async function purgeLog({ query }: Pick<TestMaria, 'query'>): Promise<string> {
  return until(async () => {
    const [now] = await query<{ File: string }>('show master status')
    const [first] = await query<{ Log_name: string }>(`purge binary logs to '${now!.File}'; show binary logs`)
    return first!.Log_name === now!.File && now!.File
  })
}
