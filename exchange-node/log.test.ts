import { expect, test } from 'vitest'
import { openLog, withoutSecrets } from './log.ts'

test('a password in an address is left out, wherever it stands', () => {
  expect(withoutSecrets('cannot reach postgres://node:p@ss:w0rd@db:5432/x?a=1')).toBe('cannot reach postgres://node:…@db:5432/x?a=1')
  expect(withoutSecrets('https://data.example.gov.cn:8443/api and 12:30')).toBe('https://data.example.gov.cn:8443/api and 12:30')
})

test('an error is logged by what is known to be harmless', () => {
  const lines: string[] = []
  const error = Object.assign(new Error('no'), { code: 'ERR_INVALID_URL', input: 'postgres://a:s3cret@', client: { password: 's3cret' } })
  openLog('info', { write: (line) => lines.push(line) }).warn({ err: error, about: 'postgres://a:s3cret@b/c' }, 'failed with postgres://a:s3cret@b')
  expect(JSON.parse(lines[0]!)).toMatchObject({ name: 'zhenghe-node', err: { message: 'no', code: 'ERR_INVALID_URL' }, msg: 'failed with postgres://a:…@b' })
  expect(lines[0]).not.toContain('s3cret')
})
