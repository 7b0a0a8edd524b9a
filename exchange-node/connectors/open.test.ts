import type { Grant } from '@zhenghe/wire/documents.ts'
import { expect, test } from 'vitest'
import type { CaptureOptions } from '../capture/capture.ts'
import { dropCapture, openCapture, openSource, openTarget, productOf } from './open.ts'

const FILES = { url: 'file:///srv/exchange' }

test('each scheme opens its own connector', () => {
  const urls = [
    'postgres://a:b@c/d',
    'mysql://a:b@c/d',
    'file:///srv',
    's3://a:b@c/d',
    'sftp://a:b@c/d?hostKey=SHA256:x',
    'sqlite:///srv/a.db',
    'kafka://a:b@c,d:9093',
  ]
  expect(urls.map((url) => openSource({ url }).constructor.name)).toEqual([
    'PostgresSource',
    'MariaSource',
    ...Array(3).fill('FileSource'),
    'SqliteSource',
    'KafkaSource',
  ])
  expect(urls.map((url) => openTarget({ url }).constructor.name)).toEqual([
    'PostgresTarget',
    'MariaTarget',
    ...Array(3).fill('FileTarget'),
    'SqliteTarget',
    'KafkaTarget',
  ])
  expect(urls.map((url) => productOf({ url }))).toEqual(['PostgreSQL', 'MariaDB', '文件夹', 'S3', 'SFTP', 'SQLite', 'Kafka'])
  const shared = ['sqlserver://a:b@c/d', 'oracle://a:b@c/d', 'dm://a:b@c']
  expect(shared.map((url) => [openSource({ url }), openTarget({ url })].map((one) => one.constructor.name).join())).toEqual(
    Array(3).fill('SqlSource,SqlTarget'),
  )
  expect(shared.map((url) => productOf({ url }))).toEqual(['SQL Server', 'Oracle', '达梦'])
})

test('a store whose driver is not installed is refused with what to install', async () => {
  await expect(openSource({ url: 'dm://a:b@127.0.0.1:9/c' }).look()).rejects.toMatchObject({
    code: 'database_unreachable',
    message: expect.stringContaining('npm install dmdb'),
  })
})

test.each(['sqlserver://a:b@127.0.0.1:9/c?encrypt=off', 'oracle://a:b@127.0.0.1:9/c'])('a server that is not there is told so: %s', async (url) => {
  await expect(openSource({ url }).look()).rejects.toMatchObject({ code: 'database_unreachable', resumable: true })
})

test('following the log of a store that is not PostgreSQL is refused by name, and leaves nothing to remove', async () => {
  await expect(openCapture(FILES, {} as Grant, {} as CaptureOptions)).rejects.toMatchObject({ code: 'capture_unsupported', resumable: false })
  await expect(dropCapture(FILES, 'any')).resolves.toBeUndefined()
})
