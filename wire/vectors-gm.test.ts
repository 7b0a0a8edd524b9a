/** Known answers of suite 2, for this implementation and any other: `gm` in `vectors.json` names every input, secrets and random numbers included. */
import { createDecipheriv, createHmac, hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { FrameDecoder, FrameSealer, HEADER_BYTES, type Kind } from './frame.ts'
import { checkHello, encodeHello, type Hello, proofBytes, transcriptOf } from './hello.ts'
import { fingerprint } from './keys.ts'
import { deliveryDigest, RangeDigests } from './ranges.ts'
import { openDocument, signedDigest } from './sign.ts'
import { GRANT, signedBytes, sm2Text } from './signed.ts'
import { type Sm2Key, sm2Key, sm2Sign } from './sm2.ts'
import { begin, frameSecrets, gm } from './suites/gm.ts'
import { Sm4Hmac, TAG_BYTES } from './suites/sm4-hmac.ts'
import vectors from './vectors.json' with { type: 'json' }

const { document, session } = vectors.gm
const bytes = (hex: string) => Buffer.from(hex, 'hex')
const keyOf = (hex: string) => sm2Key(Uint8Array.from(bytes(hex)))
const keys = Object.fromEntries(Object.entries(session.secrets).map(([name, hex]) => [name, keyOf(hex)])) as Record<keyof typeof session.secrets, Sm2Key>
const frames = session.senderFrames.map((one) => ({ ...one, kind: one.kind as Kind, payload: bytes(one.payload), frame: bytes(one.frame) }))
/** The random number of a signature, given. */
const given = ({ secret, public: text }: Sm2Key) => ({
  k: BigInt(`0x${Buffer.from(secret).toString('hex')}`),
  x1: BigInt(`0x${Buffer.from(text, 'base64url').toString('hex', 1, 33)}`),
})

test('the signed document', () => {
  const key = keyOf(document.secret)
  expect([sm2Text(key.public), fingerprint(sm2Text(key.public))]).toEqual([document.public, document.fingerprint])
  const signature = sm2Sign(signedBytes(GRANT, document.signed.text, 'gm'), key, given(keyOf(document.k)))
  expect(Buffer.from(signature).toString('base64url')).toBe(document.signed.signature)
  expect(signedBytes(GRANT, '', 'gm')).toEqual(new TextEncoder().encode(`${document.domain}\n`))
  const { v, ...rest } = document.value
  expect(openDocument(GRANT, document.signed, document.public, z.object({ v: z.literal(1), name: z.string(), rows: z.int() }))).toEqual({ v, ...rest })
  expect(signedDigest(document.signed, 'gm')).toBe(document.digest)
})

const sender: Hello = {
  role: 'sender',
  delivery: session.delivery,
  node: session.sender,
  ephemeral: keys.senderEphemeral.public,
  nonce: bytes(session.senderNonce),
}
const receiver: Hello = { ...sender, role: 'receiver', node: session.receiver, ephemeral: keys.receiverEphemeral.public, nonce: bytes(session.receiverNonce) }
const transcript = transcriptOf(encodeHello(sender, gm), encodeHello(receiver, gm), gm)
const secretsOf = () => [
  frameSecrets(
    'sender',
    { ephemeral: keys.senderEphemeral, lasting: keys.senderSeal },
    { ephemeral: receiver.ephemeral, lasting: session.receiver.seal },
    transcript,
  ),
  frameSecrets(
    'receiver',
    { ephemeral: keys.receiverEphemeral, lasting: keys.receiverSeal },
    { ephemeral: sender.ephemeral, lasting: session.sender.seal },
    transcript,
  ),
]

test('the hellos, the transcript and the frame keys, as either side derives them', () => {
  expect([encodeHello(sender, gm), encodeHello(receiver, gm), transcript].map((one) => one.toString('hex'))).toEqual([
    session.senderHello,
    session.receiverHello,
    session.transcript,
  ])
  const { id, ...gmOf } = session.receiver
  const peer = { id, name: 'receiver', sign: vectors.session.receiver.sign, seal: vectors.session.receiver.seal, gm: gmOf }
  expect(checkHello(bytes(session.receiverHello), sender, peer, gm)).toBe(receiver.ephemeral)
  for (const both of secretsOf())
    for (const role of ['sender', 'receiver'] as const)
      expect({ cipher: Buffer.from(both[role].cipher).toString('hex'), mac: Buffer.from(both[role].mac).toString('hex') }).toEqual(session[`${role}Keys`])
})

test('the frames of a session, from its proof to its goodbye, and the digests of the range and the delivery', () => {
  const [secrets] = secretsOf()
  const sealer = new FrameSealer(new Sm4Hmac(secrets!.sender))
  const decoder = new FrameDecoder(new Sm4Hmac(secrets!.sender))
  const digests = new RangeDigests('gm')
  digests.begin(7)
  const proof = proofBytes('sender', transcript, gm)
  expect(frames[0]!.payload).toEqual(Buffer.from(sm2Sign(proof, keys.senderSign, given(keys.proofK))))
  const { id, ...gmOf } = session.sender
  expect(gm.proves(proof, frames[0]!.payload, { id, name: 'sender', sign: '', seal: '', gm: gmOf })).toBe(true)
  for (const { frame, payload, ...head } of frames) {
    const { header, body, tag } = sealer.seal(head, payload)
    expect(Buffer.concat([header, body, tag])).toEqual(frame)
    decoder.push(frame)
    expect(decoder.next()).toMatchObject({ ...head, payload })
    if (head.range === 7) digests.advance(7, header, tag)
  }
  expect(digests.digest(7)).toBe(session.rangeDigest)
  expect(deliveryDigest([session.rangeDigest, '0'.repeat(64)], 'gm')).toBe(session.deliveryDigest)
})

test('a frame opened by nothing but its description', () => {
  const { frame, payload } = frames[2]! // the third of the sender: counter 2
  const nonce = bytes('000000010000000000000002')
  const [header, body, tag] = [frame.subarray(0, HEADER_BYTES), frame.subarray(HEADER_BYTES, -TAG_BYTES), frame.subarray(-TAG_BYTES)]
  expect(
    createHmac('sm3', bytes(session.senderKeys.mac))
      .update(Buffer.concat([nonce, header, body]))
      .digest(),
  ).toEqual(tag)
  const decipher = createDecipheriv('sm4-ctr', bytes(session.senderKeys.cipher), Buffer.concat([nonce, Buffer.alloc(4)]))
  expect(decipher.update(body)).toEqual(payload)
  const links = [frames[2]!, frames[3]!].map((one) => Buffer.concat([one.frame.subarray(0, HEADER_BYTES), one.frame.subarray(-TAG_BYTES)]))
  const digest = links.reduce<Buffer>((before, link) => hash('sm3', Buffer.concat([before, link]), 'buffer'), Buffer.alloc(32))
  expect(digest.toString('hex')).toBe(session.rangeDigest)
})

test('an ephemeral key is wiped once it has been used', () => {
  const ephemeral = keyOf(session.secrets.senderEphemeral)
  const shake = begin({ sign: keys.senderSign, seal: keys.senderSeal }, ephemeral)
  const { id, ...gmOf } = session.receiver
  shake.agree('sender', { ephemeral: receiver.ephemeral, node: { id, name: '', sign: '', seal: '', gm: gmOf } }, transcript)
  expect([...ephemeral.secret].every((byte) => byte === 0)).toBe(true)
})
