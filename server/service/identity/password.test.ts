import { argon2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashPassword, isOutdated, passwordMatches } from './password.ts'
import { oneTimePassword } from './tokens.ts'

test('RFC 9106: a hash made by the reference implementation (argon2id, m=64 MiB, t=2, p=1) is read', async () => {
  const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  expect(await passwordMatches(reference, 'password')).toBe(true)
  expect(await passwordMatches(reference, 'Password')).toBe(false)
  expect(isOutdated(reference)).toBe(true)
})

test('a password proves itself, however its characters were composed, and no other does', async () => {
  const stored = await hashPassword('Café 港湾 nine')
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(isOutdated(stored)).toBe(false)
  expect(await passwordMatches(stored, 'Cafe\u0301 港湾 nine')).toBe(true)
  expect(await passwordMatches(stored, 'Café 港湾 nine ')).toBe(false)
  expect(await hashPassword('Café 港湾 nine')).not.toBe(stored)
})

test('without an account the same derivation runs and the answer is no', async () => {
  expect(await passwordMatches(undefined, '')).toBe(false)
  expect(await passwordMatches(undefined, 'anything at all')).toBe(false)
})

test('this runtime offers argon2id', () => {
  const parameters = { message: 'x', nonce: Buffer.alloc(16), parallelism: 1, tagLength: 32, memory: 8, passes: 1 }
  expect(argon2Sync('argon2id', parameters)).toHaveLength(32)
})

test('a one-time password has no characters that look alike, and comes once', () => {
  const many = Array.from({ length: 500 }, oneTimePassword)
  expect(new Set(many).size).toBe(many.length)
  for (const password of many) expect(password).toMatch(/^[a-hj-km-np-z2-9]{4}(-[a-hj-km-np-z2-9]{4}){3}$/)
})
