import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { command, event, Id, query, type Refusals, type Rights } from './contract.ts'
import { desk } from './desk/module.ts'
import { sealLedger } from './ledger/seal.ts'
import { verifyLedger } from './ledger/verify.ts'
import { type Actions, defineModule, type Module, on } from './module.ts'
import { refuser } from './refusal.ts'
import { testPlatform } from './testing/testing.ts'
import { uuidv7 } from './uuid.ts'

// an invented module, to prove the mechanisms by
const refusals = {
  'plots.taken': { status: 409, constraint: 'plot_once', text: { zh: '已被占用', en: 'taken' } },
  'plots.counted': { status: 401, keeps: true, text: { zh: '不对', en: 'wrong' } },
  'plots.unknown': { status: 404, text: { zh: '没有', en: 'none' } },
} satisfies Refusals
const rights = {
  'plots.take': { side: 'business', text: { zh: '占', en: 'take' } },
  'plots.read': { side: 'business', text: { zh: '看', en: 'read' } },
} satisfies Rights
const Taken = event('plots.taken', z.object({ plot: z.int() }))
const contract = {
  take: command('POST /plots', {
    summary: 'Take a plot',
    right: 'plots.take',
    in: z.object({ plot: z.int(), phone: z.string().default('') }),
    out: z.object({}),
    refusals: ['plots.taken'],
    personal: ['phone'],
  }),
  guess: command('POST /plots/guess', { summary: 'Guess, and be counted', right: 'public', in: z.object({}), out: z.object({}), refusals: ['plots.counted'] }),
  count: query('GET /plots', {
    summary: 'How many',
    right: 'plots.read',
    in: z.object({}),
    out: z.object({ plots: z.int(), guesses: z.int(), heard: z.int() }),
  }),
  sneak: query('GET /plots/sneak', { summary: 'A query that writes', right: 'plots.read', in: z.object({}), out: z.object({}) }),
  lie: query('GET /plots/lie', { summary: 'Refuses what it never declared', right: 'plots.read', in: z.object({}), out: z.object({}) }),
}
type Tables = { 'plots.plot': { plot: number }; 'plots.guess': { n: number }; 'plots.heard': { plot: number } }
const refuse = refuser(refusals)
const actions: Actions<typeof contract, Tables> = {
  async take({ db, emit, about }, { plot }) {
    await db.insertInto('plots.plot').values({ plot }).execute()
    emit(Taken, { plot })
    about('plots.plot', '8f6f0b52-6f5e-4f6e-9b53-0d6f3c1f6a10', { plot })
    return {}
  },
  async guess({ db }) {
    await db.insertInto('plots.guess').values({ n: 1 }).execute()
    return refuse('plots.counted')
  },
  async count({ db }) {
    const count = async (table: keyof Tables) => Number((await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db)).rows[0]?.n)
    return { plots: await count('plots.plot'), guesses: await count('plots.guess'), heard: await count('plots.heard') }
  },
  async sneak({ db }) {
    await db.insertInto('plots.plot').values({ plot: 99 }).execute()
    return {}
  },
  lie: async () => refuse('plots.unknown'),
}
const plots = defineModule({
  name: 'plots',
  contract,
  refusals,
  rights,
  actions,
  migrations: new URL('./testing/plots/', import.meta.url),
  jobs: {
    readers: [
      on<typeof Taken.of, Tables>(
        Taken,
        'count what is heard',
        async ({ db }, { plot }) => void (await db.insertInto('plots.heard').values({ plot }).execute()),
      ),
    ],
    schedules: [],
  },
})
const t = await testPlatform([desk, plots] as unknown as Module[])
const taker = t.as({ rights: ['plots.take', 'plots.read'] })(contract)
const reader = t.as({ rights: ['plots.read'] })(contract)

test('one act is one transaction: its rows, its event, its ledger line', async () => {
  await taker.take({ plot: 1, phone: '13800000000' })
  expect(await t.outbox()).toMatchObject([{ name: 'plots.taken', payload: { plot: 1 } }])
  const [line] = await t.ledger()
  expect(line).toMatchObject({ endpoint: 'POST /plots', outcome: 'done', subjects: ['plots.plot:8f6f0b52-6f5e-4f6e-9b53-0d6f3c1f6a10'] })
  expect(line?.body).toContain('"facts":{"plot":1}')
})

test('personal input reaches the ledger only as a keyed digest', async () => {
  const bodies = (await t.ledger()).map(({ body }) => body).join()
  expect(bodies).not.toContain('13800000000')
  expect(bodies).toContain('"redacted"')
})

test('a broken constraint is the refusal that names it, and the attempt is in the ledger', async () => {
  await expect(taker.take({ plot: 1 })).rejects.toMatchObject({ code: 'plots.taken' })
  expect((await t.ledger()).map(({ outcome }) => outcome)).toContain('plots.taken')
})

test('ten at once for one plot: exactly one passes', async () => {
  const ends = await Promise.allSettled(Array.from({ length: 10 }, () => taker.take({ plot: 2 })))
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('without the right nothing happens, and the attempt is in the ledger', async () => {
  await expect(reader.take({ plot: 3 })).rejects.toMatchObject({ code: 'kernel.forbidden' })
  expect((await t.ledger()).map(({ outcome }) => outcome)).toContain('kernel.forbidden')
})

test('a refusal that keeps what was written commits it', async () => {
  const before = await reader.count({})
  await expect(t.as({})(contract).guess({})).rejects.toMatchObject({ code: 'plots.counted' })
  expect((await reader.count({})).guesses).toBe(before.guesses + 1)
})

test('a query cannot write, and an undeclared refusal is a fault', async () => {
  await expect(reader.sneak({})).rejects.toThrow(/read-only/)
  await expect(reader.lie({})).rejects.toThrow(/may not refuse/)
})

test('a reader hears an event once, however often its job runs', async () => {
  await t.work()
  const heard = (await reader.count({})).heard
  const told = await t.pool.query('select id, at from kernel.outbox limit 1')
  await t.pool.query(`select graphile_worker.add_job('event', $1::json)`, [
    JSON.stringify({ event: told.rows[0].id, at: told.rows[0].at, reader: 'plots.count what is heard' }),
  ])
  await t.work()
  expect((await reader.count({})).heard).toBe(heard)
  expect(heard).toBe((await reader.count({})).plots)
})

test('while every chain of the ledger is taken, acts wait for one, and none fails', async () => {
  const holder = await t.pool.connect()
  await holder.query('begin')
  await holder.query('select from kernel.ledger_chain for update')
  const acts = Array.from({ length: 8 }, (_, at) => taker.take({ plot: 1000 + at }))
  const stuck = `select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  const waiting = async () => Number((await holder.query(stuck)).rows[0].n)
  await expect.poll(waiting).toBeGreaterThanOrEqual(8)
  await holder.query('commit')
  holder.release()
  expect(await Promise.all(acts)).toHaveLength(8)
})

test('a sealed ledger verifies; a changed, a removed and an inserted line are each found and named', async () => {
  const verify = () => verifyLedger(t.platform.db, t.keys.seal.publicKey)
  await t.platform.db.transaction().execute((tx) => sealLedger(tx, t.keys.seal, '2026-11-23T02:01:00.000Z'))
  expect(await verify()).toMatchObject({ findings: [], unsealed: 0 })
  const [line] = (await t.pool.query('select * from kernel.ledger order by chain, seq limit 1')).rows
  await expect(t.pool.query('update kernel.ledger set body = body')).rejects.toThrow(/append-only/)
  const byForce = async (text: string, values: unknown[], check: () => Promise<void>) => {
    const client = await t.pool.connect()
    try {
      await client.query('alter table kernel.ledger disable trigger ledger_append_only')
      await client.query(text, values)
      await check()
    } finally {
      await client.query('delete from kernel.ledger where chain = $1 and seq = $2', [line.chain, line.seq])
      await client.query('delete from kernel.ledger where chain = $1 and seq = 0', [line.chain])
      await client.query('insert into kernel.ledger values ($1,$2,$3,$4,$5,$6,$7,$8,$9)', [
        line.chain,
        line.seq,
        line.at,
        line.actor,
        line.endpoint,
        line.outcome,
        line.subjects,
        line.body,
        line.hash,
      ])
      await client.query('alter table kernel.ledger enable trigger ledger_append_only')
      client.release()
    }
  }
  await byForce('update kernel.ledger set body = $3 where chain = $1 and seq = $2', [line.chain, line.seq, line.body.replace('"v":1', '"v":2')], async () =>
    expect((await verify()).findings).toContainEqual({ kind: 'changed', chain: line.chain, seq: line.seq, at: line.at }),
  )
  await byForce('delete from kernel.ledger where chain = $1 and seq = $2', [line.chain, line.seq], async () =>
    expect((await verify()).findings).toContainEqual({ kind: 'removed', chain: line.chain, from: line.seq, to: line.seq }),
  )
  await byForce(
    'insert into kernel.ledger select chain, 0, at, actor, endpoint, outcome, subjects, body, hash from kernel.ledger where chain = $1 and seq = $2',
    [line.chain, line.seq],
    async () => expect((await verify()).findings).toContainEqual({ kind: 'inserted', chain: line.chain, seq: 0, at: line.at }),
  )
  await byForce(`update kernel.ledger set outcome = 'x' where chain = $1 and seq = $2`, [line.chain, line.seq], async () =>
    expect((await verify()).findings).toContainEqual({ kind: 'mislabelled', chain: line.chain, seq: line.seq, at: line.at }),
  )
  expect((await verify()).findings).toEqual([])
})

test('the desk proves a line by its Merkle steps', async () => {
  const auditor = t.as({ rights: ['kernel.read_ledger', 'kernel.verify_ledger'] })(desk.contract)
  const page = await auditor.ledger({ limit: 5 })
  expect(page.total).toBeGreaterThan(5)
  const next = await auditor.ledger({ limit: 5, after: page.next ?? '' })
  expect(next.items.map(({ hash }) => hash)).not.toContain(page.items[0]?.hash)
  const sealed = (await t.ledger())[0]
  expect(sealed).toBeDefined()
  const oldest = (await auditor.ledger({ limit: 200 })).items.at(-1)
  const proof = await auditor.proof({ chain: oldest?.chain ?? 0, seq: oldest?.seq ?? 0 })
  expect(proof.seal?.steps.length).toBeGreaterThan(0)
  expect((await auditor.verify({})).findings).toEqual([])
})

test('ids made at one moment are distinct, and those of a later moment sort after them', () => {
  const at = t.platform.now().getTime()
  const [early, late] = [at, at + 1].map((moment) => Array.from({ length: 200 }, () => uuidv7(moment)))
  expect(new Set([...(early ?? []), ...(late ?? [])]).size).toBe(400)
  expect((early ?? []).every((one) => Id.safeParse(one).success && (late ?? []).every((other) => one < other))).toBe(true)
})

test('the whole ledger is for whoever may read it everywhere; the right in one unit shows one’s own lines', async () => {
  const unit = '018f0000-0000-7000-8000-0000000000aa'
  const local = t.as({ rights: ['kernel.read_ledger'], unit, person: '018f0000-0000-7000-8000-0000000000bb' })(desk.contract)
  expect((await local.ledger({})).total).toBe(0)
})
