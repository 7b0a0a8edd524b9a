import { hash } from 'node:crypto'

/** A step of an inclusion proof: the neighbour's hash and the side it stands on. */
export type ProofStep = { side: 'left' | 'right'; hash: Buffer }

const [LEAF, NODE] = [Buffer.of(0), Buffer.of(1)]
const leafHash = (value: Buffer): Buffer => hash('sha256', Buffer.concat([LEAF, value]), 'buffer')
const nodeHash = (left: Buffer, right: Buffer): Buffer => hash('sha256', Buffer.concat([NODE, left, right]), 'buffer')

/** The root of a Merkle tree over the leaves in their order (RFC 6962 prefixes; an odd last node rises unpaired). Zero bytes for no leaves. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  let level = leaves.map(leafHash)
  if (level.length === 0) return Buffer.alloc(32)
  while (level.length > 1) level = parents(level)
  return level[0]!
}

function parents(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = []
  for (let i = 0; i < level.length; i += 2) above.push(i + 1 < level.length ? nodeHash(level[i]!, level[i + 1]!) : level[i]!)
  return above
}

/** The steps from one leaf up to the root. */
export function merkleProof(leaves: readonly Buffer[], index: number): ProofStep[] {
  const steps: ProofStep[] = []
  let level = leaves.map(leafHash)
  for (let at = index; level.length > 1; at >>= 1) {
    const other = at ^ 1
    if (other < level.length) steps.push({ side: other < at ? 'left' : 'right', hash: level[other]! })
    level = parents(level)
  }
  return steps
}

/** The root that a leaf and its steps lead to. */
export function rootFrom(leaf: Buffer, steps: readonly ProofStep[]): Buffer {
  return steps.reduce((hash, step) => (step.side === 'left' ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash)), leafHash(leaf))
}
