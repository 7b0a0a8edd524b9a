import { afterAll, expect, test } from 'vitest'
import { conformance } from '../testing/conformance.ts'
import { Sftp, sftpAddress } from './sftp.ts'
import { FileSource } from './source.ts'
import { FileTarget } from './target.ts'
import { startSftp } from './testing/sshd.ts'

const server = await startSftp()
afterAll(() => server.stop())
const open = () => new Sftp(sftpAddress(server.url('')))

conformance('CSV over SFTP', {
  source: () => new FileSource(open),
  target: () => new FileTarget(open),
  sourceName: (table) => `${table}.csv`,
  schema: 'in',
})

test('a server with another key than the pinned one is not spoken to', async () => {
  const other = server.url('').replace(/hostKey=SHA256%3A.{6}/, 'hostKey=SHA256%3AAAAAAA')
  await expect(new FileSource(() => new Sftp(sftpAddress(other))).look()).rejects.toMatchObject({
    code: 'database_login',
    message: expect.stringContaining('hostKey'),
  })
})

test('an address without a pinned key is refused when the configuration is read', () => {
  expect(() => sftpAddress('sftp://user:secret@10.0.0.1/in')).toThrow(/hostKey/)
})

test('a login that is not known is refused in words', async () => {
  const stranger = server.url('').replace(/^sftp:\/\/[^@]+/, 'sftp://nobody-here')
  await expect(new FileSource(() => new Sftp(sftpAddress(stranger))).look()).rejects.toMatchObject({ code: 'database_login' })
})

test('a path that leads out of the folder is refused', async () => {
  const place = open()
  await expect(place.read('../../../etc/passwd')).rejects.toMatchObject({ code: 'source_missing' })
  await place.end()
})
