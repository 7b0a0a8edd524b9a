/** Where a Kafka cluster is and how this node logs in: `kafka://user:password@host:9092,host2:9092?tls=required&sasl=scram-sha-512`. */
import { AddressProblem } from '../address.ts'

const PORT = 9092
const TIMEOUT_SECONDS = 30
const MECHANISMS = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const
const SETTINGS: ReadonlySet<string> = new Set(['tls', 'ca', 'sasl', 'partitions', 'replicas', 'timeout'])

type Mechanism = (typeof MECHANISMS)[keyof typeof MECHANISMS]
export type KafkaAddress = {
  /** `host:port`, any of which may answer for the others */
  brokers: string[]
  login: { mechanism: Mechanism; username: string; password: string } | undefined
  /** `ca`: a file of certificates that are trusted besides the system's */
  tls: { ca: string | undefined } | undefined
  /** of topics that are made here; undefined is what the cluster has as its default */
  partitions: number | undefined
  replicas: number | undefined
  /** how long a server may take to answer */
  timeoutSeconds: number
}

/** Throws an `AddressProblem`. */
export function kafkaAddress(url: string): KafkaAddress {
  const [, user, password, hosts, query] = /^kafka:\/\/(?:([^:@/?]*):([^@/?]*)@)?([^@/?]+)\/?(?:\?(.*))?$/.exec(url) ?? []
  if (!hosts) throw new AddressProblem('the address names no servers')
  const settings = new URLSearchParams(query)
  const unknown = [...settings.keys()].find((name) => !SETTINGS.has(name))
  if (unknown) throw new AddressProblem('the address has a setting that Kafka stores do not know')
  return {
    brokers: hosts.split(',').map(brokerOf),
    login: user
      ? { mechanism: mechanismOf(settings.get('sasl')), username: decodeURIComponent(user), password: decodeURIComponent(password ?? '') }
      : undefined,
    tls: tlsOf(settings),
    partitions: numberOf(settings, 'partitions'),
    replicas: numberOf(settings, 'replicas'),
    timeoutSeconds: numberOf(settings, 'timeout') ?? TIMEOUT_SECONDS,
  }
}

function brokerOf(text: string): string {
  const [, host, port] = /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(text) ?? []
  if (!host || Number(port ?? PORT) > 65_535) throw new AddressProblem('the address names a server that is no host:port')
  return `${host}:${port ?? PORT}`
}

function mechanismOf(sasl: string | null): Mechanism {
  const known = MECHANISMS[(sasl ?? 'scram-sha-512') as keyof typeof MECHANISMS]
  if (!known) throw new AddressProblem(`the sasl of the address is none of ${Object.keys(MECHANISMS).join(', ')}`)
  return known
}

function tlsOf(settings: URLSearchParams): KafkaAddress['tls'] {
  const tls = settings.get('tls') ?? 'off'
  if (tls !== 'off' && tls !== 'required') throw new AddressProblem('the tls of the address is neither off nor required')
  if (tls === 'off' && settings.has('ca')) throw new AddressProblem('the address names certificates, but tls=required is missing')
  return tls === 'off' ? undefined : { ca: settings.get('ca') ?? undefined }
}

function numberOf(settings: URLSearchParams, name: string): number | undefined {
  const text = settings.get(name)
  if (text === null) return undefined
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new AddressProblem(`the ${name} of the address is no number`)
  return Number(text)
}
