import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import {
  type ApproverKey,
  fingerprintInBrowser,
  generateApproverKey,
  openInBrowser,
  signInBrowser,
  unlockApproverKey,
  type WrappedKey,
} from './browser-sign.ts'
import type { Signed } from './documents.ts'
import { fingerprint, generateNodeKeys, loadNodeKeys, rawPublicKey, storeNodeKeys, withGmKeys } from './keys.ts'
import { openDocument, signDocument } from './sign.ts'
import { GRANT, RECEIPT, sm2Text } from './signed.ts'
import { generateSm2Key } from './sm2.ts'
import { keyOf, provider, refusal, refusedCode } from './testing.ts'

const Doc = z.object({ v: z.literal(1), name: z.string(), note: z.string().default('') })
const doc = { v: 1, name: '企业登记基本信息', note: '' } as const
const key = keyOf('ed25519', 1)
const publicKey = rawPublicKey(key)
const signed = signDocument(GRANT, doc, key)

test('a signed document opens to what was signed', () => {
  expect(openDocument(GRANT, signed, publicKey, Doc)).toEqual(doc)
})

test.each<[string, () => unknown, string]>([
  ['as a document of another kind', () => openDocument(RECEIPT, signed, publicKey, Doc), 'bad_signature'],
  ['with another key', () => openDocument(GRANT, signed, provider.identity.sign, Doc), 'wrong_key'],
  [
    'by another key under the same name',
    () => openDocument(GRANT, { ...signDocument(GRANT, doc, provider.sign), key: signed.key }, publicKey, Doc),
    'bad_signature',
  ],
  ['with its text changed', () => openDocument(GRANT, { ...signed, text: signed.text.replace('企业', '个人') }, publicKey, Doc), 'bad_signature'],
  ['in another shape', () => openDocument(GRANT, signDocument(GRANT, { v: 2 }, key), publicKey, Doc), 'bad_document'],
  ['with a property nobody knows', () => openDocument(GRANT, signDocument(GRANT, { ...doc, also: 1 }, key), publicKey, Doc), 'not_exact'],
  ['with a default left out', () => openDocument(GRANT, signDocument(GRANT, { v: 1, name: '' }, key), publicKey, Doc), 'not_exact'],
  ['with a public key that is none', () => openDocument(GRANT, { ...signed, key: fingerprint('AA') }, 'AA', Doc), 'bad_key'],
])('it does not open %s', (_, open, code) => {
  expect(refusedCode(open)).toBe(code)
})

test('no character of text or signature can be changed unnoticed', () => {
  fc.assert(
    fc.property(fc.constantFrom('text', 'signature'), fc.nat(), fc.integer({ min: 1, max: 60 }), (part, where, by) => {
      const at = where % signed[part].length
      // of a signature's last character only two bits count, so it is left alone
      if (part === 'signature' && at === signed.signature.length - 1) return
      const character = String.fromCharCode(((signed[part].charCodeAt(at) - 33 + by) % 94) + 33)
      const changed: Signed = { ...signed, [part]: signed[part].slice(0, at) + character + signed[part].slice(at + 1) }
      if (part === 'signature' && Buffer.from(changed.signature, 'base64url').equals(Buffer.from(signed.signature, 'base64url'))) return
      expect(refusedCode(() => openDocument(GRANT, changed, publicKey, Doc))).toBe('bad_signature')
    }),
  )
})

test('node keys come back from their file as they were; a file with other keys in it is refused', () => {
  const keys = generateNodeKeys('market')
  const stored = storeNodeKeys(keys)
  expect(loadNodeKeys(JSON.parse(JSON.stringify(stored))).identity).toEqual(keys.identity)
  expect(refusedCode(() => loadNodeKeys({ ...stored, sign: stored.seal }))).toBe('bad_key')
  expect(refusedCode(() => loadNodeKeys({ ...stored, seal: 'AAAA' }))).toBe('bad_key')
  const zeros = Buffer.alloc(32).toString('base64url')
  expect(refusedCode(() => loadNodeKeys({ ...stored, gm: { ...stored.gm!, seal: zeros } }))).toBe('bad_key')
})

test('a node whose keys are older than suite 2 gets SM2 keys beside them, once', () => {
  const { gm: _, ...old } = storeNodeKeys(generateNodeKeys('market'))
  const before = loadNodeKeys(old)
  expect([before.gm, before.identity.gm]).toEqual([undefined, undefined])
  const after = withGmKeys(before)
  expect(after.identity).toEqual({ ...before.identity, gm: { sign: after.gm!.sign.public, seal: after.gm!.seal.public } })
  expect(withGmKeys(after).identity).toEqual(after.identity)
})

test('a fingerprint is eight groups of four', () => {
  expect(fingerprint(publicKey)).toMatch(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/)
})

let stored: WrappedKey
let approver: ApproverKey
beforeAll(async () => {
  stored = await generateApproverKey('271828')
  approver = await unlockApproverKey(stored, '271828')
})

test('browser and Node agree on fingerprints, signatures and what they open', async () => {
  const fromBrowser = await signInBrowser(GRANT, doc, approver)
  expect(await fingerprintInBrowser(stored.public)).toBe(fingerprint(stored.public))
  expect(openDocument(GRANT, fromBrowser, stored.public, Doc)).toEqual(doc)
  expect(await openInBrowser(GRANT, signed, publicKey, Doc)).toEqual(doc)
  expect((await refusal(openInBrowser(RECEIPT, signed, publicKey, Doc))).code).toBe('bad_signature')
  expect((await refusal(openInBrowser(GRANT, signed, stored.public, Doc))).code).toBe('wrong_key')
})

test('the same key signs the same in a browser as in Node', async () => {
  const privateKey = await crypto.subtle.importKey('pkcs8', key.export({ format: 'der', type: 'pkcs8' }), 'Ed25519', false, ['sign'])
  expect(await signInBrowser(GRANT, doc, { publicKey, privateKey })).toEqual(signed)
})

test('an approver key opens with its PIN alone, unchanged, behind the full lock, and cannot be taken out again', async () => {
  expect(JSON.stringify(stored)).not.toContain('271828')
  expect((await refusal(unlockApproverKey(stored, '271829'))).code).toBe('wrong_pin')
  expect((await refusal(unlockApproverKey({ ...stored, public: publicKey }, '271828'))).code).toBe('wrong_pin')
  expect((await refusal(unlockApproverKey({ ...stored, iterations: 1000 }, '271828'))).code).toBe('bad_key')
  expect(approver.privateKey).toMatchObject({ extractable: false })
})

const sm2 = generateSm2Key()
const sm2Public = sm2Text(sm2.public)
const signedGm = signDocument(GRANT, doc, sm2)

test('suite 2: a signed document opens to what was signed, in Node and in a browser', async () => {
  expect(openDocument(GRANT, signedGm, sm2Public, Doc)).toEqual(doc)
  expect(await openInBrowser(GRANT, signedGm, sm2Public, Doc)).toEqual(doc)
  expect(await fingerprintInBrowser(sm2Public)).toBe(fingerprint(sm2Public))
  expect(fingerprint(sm2Public)).not.toBe(fingerprint(sm2.public)) // SM3, not SHA-256
})

test.each<[string, () => unknown, string]>([
  ['as a document of another kind', () => openDocument(RECEIPT, signedGm, sm2Public, Doc), 'bad_signature'],
  ['with another key', () => openDocument(GRANT, signedGm, sm2Text(generateSm2Key().public), Doc), 'wrong_key'],
  [
    'by another key under the same name',
    () => openDocument(GRANT, { ...signDocument(GRANT, doc, generateSm2Key()), key: signedGm.key }, sm2Public, Doc),
    'bad_signature',
  ],
  ['with its text changed', () => openDocument(GRANT, { ...signedGm, text: signedGm.text.replace('企业', '个人') }, sm2Public, Doc), 'bad_signature'],
  ['with a property nobody knows', () => openDocument(GRANT, signDocument(GRANT, { ...doc, also: 1 }, sm2), sm2Public, Doc), 'not_exact'],
  ['with the signature cut short', () => openDocument(GRANT, { ...signedGm, signature: signedGm.signature.slice(0, 80) }, sm2Public, Doc), 'bad_signature'],
])('suite 2: it does not open %s', (_, open, code) => {
  expect(refusedCode(open)).toBe(code)
})

test('suite 2: no character of text or signature can be changed unnoticed', () => {
  fc.assert(
    fc.property(fc.constantFrom('text', 'signature'), fc.nat(), (part, where) => {
      const bytes = Buffer.from(signedGm[part], part === 'text' ? 'utf8' : 'base64url')
      bytes[(where >> 3) % bytes.length]! ^= 1 << (where & 7)
      const changed: Signed = { ...signedGm, [part]: bytes.toString(part === 'text' ? 'utf8' : 'base64url') }
      expect(refusedCode(() => openDocument(GRANT, changed, sm2Public, Doc))).toBe('bad_signature')
    }),
    { numRuns: 50 },
  )
})

test('suite 2: an approver’s SM2 key is locked under the PIN like any other, signs once, and is wiped', async () => {
  const wrapped = await generateApproverKey('271828', 'gm')
  expect(wrapped.public).toMatch(/^sm2:/)
  expect((await refusal(unlockApproverKey(wrapped, '271829'))).code).toBe('wrong_pin')
  expect((await refusal(unlockApproverKey({ ...wrapped, public: sm2Public }, '271828'))).code).toBe('wrong_pin')
  const unlocked = await unlockApproverKey(wrapped, '271828')
  const fromBrowser = await signInBrowser(GRANT, doc, unlocked)
  expect(openDocument(GRANT, fromBrowser, wrapped.public, Doc)).toEqual(doc)
  expect(unlocked.privateKey).toEqual(new Uint8Array(32))
})
