/** Two ways of following the changes of one table: this platform's nodes, and PostgreSQL's own logical replication. */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { discardCapture } from '@zhenghe/exchange-node/capture/postgres/capture.ts'
import { withClient } from '@zhenghe/exchange-node/pg/connect.ts'
import { readTable, shapeOf } from '@zhenghe/exchange-node/source/schema.ts'
import { freePort } from '@zhenghe/server/kernel/embedded.ts'
import type { Grant, GrantField } from '@zhenghe/wire/documents.ts'
import { generateNodeKeys, rawPublicKey, storeNodeKeys } from '@zhenghe/wire/keys.ts'
import { signDocument } from '@zhenghe/wire/sign.ts'
import { GRANT } from '@zhenghe/wire/signed.ts'
import type { NodeSettings } from '../exchange/cases.ts'
import { Worker } from '../exchange/child.ts'
import type { Cluster } from '../exchange/clusters.ts'
import { COLUMNS } from '../exchange/register.ts'

export type Site = { source: Cluster; target: Cluster }
/** `table`: where the rows arrive. */
export type Way = {
  name: string
  table: string /** its table is filled, and changes are followed */
  begin(): Promise<void>
  stop(): Promise<void>
  resume(): Promise<void>
  drop(): Promise<void>
}

const LOOK_MS = 2

/** Waits until a row of the target holds a value. */
export async function arrived({ target }: Site, table: string, key: string, name: string): Promise<void> {
  for (;;) {
    const { rows } = await target.client.query(`select from ${table} where uscc = $1 and name = $2`, [key, name])
    if (rows.length > 0) return
    await pause(LOOK_MS)
  }
}

export function zhenghe(site: Site): Way {
  const [provider, consumer, approver] = [generateNodeKeys('provider'), generateNodeKeys('consumer'), generateKeyPairSync('ed25519')]
  const delivery = randomUUID()
  let [sender, receiver]: (Worker | undefined)[] = []
  let runs: Promise<unknown>[] = []
  const start = async () => {
    const { source, target } = site
    const grant = signDocument(GRANT, await draft(source, provider.identity, consumer.identity), approver.privateKey)
    const common = { delivery, grant, approver: rawPublicKey(approver.publicKey), port: await freePort() }
    sender = new Worker(new URL('./sender.ts', import.meta.url))
    receiver = new Worker(new URL('./receiver.ts', import.meta.url))
    await receiver.prepare({ ...common, keys: storeNodeKeys(consumer), peer: provider.identity, address: target.address } satisfies NodeSettings)
    await sender.prepare({ ...common, keys: storeNodeKeys(provider), peer: consumer.identity, address: source.address } satisfies NodeSettings)
  }
  const go = () => {
    runs = [receiver!.go(), sender!.go()]
  }
  return {
    name: 'zhenghe, everything on',
    table: 'captured',
    begin: async () => {
      await site.target.client.query('drop table if exists captured')
      await start()
      go()
      const bound = () =>
        site.target.client.query(`select from zhenghe_exchange.delivery where id = '${delivery}' and receipt is not null`).catch(() => ({ rows: [] }))
      while ((await bound()).rows.length === 0) await pause(LOOK_MS)
    },
    stop: async () => {
      sender!.signal('SIGUSR2')
      await Promise.all(runs)
      sender!.end()
      receiver!.end()
      await start() // as beside a database: the nodes are there before the changes
    },
    resume: async () => go(),
    drop: async () => {
      sender!.signal('SIGUSR2')
      await Promise.race([Promise.all(runs), pause(5000)])
      sender!.end()
      receiver!.end()
      await discardCapture(site.source.address, delivery)
    },
  }
}

async function draft(source: Cluster, provider: Grant['provider']['node'], consumer: Grant['consumer']['node']): Promise<Grant> {
  const table = await withClient(source.address, 'bench', (client) => readTable(client, 'public', 'entity'))
  const fields = COLUMNS.map(
    ([name, type]): GrantField => ({
      ...{ name, column: name, type, title: name, key: name === 'uscc', nullable: name !== 'uscc' && name !== 'updated_at' },
      rules: name === 'uscc' ? [{ kind: 'uscc' }] : [],
      ...(name === 'legal_rep' ? { mask: { kind: 'name' as const } } : {}),
      ...(name === 'rep_id' ? { mask: { kind: 'middle' as const, head: 6, tail: 4 } } : {}),
    }),
  )
  const day = 86_400_000
  return {
    ...{ v: 1, id: randomUUID(), version: 1, resource: { code: 'bench', name: 'register', version: 1 }, fields, purpose: 'bench', basis: 'bench' },
    source: { id: 'source', schema: 'public', table: 'entity', shape: shapeOf(table!.columns) },
    provider: { unit: 'provider', name: 'provider', node: provider },
    consumer: { unit: 'consumer', name: 'consumer', node: consumer },
    notBefore: new Date(Date.now() - day).toISOString(),
    notAfter: new Date(Date.now() + day).toISOString(),
    limits: { rejectShare: 1, connections: 2 },
  }
}

/** Binary, large transactions in pieces, as PostgreSQL's documentation advises. */
export function native({ source, target }: Site): Way {
  const { host, port, user, password, database } = source.address
  const address = `host=${host} port=${port} user=${user} password=${password} dbname=${database}`
  const synced = `select from pg_subscription_rel where srsubstate <> 'r'`
  return {
    name: 'native logical replication',
    table: 'entity',
    begin: async () => {
      await source.client.query('drop publication if exists native; create publication native for table entity')
      await target.client.query(`create subscription native connection '${address}' publication native with (binary = true, streaming = on)`)
      while ((await target.client.query(synced)).rows.length > 0) await pause(LOOK_MS)
    },
    stop: async () => {
      await target.client.query('alter subscription native disable')
      while ((await source.client.query(`select from pg_replication_slots where slot_name = 'native' and active`)).rows.length > 0) await pause(LOOK_MS)
    },
    resume: async () => {
      await target.client.query('alter subscription native enable')
    },
    drop: async () => {
      await target.client.query('drop subscription native')
      await source.client.query('drop publication native')
    },
  }
}
