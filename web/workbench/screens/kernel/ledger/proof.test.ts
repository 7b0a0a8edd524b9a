import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { LedgerProof } from '@zhenghe/server/kernel/desk/contract.ts'
import { describe, expect, test } from 'vitest'
import { checkProof } from './proof.ts'

const sha = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const said = {
  at: '2026-11-23T02:00:00.000Z',
  actor: { id: '018f0000-0000-7000-8000-000000000001', name: '李文' },
  endpoint: 'POST /catalog/entries',
  outcome: 'done',
}

function proofOf(body = JSON.stringify(said)): LedgerProof {
  const previous = sha(Buffer.from('before'))
  const place = Buffer.alloc(10)
  place.writeInt16BE(3, 0)
  place.writeBigInt64BE(7n, 2)
  const hash = sha(previous, place, Buffer.from(body))
  const leaf = sha(Buffer.of(0), hash)
  const left = sha(Buffer.from('left'))
  const right = sha(Buffer.from('right'))
  const root = sha(Buffer.of(1), sha(Buffer.of(1), left, leaf), right)
  const before = sha(Buffer.from('the seal before'))
  const digest = sha(Buffer.from(`zhenghe-seal-v1\n1\n${said.at}\n3:6-8\n`), root, before)
  return {
    line: {
      ...{ chain: 3, seq: 7, at: said.at, actor: said.actor.id, actorName: said.actor.name },
      ...{ endpoint: said.endpoint, outcome: said.outcome, subjects: [], hash: hash.toString('hex') },
    },
    body,
    previous: previous.toString('hex'),
    seal: {
      ...{ n: 1, at: said.at, lines: 3, key: 'k1', index: 1, root: root.toString('hex') },
      ...{ heads: [{ chain: 3, from: 6, to: 8 }], previous: before.toString('hex') },
      publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
      signature: sign(null, digest, privateKey).toString('base64url'),
      steps: [
        { side: 'left', hash: left.toString('hex') },
        { side: 'right', hash: right.toString('hex') },
      ],
    },
  }
}

describe('a ledger line checked in the browser', () => {
  test('holds where nothing was changed', async () => {
    expect(await checkProof(proofOf())).toEqual({ line: true, labels: true, steps: true, seal: true })
  })
  test('fails on a changed body, and with it the way to the seal', async () => {
    const proof = proofOf()
    expect(await checkProof({ ...proof, body: proof.body.replace('李文', '王文') })).toMatchObject({ line: false, steps: false })
  })
  test('tells where the list shows something else than was recorded', async () => {
    const proof = proofOf()
    expect(await checkProof({ ...proof, line: { ...proof.line, outcome: 'kernel.forbidden' } })).toMatchObject({ line: true, labels: false })
  })
  test('fails on a signature of other heads, of another seal before, or of another root', async () => {
    const proof = proofOf()
    const other = sha(Buffer.from('another')).toString('hex')
    expect(await checkProof({ ...proof, seal: { ...proof.seal!, heads: [{ chain: 3, from: 1, to: 8 }] } })).toMatchObject({ steps: true, seal: false })
    expect(await checkProof({ ...proof, seal: { ...proof.seal!, previous: other } })).toMatchObject({ steps: true, seal: false })
    expect(await checkProof({ ...proof, seal: { ...proof.seal!, root: other } })).toMatchObject({ steps: false, seal: false })
  })
  test('says nothing about a seal that is not there yet', async () => {
    expect(await checkProof({ ...proofOf(), seal: null })).toMatchObject({ line: true, steps: undefined, seal: undefined })
  })
})
