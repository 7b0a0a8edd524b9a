/**
 * Partitions of a granted table. Their changes stand in the log under their own names; what a partition brings along when it is attached, and what it takes with it when it is
 * detached, dropped or emptied by itself, stands in no log. That is told, never passed over.
 */
import type { Grant } from '@zhenghe/wire/documents.ts'
import type pg from 'pg'
import { literal } from '../../pg/sql.ts'
import { shapeHas, shapeOf } from '../../source/schema.ts'
import { tableOf } from '../../source/select.ts'
import type { TableFacts } from './checks.ts'

/** `made`: as a partition, and so without rows of which the log did not tell. */
export type Partition = Pick<TableFacts, 'kind' | 'persistence' | 'identity' | 'identityColumns' | 'keyIndex'> & {
  oid: number
  name: string
  leaf: boolean
  made: boolean
}

/** All below the table, none where it is not partitioned. */
export async function readPartitions(client: pg.Client, grant: Grant): Promise<Partition[]> {
  const keys = grant.fields.filter(({ key }) => key).map(({ column }) => column)
  const { rows } = await client.query<Partition>(
    `select c.oid::int8::float8 as oid, c.oid::regclass::text as name, c.relkind as kind, c.relpersistence as persistence, c.relreplident as identity, t.isleaf as leaf,
            coalesce((select json_agg(a.attname) from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                      where i.indrelid = c.oid and i.indisvalid and i.indimmediate and case c.relreplident when 'd' then i.indisprimary when 'i' then i.indisreplident end), '[]') as "identityColumns",
            (select k.relname from pg_index i join pg_class k on k.oid = i.indexrelid
             where i.indrelid = c.oid and i.indisunique and i.indimmediate and i.indisvalid and i.indpred is null and i.indexprs is null
               and (select array_agg(a.attname::text order by a.attname::text) from pg_attribute a where a.attrelid = c.oid and a.attnum = any (i.indkey::int2[]) and a.attnotnull)
                   = (select array_agg(k order by k) from unnest($1::text[]) k) limit 1) as "keyIndex",
            (select h.xmin from pg_inherits h where h.inhrelid = c.oid) = (select a.xmin from pg_attribute a where a.attrelid = c.oid and a.attname = 'tableoid') as made
     from pg_partition_tree(to_regclass(${literal(tableOf(grant), 'text')})) t join pg_class c on c.oid = t.relid where t.level > 0 order by c.oid`,
    [keys],
  )
  return rows
}

type Event = { column: string; dbType: string }
const attached = (oid: number): Event => ({ column: `partition ${oid}`, dbType: 'attached' })
const detached = (oid: number): Event => ({ column: `partition ${oid}`, dbType: 'detached' })
export const emptied = (oid: number, position: string): Event => ({ column: `partition ${oid}`, dbType: `emptied at ${position}` })

/** What has come and gone since the capture began, but for what a person has accepted; undefined where there is nothing. @param known the partitions of then */
export function partitionsChanged(
  { source }: Pick<Grant, 'source'>,
  known: readonly number[],
  now: readonly Partition[],
): { words: string; shape: string } | undefined {
  const there = new Set(now.map(({ oid }) => oid))
  const gone = known.filter((oid) => !there.has(oid) && !shapeHas(source.shape, detached(oid)))
  const come = now.filter(({ oid, made }) => !made && !known.includes(oid) && !shapeHas(source.shape, attached(oid)))
  if (gone.length + come.length === 0) return undefined
  const words = [
    ...(come.length > 0 ? [`partitions with rows of their own were attached: ${come.map(({ name }) => name).join(', ')}`] : []),
    ...(gone.length > 0 ? [`${gone.length} partitions were detached or dropped`] : []),
  ]
  return { words: words.join('; '), shape: shapeOf([...come.map(({ oid }) => attached(oid)), ...gone.map(detached)]) }
}

/** What a person decides about. */
export const BRING_TO_DATE =
  'Rows that come or go so are not in the log. Accepted, the capture goes on, and a reconciliation with mending brings or removes them'
