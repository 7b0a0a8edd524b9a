/** Plain SQL, forward only: each file once, in one transaction, its checksum kept. A released file that changed stops the start. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { Pool, PoolClient } from 'pg'

export type Migrations = { schema: string; folder: URL }

/** Brings every schema up to date; answers the files applied now. One migrator at a time, others wait. */
export async function migrate(pool: Pool, all: readonly Migrations[], today: string): Promise<string[]> {
  const client = await pool.connect()
  const applied: string[] = []
  try {
    await client.query(`select pg_advisory_lock(hashtext('zhenghe.migrate'))`)
    await client.query(`create schema if not exists kernel;
      create table if not exists kernel.migration (schema text, file text, sha256 text not null, at timestamptz not null default now(), primary key (schema, file))`)
    for (const { schema, folder } of all) applied.push(...(await migrateSchema(client, schema, folder)))
    await client.query('select kernel.ensure_partitions($1)', [today])
    return applied
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext('zhenghe.migrate'))`).catch(() => undefined)
    client.release()
  }
}

async function migrateSchema(client: PoolClient, schema: string, folder: URL): Promise<string[]> {
  const known = new Map<string, string>(
    (await client.query('select file, sha256 from kernel.migration where schema = $1', [schema])).rows.map((row) => [row.file, row.sha256]),
  )
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  const gone = [...known.keys()].filter((file) => !files.includes(file))
  if (gone.length > 0) throw new Error(`migrations of ${schema} that were applied are missing: ${gone.join(', ')}`)
  const fresh: string[] = []
  for (const file of files) {
    const text = await readFile(new URL(file, folder), 'utf8')
    const digest = createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
    const before = known.get(file)
    if (before && before !== digest) throw new Error(`${schema}/${file} was changed after it had been applied: add a new file instead`)
    if (!before) {
      await apply(client, schema, file, text, digest)
      fresh.push(`${schema}/${file}`)
    }
  }
  return fresh
}

async function apply(client: PoolClient, schema: string, file: string, text: string, digest: string): Promise<void> {
  await client.query('begin')
  try {
    await client.query(`create schema if not exists "${schema}"`)
    await client.query(text)
    await client.query('insert into kernel.migration (schema, file, sha256) values ($1, $2, $3)', [schema, file, digest])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`migration ${schema}/${file} failed: ${(error as Error).message}`, { cause: error })
  }
}
