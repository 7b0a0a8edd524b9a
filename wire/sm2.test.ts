import { createCipheriv, createHmac, generateKeyPairSync, hash, sign } from 'node:crypto'
import fc from 'fast-check'
import { sm2 as library } from 'sm-crypto-v2'
import { expect, test } from 'vitest'
import { generateSm2Key, isSm2Public, type Sm2Key, sm2Agree, sm2Key, sm2Sign, sm2Verify, sm3Digest } from './sm2.ts'
import { refusedCode } from './testing.ts'

const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const hexOf = (data: Uint8Array) => Buffer.from(data).toString('hex')
const keyOf = (hex: string) => sm2Key(bytes(hex))
const pointOf = (key: Sm2Key) => Buffer.from(key.public, 'base64url').toString('hex')
const scalarOf = (value: bigint) => bytes(value.toString(16).padStart(64, '0'))

test('GB/T 32905 the two examples of SM3, by the library of browsers and by OpenSSL', () => {
  for (const [text, digest] of [
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ] as const) {
    expect(hash('sm3', text)).toBe(digest)
    expect(hexOf(sm3Digest(Buffer.from(text)))).toBe(digest)
  }
})

test('GB/T 32907 the example of SM4, and its million-fold repetition', () => {
  const block = bytes('0123456789abcdeffedcba9876543210')
  const cipher = createCipheriv('sm4-ecb', block, null).setAutoPadding(false)
  let text: Uint8Array = block
  text = cipher.update(text)
  expect(hexOf(text)).toBe('681edf34d206965e86b3e94f536e4246')
  for (let turn = 1; turn < 1_000_000; turn++) text = cipher.update(text)
  expect(hexOf(text)).toBe('595298c7c6fd271f0402f804c33d3f66')
})

test('draft-ribose-cfrg-sm4 A.2.5 SM4 in counter mode', () => {
  const plain = bytes('aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbb cccccccccccccccc dddddddddddddddd eeeeeeeeeeeeeeee ffffffffffffffff aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbb')
  const cipher = createCipheriv('sm4-ctr', bytes('0123456789abcdeffedcba9876543210'), bytes('000102030405060708090a0b0c0d0e0f'))
  expect(hexOf(cipher.update(plain))).toBe(
    'ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514',
  )
})

test('GM/T 0042 HMAC-SM3', () => {
  const key = Uint8Array.from({ length: 32 }, (_, at) => at + 1)
  const text = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'.repeat(2)
  expect(createHmac('sm3', key).update(text).digest('hex')).toBe('ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a')
})

const K = '59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21'
const signer = keyOf('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8')
const message = Buffer.from('message digest')
const R = 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3'
const S = 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa'

test('GB/T 32918.5 A.2 the signature over «message digest» with the given k, and its verification', () => {
  expect(pointOf(signer)).toBe(
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  )
  const x1 = BigInt(`0x${pointOf(keyOf(K)).slice(2, 66)}`)
  expect(hexOf(sm2Sign(message, signer, { k: BigInt(`0x${K}`), x1 }))).toBe(R + S)
  expect(sm2Verify(message, bytes(R + S), signer.public)).toBe(true)
})

const [dA, dB] = [
  keyOf('81eb26e941bb5af16df116495f90695272ae2cd63d6c4ae1678418be48230029'),
  keyOf('785129917d45a9ea5437a59356b82338eaadda6ceb199088f14ae10defa229b5'),
]
const [rA, rB] = [
  keyOf('d4de15474db74d06491c440d305e012400990f3e390c7e87153c12db2ea60bb3'),
  keyOf('7e07124814b309489125eaed101113164ebf0f3458c5bd88335c1f9d596243d6'),
]

test('GB/T 32918.5 A.3 the key agreement: both sides come to the example’s key', () => {
  expect(pointOf(rA)).toMatch(/^0464ced1bdbc99d590049b434d0fd73428cf608a5db8fe5ce07f15026940bae40e/)
  expect(pointOf(rB)).toMatch(/^04acc27688a6f7b706098bc91ff3ad1bff7dc2802cdb14ccccdb0a90471f9bd707/)
  const initiator = sm2Agree({ lasting: dA, ephemeral: rA }, { lasting: dB.public, ephemeral: rB.public }, true)
  const responder = sm2Agree({ lasting: dB, ephemeral: rB }, { lasting: dA.public, ephemeral: rA.public }, false)
  expect(hexOf(initiator)).toBe(hexOf(responder))
  expect(hexOf(initiator.subarray(0, 16))).toBe('6c89347354de2484c60b4ab1fde4c6e5') // the example asks for 128 bits: KDF begins alike
  expect(hexOf(sm2Agree({ lasting: dA, ephemeral: rA }, { lasting: dB.public, ephemeral: rB.public }, false))).not.toBe(hexOf(initiator))
})

test('GB/T 32918.3 §6.1 a side that chose its lasting key so that the result is the point at infinity is refused', () => {
  const x = BigInt(`0x${pointOf(rB).slice(2, 66)}`)
  const bent = (1n << 127n) + (x & ((1n << 127n) - 1n))
  const lasting = sm2Key(scalarOf(ORDER - ((bent * BigInt(`0x${hexOf(rB.secret)}`)) % ORDER)))
  expect(refusedCode(() => sm2Agree({ lasting: dA, ephemeral: rA }, { lasting: lasting.public, ephemeral: rB.public }, true))).toBe('bad_key')
})

test.each([
  ['no point of the curve', Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)])],
  ['the point at infinity', Buffer.from([0])],
  ['a compressed point', Buffer.from(`02${pointOf(dB).slice(2, 66)}`, 'hex')],
  ['zeros', Buffer.alloc(65)],
])('a public key that is %s is none: nothing verifies by it, nothing is agreed with it', (_, raw) => {
  const text = raw.toString('base64url')
  expect(isSm2Public(text)).toBe(false)
  expect(sm2Verify(message, bytes(R + S), text)).toBe(false)
  expect(refusedCode(() => sm2Agree({ lasting: dA, ephemeral: rA }, { lasting: dB.public, ephemeral: text }, true))).toBe('bad_key')
  expect(refusedCode(() => sm2Agree({ lasting: dA, ephemeral: rA }, { lasting: text, ephemeral: rB.public }, true))).toBe('bad_key')
})

test.each([
  ['zero', 0n],
  ['the order less one', ORDER - 1n],
  ['the order', ORDER],
])('GB/T 32918.1 a private key of %s is refused', (_, scalar) => {
  expect(refusedCode(() => sm2Key(scalarOf(scalar)))).toBe('bad_key')
})

test('any bit of message or signature changed, another key, another length: not verified', () => {
  const key = generateSm2Key()
  const good = sm2Sign(message, key)
  expect(sm2Verify(message, good, key.public)).toBe(true)
  expect(sm2Verify(message, good, signer.public)).toBe(false)
  expect(sm2Verify(message, good.subarray(0, 63), key.public)).toBe(false)
  expect(sm2Verify(message, Buffer.concat([good, good]), key.public)).toBe(false)
  fc.assert(
    fc.property(fc.constantFrom('message', 'signature'), fc.nat(), (part, where) => {
      const [text, signature] = [Uint8Array.from(message), Uint8Array.from(good)]
      const changed = part === 'message' ? text : signature
      changed[(where >> 3) % changed.length]! ^= 1 << (where & 7)
      expect(sm2Verify(text, signature, key.public)).toBe(false)
    }),
    { numRuns: 60 },
  )
})

test('GB/T 32918.2 §7 r and s outside 1…n−1 are refused, also where they would be congruent to a good one', () => {
  for (const [r, s] of [
    ['0'.repeat(64), S],
    [R, '0'.repeat(64)],
    [ORDER.toString(16), S],
    [R, ORDER.toString(16)],
    ['f'.repeat(64), 'f'.repeat(64)],
  ] as const)
    expect(sm2Verify(message, bytes(r + s), signer.public)).toBe(false)
})

test('GM/T 0009 §10 a signature made for another user id does not verify, nor one of ECDSA on the same curve', () => {
  const other = library.doSignature(Uint8Array.from(message), hexOf(signer.secret), { hash: true, userId: 'ALICE123@YAHOO.COM' })
  const empty = library.doSignature(Uint8Array.from(message), hexOf(signer.secret), { hash: true, userId: '' })
  const standard = library.doSignature(Uint8Array.from(message), hexOf(signer.secret), { hash: true })
  expect([other, empty, standard].map((one) => sm2Verify(message, bytes(one), signer.public))).toEqual([false, false, true])
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' })
  const ecdsa = sign('sm3', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65).toString('base64url')
  expect(isSm2Public(point)).toBe(true)
  expect(sm2Verify(message, ecdsa, point)).toBe(false)
})
