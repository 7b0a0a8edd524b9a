/** Known answers, for this implementation and any other: `vectors.json` names every input, secrets included. */
import { createDecipheriv, hash, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { canonical } from './canonical.ts'
import { FrameDecoder, FrameSealer, HEADER_BYTES, type Kind } from './frame.ts'
import { checkHello, encodeHello, type Hello, proofBytes, transcriptOf } from './hello.ts'
import { signRequest } from './http-auth.ts'
import { fingerprint, rawPublicKey } from './keys.ts'
import { deliveryDigest, RangeDigests } from './ranges.ts'
import { signDocument, signedDigest } from './sign.ts'
import { GRANT } from './signed.ts'
import { AesGcm, frameKeys, international } from './suites/international.ts'
import { keyOf } from './testing.ts'
import vectors from './vectors.json' with { type: 'json' }

const { session } = vectors
const TAG_BYTES = 16
const bytes = (hex: string) => Buffer.from(hex, 'hex')
const frames = session.senderFrames.map((one) => ({ ...one, kind: one.kind as Kind, payload: bytes(one.payload), frame: bytes(one.frame) }))

test.each(vectors.canonical)('RFC 8785 canonical text of $input', ({ input, text }) => {
  expect(canonical(JSON.parse(input))).toBe(text)
})

test('the signed document', () => {
  const { document } = vectors
  const key = keyOf('ed25519', 1)
  expect([rawPublicKey(key), fingerprint(rawPublicKey(key))]).toEqual([document.public, document.fingerprint])
  expect(signDocument(GRANT, document.value, key)).toEqual(document.signed)
  expect(signedDigest(document.signed)).toBe(document.digest)
})

test('the signed request', () => {
  const { method, path, body, now, nonce, headers } = vectors.request
  expect(signRequest({ method, path, body }, { identity: session.sender, sign: keyOf('ed25519', 1), seal: keyOf('x25519', 1) }, now, nonce)).toEqual(headers)
})

const sender: Hello = {
  role: 'sender',
  delivery: session.delivery,
  node: session.sender,
  ephemeral: rawPublicKey(keyOf('x25519', 3)),
  nonce: Buffer.alloc(32, 5),
}
const receiver: Hello = { ...sender, role: 'receiver', node: session.receiver, ephemeral: rawPublicKey(keyOf('x25519', 4)), nonce: Buffer.alloc(32, 6) }
const transcript = transcriptOf(encodeHello(sender, international), encodeHello(receiver, international), international)

test('the hellos, the transcript and the frame keys, as either side derives them', () => {
  expect([encodeHello(sender, international), encodeHello(receiver, international), transcript].map((one) => one.toString('hex'))).toEqual([
    session.senderHello,
    session.receiverHello,
    session.transcript,
  ])
  expect(checkHello(bytes(session.receiverHello), sender, session.receiver, international)).toBe(receiver.ephemeral)
  const keys = [
    frameKeys(
      'sender',
      { ephemeral: keyOf('x25519', 3), seal: keyOf('x25519', 1) },
      { ephemeral: receiver.ephemeral, seal: session.receiver.seal },
      transcript,
    ),
    frameKeys('receiver', { ephemeral: keyOf('x25519', 4), seal: keyOf('x25519', 2) }, { ephemeral: sender.ephemeral, seal: session.sender.seal }, transcript),
  ]
  for (const { sender, receiver } of keys)
    expect([sender, receiver].map((key) => key.export().toString('hex'))).toEqual([session.senderKey, session.receiverKey])
})

test('the frames of a session, from its proof to its goodbye, and the digests of the range and the delivery', () => {
  const { sender: key } = frameKeys(
    'sender',
    { ephemeral: keyOf('x25519', 3), seal: keyOf('x25519', 1) },
    { ephemeral: receiver.ephemeral, seal: session.receiver.seal },
    transcript,
  )
  const sealer = new FrameSealer(new AesGcm(key, 'sender'))
  const decoder = new FrameDecoder(new AesGcm(key, 'sender'))
  const digests = new RangeDigests()
  digests.begin(7)
  expect(frames[0]!.payload).toEqual(sign(null, proofBytes('sender', transcript, international), keyOf('ed25519', 1)))
  for (const { frame, payload, ...head } of frames) {
    const { header, body, tag } = sealer.seal(head, payload)
    expect(Buffer.concat([header, body, tag])).toEqual(frame)
    decoder.push(frame)
    expect(decoder.next()).toMatchObject({ ...head, payload })
    if (head.range === 7) digests.advance(7, header, tag)
  }
  expect(digests.digest(7)).toBe(session.rangeDigest)
  expect(deliveryDigest([session.rangeDigest, '0'.repeat(64)])).toBe(session.deliveryDigest)
})

test('a frame opened by nothing but its description', () => {
  const { frame, payload } = frames[2]! // the third of the sender: counter 2
  const decipher = createDecipheriv('aes-256-gcm', bytes(session.senderKey), bytes('000000010000000000000002'))
  decipher.setAAD(frame.subarray(0, HEADER_BYTES)).setAuthTag(frame.subarray(-TAG_BYTES))
  expect(Buffer.concat([decipher.update(frame.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()])).toEqual(payload)
  const links = [frames[2]!, frames[3]!].map((one) => Buffer.concat([one.frame.subarray(0, HEADER_BYTES), one.frame.subarray(-TAG_BYTES)]))
  const digest = links.reduce<Buffer>((before, link) => hash('sha512-256', Buffer.concat([before, link]), 'buffer'), Buffer.alloc(32))
  expect(digest.toString('hex')).toBe(session.rangeDigest)
})
