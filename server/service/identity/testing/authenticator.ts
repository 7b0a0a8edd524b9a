/** An authenticator in software (WebAuthn Level 3 §6): discoverable keys, user verified, attestation `none`. For tests. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

type Options = Record<string, unknown>
const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 }
const ALGORITHMS = { es256: -7, eddsa: -8 }

export type Algorithm = keyof typeof ALGORITHMS
/** `origin` is where the browser believes it is; `verified` whether the person has shown a finger or a PIN. */
export type Setting = { origin: string; verified?: boolean }

export function newAuthenticator(algorithm: Algorithm = 'es256') {
  const { privateKey, publicKey } = algorithm === 'es256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  const id = randomBytes(16)
  let counter = 0

  function authenticatorData({ origin, verified = true }: Setting, attested?: Buffer): Buffer {
    const head = Buffer.alloc(5)
    head[0] = FLAGS.present | (verified ? FLAGS.verified : 0) | (attested ? FLAGS.attested : 0)
    head.writeUInt32BE(counter, 1)
    return Buffer.concat([sha256(new URL(origin).hostname), head, attested ?? Buffer.alloc(0)])
  }
  const answer = (response: Options) => ({
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    clientExtensionResults: {},
    response,
  })

  return {
    /** What a browser sends after `navigator.credentials.create`. */
    register(options: Options, setting: Setting): Options {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, id, cbor(coseKey(publicKey, algorithm))])
      const attestationObject = cbor(
        new Map<unknown, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authenticatorData(setting, attested)],
        ]),
      )
      return answer({
        clientDataJSON: clientData('webauthn.create', options, setting),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      })
    },
    /** What a browser sends after `navigator.credentials.get`. A copied key does not know how often the original was used. */
    signIn(options: Options, setting: Setting, copied = false): Options {
      counter += copied ? 0 : 1
      const clientDataJSON = clientData('webauthn.get', options, setting)
      const data = authenticatorData(setting)
      const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))])
      const signature = sign(algorithm === 'es256' ? 'sha256' : null, signed, privateKey)
      return answer({ clientDataJSON, authenticatorData: data.toString('base64url'), signature: signature.toString('base64url') })
    },
  }
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest()

function clientData(type: string, { challenge }: Options, { origin }: Setting): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url')
}

function coseKey(key: KeyObject, algorithm: Algorithm): Map<unknown, unknown> {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  const alg: [unknown, unknown] = [3, ALGORITHMS[algorithm]]
  if (algorithm === 'eddsa') return new Map([[1, 1], alg, [-1, 6], [-2, bytes(x)]])
  return new Map([[1, 2], alg, [-1, 1], [-2, bytes(x)], [-3, bytes(y)]])
}

/** CBOR (RFC 8949) of what an attestation object holds: small integers, text, bytes, maps. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value)
  if (Buffer.isBuffer(value)) return Buffer.concat([cborHead(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Map) return Buffer.concat([cborHead(5, value.size), ...[...value].flatMap(([key, inner]) => [cbor(key), cbor(inner)])])
  throw new Error(`no CBOR for ${typeof value}`)
}

function cborHead(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument])
  if (argument < 256) return Buffer.from([(major << 5) | 24, argument])
  return Buffer.from([(major << 5) | 25, argument >> 8, argument & 0xff])
}
