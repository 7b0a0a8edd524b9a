import { expect, test } from 'vitest'
import { kafkaAddress } from './address.ts'

test('an address names servers, login and settings', () => {
  expect(kafkaAddress('kafka://n%C3%A4me:p%40ss%3A%2F@host,10.0.0.2:9093,[fd00::1]:9094?tls=required&sasl=plain&partitions=6&replicas=3')).toMatchObject({
    brokers: ['host:9092', '10.0.0.2:9093', '[fd00::1]:9094'],
    login: { mechanism: 'PLAIN', username: 'näme', password: 'p@ss:/' },
    tls: { ca: undefined },
    partitions: 6,
    replicas: 3,
    timeoutSeconds: 30,
  })
  expect(kafkaAddress('kafka://host')).toMatchObject({ login: undefined, tls: undefined, partitions: undefined })
})

test.each([
  ['kafka://', 'names no servers'],
  ['kafka://host:port', 'no host:port'],
  ['kafka://host:99999', 'no host:port'],
  ['kafka://u:s3cret@host?sasl=md5', 'the sasl of the address'],
  ['kafka://u:s3cret@host?tls=maybe', 'the tls of the address'],
  ['kafka://host?ca=/etc/ca.pem', 'tls=required is missing'],
  ['kafka://host?partitions=none', 'the partitions of the address'],
  ['kafka://host?acks=0', 'do not know'],
])('%s is refused with what is wrong, nothing secret repeated', (url, words) => {
  expect(() => kafkaAddress(url)).toThrow(words)
  expect(() => kafkaAddress(url)).not.toThrow('s3cret')
})
