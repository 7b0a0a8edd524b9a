import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { storeNodeKeys } from '@zhenghe/wire/keys.ts'
import { afterAll, expect, test } from 'vitest'
import { completeIdentity, gmFingerprintOf, joiningKeys, keepIdentity, readIdentity } from './identity.ts'

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-identity-'))
const file = path.join(home, 'keys.json')
afterAll(() => fs.rmSync(home, { recursive: true }))

test('the keys of a node made before suite 2 was get SM2 keys beside them, once; the old ones stay, and so does the mode of the file', () => {
  expect(completeIdentity(home)).toBeUndefined()
  const joined = keepIdentity(home, joiningKeys(home), { id: '6f1c0d5e-5a0e-4c52-9d2e-3f5b1c7a9e10', name: '市场监管局前置机' })
  const { gm: _, ...old } = storeNodeKeys(joined)
  fs.writeFileSync(file, JSON.stringify(old))
  expect(gmFingerprintOf(readIdentity(home)!)).toBeUndefined()
  const first = completeIdentity(home)!
  expect(storeNodeKeys(first)).toEqual({ ...old, gm: storeNodeKeys(first).gm })
  expect(first.identity.gm).not.toEqual(joined.identity.gm)
  expect(completeIdentity(home)!.identity).toEqual(first.identity)
  expect(readIdentity(home)!.identity).toEqual(first.identity)
  expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  expect(fs.readdirSync(home)).toEqual(['keys.json'])
})

test('keys to join with are the same after an attempt whose answer was lost', () => {
  expect(joiningKeys(home).identity).toEqual(joiningKeys(home).identity)
})
