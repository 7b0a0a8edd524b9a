/**
 * Checks one ledger line in the browser, by WebCrypto alone: its hash, its labels, the Merkle steps to the root, and that the seal's signature
 * covers this root, its heads and the seal before. Taken on the server's word: its public key.
 */
import type { LedgerProof } from '@zhenghe/server/kernel/desk/contract.ts'
import { fromBase64Url } from '@zhenghe/wire/base64url.ts'

/** What was found: true or false; undefined where this browser cannot tell, or there is no seal yet. */
export type Checked = { line: boolean; labels: boolean; steps: boolean | undefined; seal: boolean | undefined }
type Bytes = Uint8Array<ArrayBuffer>
const LEAF = 0
const NODE = 1

export async function checkProof({ line, body, previous, seal }: LedgerProof): Promise<Checked> {
  const hash = await lineHash(fromHex(previous), line.chain, line.seq, body)
  const root = seal && (await rootFrom(hash, seal.steps))
  return {
    line: toHex(hash) === line.hash,
    labels: labelsAgree(line, body),
    steps: seal && root ? toHex(root) === seal.root : undefined,
    seal: seal ? await isSigned(seal) : undefined,
  }
}

/** sha256(previous ‖ chain, 2 bytes ‖ seq, 8 bytes ‖ body in UTF-8), big-endian. */
async function lineHash(previous: Bytes, chain: number, seq: number, body: string): Promise<Bytes> {
  const place = new DataView(new ArrayBuffer(10))
  place.setInt16(0, chain)
  place.setBigInt64(2, BigInt(seq))
  return sha256(previous, new Uint8Array(place.buffer), new TextEncoder().encode(body))
}

async function rootFrom(leaf: Bytes, steps: NonNullable<LedgerProof['seal']>['steps']): Promise<Bytes> {
  let hash = await sha256(Uint8Array.of(LEAF), leaf)
  for (const { side, hash: other } of steps) {
    const neighbour = fromHex(other)
    hash = side === 'left' ? await sha256(Uint8Array.of(NODE), neighbour, hash) : await sha256(Uint8Array.of(NODE), hash, neighbour)
  }
  return hash
}

/** What a seal's signature covers: its number, moment and heads as text, then its root and the root before. */
async function sealDigest({ n, at, heads, root, previous }: NonNullable<LedgerProof['seal']>): Promise<Bytes> {
  const ranges = heads.map(({ chain, from, to }) => `${chain}:${from}-${to}`).join(',')
  return sha256(new TextEncoder().encode(`zhenghe-seal-v1\n${n}\n${at}\n${ranges}\n`), fromHex(root), fromHex(previous))
}

async function isSigned(seal: NonNullable<LedgerProof['seal']>): Promise<boolean | undefined> {
  const { publicKey, signature } = seal
  try {
    const key = await crypto.subtle.importKey('raw', fromBase64Url(publicKey), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, fromBase64Url(signature), await sealDigest(seal))
  } catch {
    return undefined
  }
}

function labelsAgree({ at, actor, endpoint, outcome }: LedgerProof['line'], body: string): boolean {
  const said = JSON.parse(body) as { at?: string; actor?: { id?: string }; endpoint?: string; outcome?: string }
  return said.at === at && said.actor?.id === actor && said.endpoint === endpoint && said.outcome === outcome
}

async function sha256(...parts: readonly Uint8Array[]): Promise<Bytes> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole))
}

function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
