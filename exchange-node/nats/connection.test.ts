import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { nkeys } from '@nats-io/transport-node'
import { afterAll, describe, expect, test } from 'vitest'
import { openNats } from './connection.ts'
import type { NatsSettings } from './settings.ts'
import { NatsServer } from './testing/nats-server.ts'

const { createAccount, createOperator, createUser } = nkeys
type KeyPair = ReturnType<typeof createUser>

const servers: NatsServer[] = []
afterAll(() => Promise.all(servers.map((server) => server.stop())))

async function connects(settings: Partial<NatsSettings> & Pick<NatsSettings, 'servers'>): Promise<boolean> {
  const nc = await openNats({ only: true, login: { kind: 'none' }, ...settings }, 'test')
  await nc.flush()
  await nc.close()
  return true
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
/** A token of NATS, as its tool `nsc` makes them. */
function token(signer: KeyPair, subject: KeyPair, name: string, nats: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { jti: name, iat: Math.floor(Date.now() / 1000), iss: signer.getPublicKey(), sub: subject.getPublicKey(), name, nats: { version: 2, ...nats } }
  const signed = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part(claims)}`
  return `${signed}.${Buffer.from(signer.sign(Buffer.from(signed))).toString('base64url')}`
}

test('an nkey opens a server that knows it, and another one does not', async () => {
  const [known, other] = [createUser(), createUser()]
  const server = await NatsServer.start({ jetstream: false, more: `authorization: { users: [{ nkey: ${known.getPublicKey()} }] }` })
  servers.push(server)
  const login = (key: KeyPair) => ({ kind: 'nkey' as const, secret: text(key.getSeed()) })
  expect(await connects({ servers: [server.url], login: login(known) })).toBe(true)
  await expect(connects({ servers: [server.url], login: login(other) })).rejects.toMatchObject({ code: 'nats_login' })
})

test('a file of credentials opens a server that trusts its operator, and one of another account does not', async () => {
  const [operator, account, stranger, user] = [createOperator(), createAccount(), createAccount(), createUser()]
  const unlimited = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 }
  const resolved = `${account.getPublicKey()}: ${token(operator, account, 'exchange', { type: 'account', limits: unlimited })}`
  const server = await NatsServer.start({
    jetstream: false,
    more: `operator: ${token(operator, operator, 'province', { type: 'operator' })}\nresolver: MEMORY\nresolver_preload: { ${resolved} }`,
  })
  servers.push(server)
  const limits = { subs: -1, data: -1, payload: -1 }
  const login = (signer: KeyPair) => ({
    kind: 'credentials' as const,
    secret: `-----BEGIN NATS USER JWT-----\n${token(signer, user, 'node', { type: 'user', ...limits })}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${text(user.getSeed())}\n------END USER NKEY SEED------\n`,
  })
  expect(await connects({ servers: [server.url], login: login(account) })).toBe(true)
  await expect(connects({ servers: [server.url], login: login(stranger) })).rejects.toMatchObject({ code: 'nats_login' })
})

describe('TLS', async () => {
  const pair = (folder: string, name: string, ...more: string[]) =>
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
        ...['-keyout', path.join(folder, `${name}.key`), '-out', path.join(folder, `${name}.pem`), ...more],
      ],
      { stdio: 'ignore' },
    )
  const folder = fs.mkdtempSync('/tmp/zh-nats-tls-')
  afterAll(() => fs.rmSync(folder, { recursive: true }))
  for (const name of ['server', 'node', 'other']) pair(folder, name, '-addext', 'subjectAltName=DNS:localhost')
  const at = (file: string) => path.join(folder, file)
  const server = await NatsServer.start({
    jetstream: false,
    more: `tls: { cert_file: "${at('server.pem')}", key_file: "${at('server.key')}", ca_file: "${at('node.pem')}", verify: true }`,
  })
  servers.push(server)
  const addresses = [`tls://localhost:${server.port}`]

  test('a node that knows the server’s authority and shows its own certificate is let in', async () => {
    expect(await connects({ servers: addresses, tls: { ca: at('server.pem'), cert: at('node.pem'), key: at('node.key') } })).toBe(true)
  })

  test.each([
    ['a server of an authority that is not known', { ca: at('other.pem'), cert: at('node.pem'), key: at('node.key') }],
    ['a node that shows no certificate', { ca: at('server.pem') }],
    ['a node that shows a stranger’s', { ca: at('server.pem'), cert: at('other.pem'), key: at('other.key') }],
  ])('%s is refused', async (_, tls) => {
    await expect(connects({ servers: addresses, tls })).rejects.toMatchObject({ code: expect.stringMatching(/^nats_/) })
  })
})
