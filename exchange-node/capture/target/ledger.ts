/** What the target database remembers of a capture: to what its positions belong, where it stands, and the signed periods. Written in the transactions of the rows. */
import type { Receipt, Signed } from '@zhenghe/wire/documents.ts'
import { OpenPeriod, RefusedChange } from '@zhenghe/wire/messages.ts'
import type pg from 'pg'
import { one, transaction } from '../../pg/connect.ts'
import { refusal } from '../../refusal.ts'
import type { TargetName } from '../../target/ledger.ts'

const TABLES = `
  create table if not exists zhenghe_exchange.capture (
    delivery uuid primary key, grant_id uuid not null, target_schema text not null, target_table text not null, binding text not null, position text not null,
    period json, refused json not null default '[]', wary int not null default 0, changed_at timestamptz not null default now());
  create table if not exists zhenghe_exchange.capture_period (
    delivery uuid not null references zhenghe_exchange.capture on delete cascade, n int not null, manifest json not null, receipt json not null,
    closed_at timestamptz not null default now(), constraint a_period_is_signed_once primary key (delivery, n))`

/** Of a ledger made before. */
const COLUMNS = `alter table zhenghe_exchange.capture add column if not exists refused json not null default '[]', add column if not exists wary int not null default 0`

/** `refused`: keys whose last change the target refuses; `wary`: so many batches are still to be applied row by row. */
export type CaptureState = { binding: string; position: string; period: OpenPeriod | null; refused: RefusedChange[]; wary: number }

export async function prepareCaptureLedger(client: pg.Client): Promise<void> {
  await transaction(client, 'begin', async () => {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('zhenghe_exchange', 0))`)
    const { there, whole } = await one<{ there: boolean; whole: boolean }>(
      client,
      `select to_regclass('zhenghe_exchange.capture_period') is not null as there,
              exists (select from pg_attribute where attrelid = to_regclass('zhenghe_exchange.capture') and attname = 'wary') as whole`,
    )
    if (!there) await client.query(TABLES)
    else if (!whole) await client.query(COLUMNS)
  })
}

export async function readState(client: pg.Client, delivery: string): Promise<CaptureState | undefined> {
  const { rows } = await client.query<{ binding: string; position: string; period: unknown; refused: unknown; wary: number }>(
    'select binding, position, period, refused, wary from zhenghe_exchange.capture where delivery = $1',
    [delivery],
  )
  const [found] = rows
  return found && { ...found, period: found.period === null ? null : OpenPeriod.parse(found.period), refused: RefusedChange.array().parse(found.refused) }
}

/** Before a load that begins there; an earlier beginning of the same delivery, whose load was never finished, is forgotten. */
export async function bind(
  client: pg.Client,
  delivery: string,
  grant: string,
  { schema, table }: TargetName,
  state: Pick<CaptureState, 'binding' | 'position'>,
): Promise<void> {
  await client.query(
    `insert into zhenghe_exchange.capture (delivery, grant_id, target_schema, target_table, binding, position) values ($1, $2, $3, $4, $5, $6)
     on conflict (delivery) do update set binding = excluded.binding, position = excluded.position, period = null, refused = '[]', wary = 0, changed_at = now()`,
    [delivery, grant, schema, table, state.binding, state.position],
  )
}

/** The next batches are applied row by row. */
export async function beWary(client: pg.Client, delivery: string, batches: number): Promise<void> {
  await client.query('update zhenghe_exchange.capture set wary = $2 where delivery = $1', [delivery, batches])
}

/** Inside the transaction of the rows. Refuses `counts_differ` where the target does not stand where this side thinks: somebody else has moved it. */
export function advanceSql(): string {
  return `update zhenghe_exchange.capture set position = $3, period = $4, changed_at = now() where delivery = $1 and position = $2`
}

export function stood(moved: number | null, position: string): void {
  if (moved !== 1)
    throw refusal('counts_differ', `the target's ledger does not stand at ${position} any more: another capture wrote to it; nothing of this batch was applied`)
}

/** A period with both sides' evidence; the next begins. */
export async function closePeriod(client: pg.Client, delivery: string, receipt: Receipt, manifest: Signed, next: OpenPeriod): Promise<void> {
  await transaction(client, 'begin', async () => {
    await client.query('insert into zhenghe_exchange.capture_period (delivery, n, manifest, receipt) values ($1, $2, $3, $4)', [
      delivery,
      receipt.period,
      JSON.stringify(manifest),
      JSON.stringify(receipt),
    ])
    await client.query('update zhenghe_exchange.capture set period = $2 where delivery = $1', [delivery, JSON.stringify(next)])
  })
}

/** Of the period closed last, the receipt unsigned: the same one can be signed again. */
export async function lastPeriod(client: pg.Client, delivery: string): Promise<{ manifest: Signed; receipt: Receipt } | undefined> {
  const { rows } = await client.query<{ manifest: Signed; receipt: Receipt }>(
    'select manifest, receipt from zhenghe_exchange.capture_period where delivery = $1 order by n desc limit 1',
    [delivery],
  )
  return rows[0]
}
