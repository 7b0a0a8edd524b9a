import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CallMac } from './mac.ts'

test('the MAC is HMAC-SHA256: RFC 4231 case 2, and as OpenSSL has it for any key and text', () => {
  expect(new CallMac('Jefe').of('what do ya want for nothing?').toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 150 }), fc.string({ unit: 'binary', maxLength: 3000 }), (key, text) => {
      expect(new CallMac(key).of(text).toString('hex')).toBe(createHmac('sha256', Buffer.from(key)).update(text).digest('hex'))
    }),
  )
})
