/**
 * A Kafka broker of a test file's own: in a folder that is removed afterwards, on free ports, killed and started again as a test likes. `scripts/kafka.sh` fetches it from
 * Maven Central. Where that cannot be, the tests are skipped and say so, except in CI, where they fail.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { Admin, type MessageToProduce, Producer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe } from 'vitest'
import { kafkaAddress } from '../connectors/kafka/address.ts'
import { Cluster } from '../connectors/kafka/cluster.ts'
import { messagesOf } from '../connectors/kafka/read.ts'
import { until } from './wait.ts'

const START_MS = 120_000
const SCRIPT = path.resolve(import.meta.dirname, '../../scripts/kafka.sh')
/** Small, and quick to start rather than quick for long. */
const JAVA = ['-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
/** User and password of both ways to log in. */
export const LOGIN = { user: 'node', password: 's3cret/:@' }

type Ports = { plain: number; login: number; tls: number; control: number }

export class KafkaServer {
  readonly #folder: string
  readonly #libs: string
  readonly #ports: Ports
  #process: ChildProcess | undefined

  private constructor(folder: string, libs: string, ports: Ports) {
    this.#folder = folder
    this.#libs = libs
    this.#ports = ports
  }

  /** @param settings of the broker besides those that every test wants */
  static async make(settings: readonly string[] = []): Promise<KafkaServer> {
    const libs = path.join(execFileSync(SCRIPT, { encoding: 'utf8' }).trim(), 'libs')
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zhenghe-kafka-'))
    const ports: Ports = { plain: await freePort(), login: await freePort(), tls: await freePort(), control: await freePort() }
    const server = new KafkaServer(folder, libs, ports)
    server.#certify()
    fs.writeFileSync(path.join(folder, 'server.properties'), [...server.#settings(), ...settings].join('\n'))
    const user = `SCRAM-SHA-512=[name=${LOGIN.user},password=${LOGIN.password}]`
    const cluster = `A${randomBytes(16).toString('base64url').slice(1)}` // one that begins with a dash would be a switch
    await once(server.#java('kafka.tools.StorageTool', 'format', '-t', cluster, '-c', server.#at('server.properties'), '-S', user), 'exit')
    await server.start()
    return server
  }

  async start(): Promise<void> {
    this.#process = this.#java('kafka.Kafka', this.#at('server.properties'))
    await until(() => this.#answers(), START_MS)
  }

  /** `host:port` for whoever does not log in. */
  get broker(): string {
    return `127.0.0.1:${this.#ports.plain}`
  }

  url(settings = ''): string {
    return `kafka://${this.broker}${settings}`
  }

  loginUrl(sasl: string, { user, password } = LOGIN): string {
    return `kafka://${user}:${encodeURIComponent(password)}@127.0.0.1:${this.#ports.login}?sasl=${sasl}&timeout=5`
  }

  /** @param trusted the certificate of the server is named in the address */
  tlsUrl(trusted: boolean): string {
    return `kafka://127.0.0.1:${this.#ports.tls}?tls=required&timeout=5${trusted ? `&ca=${encodeURIComponent(this.#at('certificate.pem'))}` : ''}`
  }

  async makeTopic(topic: string, configs: Readonly<Record<string, string>> = {}, partitions = 3): Promise<void> {
    await this.admin((admin) =>
      admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: Object.entries(configs).map(([name, value]) => ({ name, value })) }),
    )
  }

  async admin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Admin(this.#client)
    return work(admin).finally(() => admin.close())
  }

  /** @param end of the transaction in which they are, if they are in one; `open` leaves it so */
  async produce(messages: MessageToProduce[], end?: 'commit' | 'abort' | 'open'): Promise<void> {
    const named = end ? { transactionalId: randomBytes(6).toString('hex') } : {}
    const producer = new Producer({ ...this.#client, ...named, idempotent: true })
    try {
      if (!end) return void (await producer.send({ messages }))
      const transaction = await producer.beginTransaction({ producerId: -1n, producerEpoch: -1 })
      for (const message of messages) await transaction.send({ messages: [message] })
      if (end === 'commit') await transaction.commit()
      if (end === 'abort') await transaction.abort()
    } finally {
      await producer.close(true)
    }
  }

  /** Key and value of every committed message; a value is null where it takes a key away. */
  async read(name: string): Promise<{ key: string; value: string | null }[]> {
    const cluster = new Cluster(kafkaAddress(this.url()), 'source')
    try {
      const topic = (await cluster.topic(name))!
      const found: { key: string; value: string | null }[] = []
      for (const [partition, { start, end }] of (await cluster.bounds(topic)).entries())
        for await (const messages of messagesOf(cluster, topic, { partition, from: start, to: end }))
          for (const { key, value } of messages) found.push({ key: key?.toString() ?? '', value: value?.toString() ?? null })
      return found
    } finally {
      await cluster.end()
    }
  }

  /** As a power failure would. */
  async kill(): Promise<void> {
    const ended = once(this.#process!, 'exit')
    this.#process!.kill('SIGKILL')
    await ended
  }

  /** Takes connections and answers nothing, until `goOn`. */
  hang(): void {
    this.#process!.kill('SIGSTOP')
  }

  goOn(): void {
    this.#process!.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) await this.kill()
    fs.rmSync(this.#folder, { recursive: true, force: true })
  }

  get #client() {
    return { clientId: 'test', bootstrapBrokers: [this.broker] }
  }

  #at(name: string): string {
    return path.join(this.#folder, name)
  }

  #java(main: string, ...parameters: string[]): ChildProcess {
    const log = fs.openSync(this.#at('log'), 'a')
    return spawn('java', [...JAVA, '-cp', `${this.#libs}/*`, main, ...parameters], { stdio: ['ignore', log, log] })
  }

  /** A key and a certificate of its own, by itself. */
  #certify(): void {
    const [key, certificate] = [this.#at('key.pem'), this.#at('certificate.pem')]
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate, ...names], { stdio: 'ignore' })
    fs.writeFileSync(this.#at('keystore.pem'), [key, certificate].map((file) => fs.readFileSync(file, 'utf8')).join(''), { mode: 0o600 })
  }

  #settings(): string[] {
    const { plain, login, tls, control } = this.#ports
    const { user, password } = LOGIN
    const [scram, clear] = ['org.apache.kafka.common.security.scram.ScramLoginModule', 'org.apache.kafka.common.security.plain.PlainLoginModule']
    return [
      ...['process.roles=broker,controller', 'node.id=1', `controller.quorum.voters=1@127.0.0.1:${control}`, 'controller.listener.names=CONTROL'],
      `listeners=PLAIN://127.0.0.1:${plain},LOGIN://127.0.0.1:${login},SAFE://127.0.0.1:${tls},CONTROL://127.0.0.1:${control}`,
      'listener.security.protocol.map=PLAIN:PLAINTEXT,LOGIN:SASL_PLAINTEXT,SAFE:SSL,CONTROL:PLAINTEXT',
      ...['listener.name.safe.ssl.keystore.type=PEM', `listener.name.safe.ssl.keystore.location=${this.#at('keystore.pem')}`],
      ...['inter.broker.listener.name=PLAIN', 'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512'],
      `listener.name.login.plain.sasl.jaas.config=${clear} required user_${user}="${password}";`,
      `listener.name.login.scram-sha-512.sasl.jaas.config=${scram} required;`,
      ...[`log.dirs=${this.#at('data')}`, 'num.partitions=3', 'auto.create.topics.enable=false', 'log.retention.check.interval.ms=300'],
      ...['offsets.topic.replication.factor=1', 'offsets.topic.num.partitions=1', 'group.initial.rebalance.delay.ms=0'],
      ...['transaction.state.log.replication.factor=1', 'transaction.state.log.min.isr=1', 'transaction.state.log.num.partitions=1'],
      ...['share.coordinator.state.topic.replication.factor=1', 'share.coordinator.state.topic.min.isr=1'],
    ]
  }

  async #answers(): Promise<boolean> {
    if (this.#process!.exitCode !== null) throw new Error(`Kafka ended by itself:\n${fs.readFileSync(this.#at('log'), 'utf8').slice(-4000)}`)
    return this.admin((admin) => admin.listTopics()).then(
      () => true,
      () => false,
    )
  }
}

/** Why there can be no broker here; undefined where there can. */
const MISSING = missing()

function missing(): string | undefined {
  if (spawnSync('java', ['-version']).error) return 'Java is not installed (apt-get install default-jre-headless)'
  const fetched = spawnSync(SCRIPT, { encoding: 'utf8' })
  return fetched.status === 0 ? undefined : `no broker can be fetched (apt-get install maven; ${fetched.stderr.trim().slice(0, 200)})`
}

/** Tests that need a broker: without one they are skipped by a title that says why. */
export const describeKafka = (title: string, tests: () => void): void => {
  if (!MISSING || process.env['CI']) describe(title, tests)
  else describe.skip(`${title}: ${MISSING}`, tests)
}

export type TestKafka = { readonly server: KafkaServer }

/** A broker before the tests of this file, gone after them. */
export function testKafka(settings: readonly string[] = []): TestKafka {
  let server: KafkaServer | undefined
  beforeAll(async () => {
    server = await KafkaServer.make(settings)
  }, START_MS)
  afterAll(() => server?.stop())
  return {
    get server() {
      return server!
    },
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
