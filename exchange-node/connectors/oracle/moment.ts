/** One moment of Oracle for all readers: a flashback query as of a system change number, where the login may ask for one; else each reader has a transaction that only reads. */
import type { Begun, SqlSession } from '../sql/dialect.ts'

/** Where the number of the moment is to be had, by what the login may read. */
const NUMBERS = ['select dbms_flashback.get_system_change_number from dual', 'select current_scn from v$database']

export async function beginReading(sessions: readonly SqlSession[], table: string): Promise<Begun> {
  const [first] = sessions
  const [row] = await first!.query(
    `select sys_context('USERENV', 'DB_UNIQUE_NAME'), to_char(sys_extract_utc(systimestamp), 'YYYY-MM-DD HH24:MI:SS.FF6') from dual`,
  )
  const [system, position] = [`${String(row?.[0])}/${first!.database}`, String(row?.[1])]
  const number = await flashback(first!, table)
  if (number !== undefined) return { system, position: number, asOf: ` as of scn ${number}`, moments: 'shared' }
  for (const session of sessions) {
    await session.begin()
    await session.run('set transaction read only')
  }
  return { system, position, asOf: '', moments: sessions.length > 1 ? 'each' : 'shared' }
}

/** Undefined where the login may not, or the table cannot be read so. */
async function flashback(session: SqlSession, table: string): Promise<string | undefined> {
  for (const sql of NUMBERS) {
    const number = await session.query(sql).then(
      ([row]) => String(row?.[0]),
      () => undefined,
    )
    if (number === undefined || !/^\d+$/.test(number)) continue
    const readable = await session.query(`select count(*) from (select 1 from ${table} as of scn ${number} where rownum = 1)`).then(
      () => true,
      (error: { code?: string }) => {
        if (error.code === 'database_gone') throw error
        return false
      },
    )
    return readable ? number : undefined
  }
  return undefined
}
