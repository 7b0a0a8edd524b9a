import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import S3rver from 's3rver'
import { afterAll, expect, test } from 'vitest'
import { conformance } from '../testing/conformance.ts'
import { S3, s3Address } from './s3.ts'
import { FileSource } from './source.ts'
import { FileTarget } from './target.ts'

const directory = mkdtempSync(path.join(tmpdir(), 's3-'))
const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: 'city' }] })
const { port } = await server.run()
afterAll(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})
const url = (login: string, bucket = 'city') => `s3://${login}@127.0.0.1:${port}/${bucket}/exchange?tls=off`
const open = () => new S3(s3Address(url('S3RVER:S3RVER')))

conformance('CSV in a bucket', {
  source: () => new FileSource(open),
  target: () => new FileTarget(open),
  sourceName: (table) => `${table}.csv`,
  schema: 'in',
})

test('a file of several parts is whole, and one that breaks off on the way never appears', async () => {
  const place = open()
  const megabytes = (function* () {
    for (let n = 0; n < 20; n++) yield Buffer.alloc(1 << 20, n)
  })()
  await place.write('large/20', Readable.from(megabytes))
  expect(await place.stat('large/20')).toMatchObject({ bytes: 20 << 20 })
  const broken = (async function* () {
    for (let n = 0; n < 9; n++) yield Buffer.alloc(1 << 20)
    throw new Error('the line was cut')
  })()
  await expect(place.write('large/broken', Readable.from(broken))).rejects.toThrow('the line was cut')
  expect(await place.stat('large/broken')).toBeUndefined()
})

test('a login that is not known, an unknown bucket and a store that is down are refused in words', async () => {
  const look = (at: string) => new FileSource(() => new S3(s3Address(at))).look()
  await expect(look(url('nobody:wrong'))).rejects.toMatchObject({ code: 'database_login' })
  await expect(look(url('S3RVER:S3RVER', 'nobody'))).rejects.toMatchObject({ code: 'database_login' })
  await expect(look('s3://a:b@127.0.0.1:1/city?tls=off')).rejects.toMatchObject({ code: 'database_unreachable', resumable: true })
  expect(() => s3Address('s3://a:b@10.0.0.1/')).toThrow(/bucket/)
})
