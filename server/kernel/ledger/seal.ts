/** Seals what the ledger gained since the last seal under one signed Merkle root, and proves a line's place in it. */
import { createHash, type KeyObject, sign, verify } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { KernelTables } from '../database.ts'
import { merkleProof, merkleRoot, type ProofStep } from './merkle.ts'

type Db = Kysely<KernelTables>
export type SealKey = { id: string; privateKey: KeyObject; publicKey: KeyObject }
export type Head = { chain: number; from: number; to: number }
export type Seal = KernelTables['kernel.ledgerSeal']

/** What a seal's signature covers: its number, moment, heads, root and the root of the seal before it. */
export function sealDigest(seal: Pick<Seal, 'n' | 'at' | 'heads' | 'root' | 'previous'>): Buffer {
  const heads = seal.heads.map(({ chain, from, to }) => `${chain}:${from}-${to}`).join(',')
  return createHash('sha256').update(`zhenghe-seal-v1\n${seal.n}\n${seal.at}\n${heads}\n`).update(seal.root).update(seal.previous).digest()
}

export function sealIsSigned(seal: Seal, publicKey: KeyObject): boolean {
  return verify(null, sealDigest(seal), publicKey, seal.signature)
}

/** Seals all unsealed lines; answers the number of lines sealed, 0 where there was none. One sealer at a time. */
export async function sealLedger(db: Db, key: SealKey, now: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtext('kernel.ledger_seal'))`.execute(db)
  const last = await db.selectFrom('kernel.ledgerSeal').selectAll().orderBy('n', 'desc').limit(1).executeTakeFirst()
  const chains = (await sql<{ chain: number; seq: number }>`select chain, seq from kernel.ledger_chain order by chain`.execute(db)).rows
  const sealed = await sealedUpTo(db)
  const heads: Head[] = chains.map(({ chain, seq }) => ({ chain, from: (sealed.get(chain) ?? 0) + 1, to: seq })).filter(({ from, to }) => to >= from)
  if (heads.length === 0) return 0
  const leaves = await leavesOf(db, heads)
  const seal = { n: (last?.n ?? 0) + 1, at: now, heads, lines: leaves.length, root: merkleRoot(leaves), previous: last?.root ?? Buffer.alloc(32), key: key.id }
  const signature = sign(null, sealDigest(seal), key.privateKey)
  await sql`insert into kernel.ledger_seal values (${seal.n}, ${seal.at}, ${JSON.stringify(heads)}, ${seal.lines}, ${seal.root}, ${seal.previous}, ${seal.key}, ${signature})`.execute(
    db,
  )
  return leaves.length
}

async function sealedUpTo(db: Db): Promise<Map<number, number>> {
  const { rows } = await sql<{ chain: number; upTo: number }>`
    select (h->>'chain')::int as chain, max((h->>'to')::bigint) as up_to from kernel.ledger_seal, jsonb_array_elements(heads) h group by 1`.execute(db)
  return new Map(rows.map(({ chain, upTo }) => [chain, upTo]))
}

async function leavesOf(db: Db, heads: readonly Head[]): Promise<Buffer[]> {
  const { rows } = await sql<{ hash: Buffer }>`
    select l.hash from jsonb_to_recordset(${JSON.stringify(heads)}::jsonb) as h(chain smallint, "from" bigint, "to" bigint)
    join kernel.ledger l on l.chain = h.chain and l.seq between h."from" and h."to" order by l.chain, l.seq`.execute(db)
  return rows.map(({ hash }) => hash)
}

export type LineProof = { seal: Seal; index: number; leaves: number; steps: ProofStep[] }

/** The proof that a line is under a seal, or undefined while it is not sealed yet. */
export async function proveLine(db: Db, chain: number, seq: number): Promise<LineProof | undefined> {
  const { rows } = await sql<{ n: number }>`
    select s.n from kernel.ledger_seal s, jsonb_array_elements(s.heads) h
    where (h->>'chain')::int = ${chain} and ${seq} between (h->>'from')::bigint and (h->>'to')::bigint limit 1`.execute(db)
  if (!rows[0]) return undefined
  const seal = await db.selectFrom('kernel.ledgerSeal').selectAll().where('n', '=', rows[0].n).executeTakeFirstOrThrow()
  const before = seal.heads.filter((head) => head.chain < chain).reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const own = seal.heads.find((head) => head.chain === chain)!
  const index = before + seq - own.from
  const leaves = await leavesOf(db, seal.heads)
  return { seal, index, leaves: leaves.length, steps: merkleProof(leaves, index) }
}
