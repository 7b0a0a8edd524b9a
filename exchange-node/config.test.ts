import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { sm2Text } from '@zhenghe/wire/signed.ts'
import { generateSm2Key } from '@zhenghe/wire/sm2.ts'
import { afterAll, describe, expect, test } from 'vitest'
import { checkConfig, readConfig } from './config.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zh-config-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))

const URL_OF = 'postgres://node:s3cret@db:5432/register'
const good = { platform: 'https://data.example.gov.cn', stores: [{ id: 'register', role: 'source', url: URL_OF }], approvers: [] }
const complaint = (given: unknown, env = {}): string => {
  try {
    checkConfig(given, folder, env)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('settings', () => {
  test('a short configuration is enough; paths count from its folder', () => {
    expect(checkConfig({ ...good, home: 'state' }, folder, {})).toEqual({
      ...{ platform: good.platform, home: path.join(folder, 'state'), approvers: [], partners: [], logLevel: 'info' },
      stores: [
        {
          id: 'register',
          role: 'source',
          url: URL_OF,
          statementTimeoutSeconds: 3600,
          overlapSeconds: 300,
          memoryMiB: 256,
          walBudgetMiB: 4096,
          overBudget: 'drop',
        },
      ],
    })
  })

  test('approvers and partners are pinned by Ed25519 and by SM2 keys alike', () => {
    const sm2 = sm2Text(generateSm2Key().public)
    expect(checkConfig({ ...good, approvers: ['A'.repeat(43), sm2], partners: [sm2] }, folder, {}).approvers).toEqual(['A'.repeat(43), sm2])
  })

  test('the hours of a source are spans of a day in a zone that is known, and mean nothing to a target', () => {
    const source = { ...good.stores[0], hours: ['22:00-06:00'] }
    const [store] = checkConfig({ ...good, stores: [{ ...source, zone: 'Asia/Urumqi', captureWithinHours: true }] }, folder, {}).stores
    expect(store).toMatchObject({ hours: ['22:00-06:00'], zone: 'Asia/Urumqi', captureWithinHours: true })
    expect(complaint({ ...good, stores: [{ ...source, hours: ['22-6'] }] })).toContain('stores.0.hours.0: is no span of hours shorter than a day: 22:00-06:00.')
    expect(complaint({ ...good, stores: [{ ...source, zone: 'China' }] })).toContain('stores.0.zone: is no time zone: Asia/Shanghai.')
    expect(complaint({ ...good, stores: [{ ...source, role: 'target' }] })).toContain('stores.0.hours: are those of a source, and this is a target.')
    expect(complaint({ ...good, stores: [{ ...good.stores[0], zone: 'UTC' }] })).toContain('stores.0.zone: means nothing without hours.')
    expect(complaint({ ...good, stores: [{ ...good.stores[0], captureWithinHours: true }] })).toContain('means nothing without hours')
  })

  test('a database behind a socket is a url too', () => {
    expect(complaint({ ...good, stores: [{ id: 'a', role: 'target', url: 'postgres://u:p%40ss@/register?host=%2Fvar%2Frun&port=5433' }] })).toBe('')
  })

  test.each([
    'mariadb://u:p%40ss@db:3306/register',
    'mysql://u:p@[::1]/register',
    'mysql://u:p@db/register?ssl=required',
    'mariadb://u@localhost/register?socket=%2Frun%2Fmysqld%2Fmysqld.sock',
  ])('%s is a url', (url) => {
    expect(complaint({ ...good, stores: [{ id: 'a', role: 'target', url }] })).toBe('')
  })

  test.each(['mysql://db/register', 'mariadb://u:p@db/', 'mysql://u:s3cret@db:port/x'])('%s is refused without telling it', (url) => {
    expect(complaint({ ...good, stores: [{ id: 'a', role: 'target', url }] })).toMatch(/The url of the store «a» cannot be used(?!.*s3cret)/s)
  })

  test.each([
    [{ ...good, platform: undefined }, '- platform is missing.'],
    [{ ...good, platform: 'data.example.gov.cn' }, '- platform: is the address of the platform'],
    [{ ...good, platform: 'https://example.gov.cn/zhenghe' }, '- platform: is an address without a path'],
    [{ ...good, stores: [] }, '- stores: names no database'],
    [{ ...good, stores: [{ id: 'a', role: 'both', url: URL_OF }] }, '- stores.0.role: '],
    [{ ...good, stores: [{ id: 'a', role: 'source' }] }, '- stores.0.url: give either url or urlFrom'],
    [{ ...good, stores: [{ ...good.stores[0], quota: 5 }] }, '- stores.0.quota is not a setting of this node.'],
    [{ ...good, stores: [good.stores[0], good.stores[0]] }, 'The store «register» is there twice.'],
    [{ ...good, approvers: ['abc'] }, '- approvers.0: is a public key: Ed25519'],
    [{ ...good, partners: [`sm2:B${'A'.repeat(86)}`] }, '- partners.0: is no SM2 public key'],
    [{ ...good, listen: { port: 7000 } }, 'listen.advertise is missing'],
    [{ ...good, listen: { host: '10.1.1.1', port: 70_000 } }, '- listen.port: '],
    [[], '- the file: '],
  ])('%j is refused by name', (given, words) => {
    expect(complaint(given)).toContain(words)
  })

  test('every wrong setting is named at once', () => {
    expect(complaint({ stores: [], approvers: ['x'] }).match(/^- /gm)).toHaveLength(3)
  })

  test.each(['postgres://node:s3cret@db:port/x', 'postgre://node:s3cret@db/x', 'node:s3cret@db/x', 'postgres://node:s3cret@'])(
    'a url that is none is refused without being repeated: %s',
    (url) => {
      const words = complaint({ ...good, stores: [{ id: 'a', role: 'source', url }] })
      expect(words).toContain('url')
      expect(words).not.toContain('s3cret')
    },
  )
})

describe('addresses of every kind', () => {
  const store = (url: string, role = 'source') => ({ ...good, stores: [{ id: 'a', role, url }] })

  test.each([
    ['file:///srv/exchange', 'source'],
    ['file:///srv/%E4%BA%A4%E6%8D%A2?format=jsonl', 'target'],
    ['sftp://node:s3cret@10.0.0.1/in?hostKey=SHA256:abc', 'source'],
    ['s3://id:s3cret@oss.example.gov.cn/bucket/in?region=cn-north-1', 'target'],
    ['sqlite:///srv/register.db', 'source'],
    ['sqlserver://node:s3cret@10.0.0.1:1433/register?trust=server', 'source'],
    ['sqlserver://node:s3cret@10.0.0.1/register?instance=GOV', 'target'],
    ['oracle://node:s3cret@10.0.0.1:1521/orclpdb1?tls=on', 'source'],
    ['dm://node:s3cret@10.0.0.1:5236/SHARED', 'target'],
  ])('%s as a %s', (url, role) => expect(complaint(store(url, role))).toBe(''))

  test.each([
    ['mariadb://db:3306/', 'names no user'],
    ['db2://node:s3cret@db/x', 'begins with none of postgres://'],
    ['sqlserver://node:s3cret@db', 'names no host, no user or no database'],
    ['oracle://node:s3cret@db/(DESCRIPTION=)', 'no service'],
    ['dm://:s3cret@db/x', 'no user'],
    ['file://10.0.0.1/share', 'three slashes'],
    ['file:///srv/exchange?format=xlsx', 'neither csv nor jsonl'],
    ['sftp://node:s3cret@10.0.0.1/in', 'names no hostKey'],
    ['s3://id:s3cret@oss.example.gov.cn/', 'names no bucket'],
    ['sqlite://register.db', 'three slashes'],
    ['s3://id:s3cret@', 'It looks like s3://'],
  ])('%s is refused with what to write instead, nothing secret repeated', (url, words) => {
    const said = complaint(store(url, 'target'))
    expect(said).toContain('The url of the store «a» cannot be used: ')
    expect(said).toContain(words)
    expect(said).not.toContain('s3cret')
  })
})

describe('the file of an HTTP API', () => {
  const store = (more: object) => ({ ...good, stores: [{ id: 'a', role: 'source', url: 'https://api.example.gov.cn/v1/companies', ...more }] })
  const written = (api: object, mode = 0o644) => {
    const file = path.join(folder, 'companies.api.json')
    fs.writeFileSync(file, JSON.stringify({ table: 'companies', columns: [{ name: 'id', type: 'int8', key: true }], ...api }))
    fs.chmodSync(file, mode)
    return { api: 'companies.api.json' }
  }

  test('says how answers become a table; its headers come from where only this user can read them', () => {
    const { stores } = checkConfig(store(written({ headers: { Authorization: { env: 'TOKEN', prefix: 'Bearer ' } } })), folder, { TOKEN: 's3cret' })
    expect(stores[0]?.api).toMatchObject({ table: 'companies', rows: '', paging: { by: 'none' }, headers: { Authorization: 'Bearer s3cret' } })
  })

  test.each([
    [{ query: { since: '{now}' } }, '- query.since: holds another placeholder'],
    [{ paging: { by: 'page' } }, '- paging.parameter is missing.'],
    [{ columns: [] }, '- columns: '],
    [{ script: 'x' }, '- script is not a setting'],
    [{ rows: 'data..rows' }, '- rows: is a path'],
    [{ headers: { Authorization: { env: 'NONE' } } }, 'environment variable NONE, which is not set'],
    [{ headers: { 'X-Api-Key': 's3cret' } }, 'chmod 600'],
  ])('%j is refused by name', (api, words) => {
    const said = complaint(store(written(api)))
    expect(said).toContain(words)
    expect(said).not.toContain('s3cret')
  })

  test('is asked for by an API and means nothing to other stores', () => {
    expect(complaint(store({}))).toContain('name the file that describes it as «api»')
    expect(complaint({ ...good, stores: [{ ...good.stores[0], ...written({}) }] })).toContain('is no HTTP API')
    expect(complaint(store({ ...written({}), role: 'target' }))).toContain('- put is missing.')
    expect(complaint(store({ ...written({}), url: 'https://node:s3cret@api.example.gov.cn/v1' }))).toContain('stands in the headers')
  })
})

describe('the file of an HTTP API that rows are put into', () => {
  const complaintOf = (push: object) => {
    fs.writeFileSync(path.join(folder, 'push.api.json'), JSON.stringify({ put: { path: '/rows' }, idempotent: true, ...push }))
    return complaint({ ...good, stores: [{ id: 'a', role: 'target', url: 'https://api.example.gov.cn/v1', api: 'push.api.json' }] })
  }

  test('says how rows become requests; what was put is remembered in the home of the node', () => {
    expect(complaintOf({ upsert: true, delete: { path: '/gone', batch: 10 }, put: { path: '/{table}', rows: 'data.rows', constants: { app: 'x' } } })).toBe('')
    const { stores } = checkConfig({ ...good, stores: [{ id: 'a/b', role: 'target', url: 'https://api.example.gov.cn/v1', api: 'push.api.json' }] }, folder, {})
    expect(stores[0]?.push).toMatchObject({ put: { method: 'POST', batch: 500 }, folder: path.join(folder, 'pushed', 'a%2Fb') })
  })

  test.each([
    [{ idempotent: undefined }, '- idempotent is missing.'],
    [{ put: { path: 'rows' } }, '- put.path: is a path after the address'],
    [{ put: { path: '/rows?x=1' } }, '- put.path: is a path after the address'],
    [{ put: { path: '/{user}' } }, '- put.path: holds another placeholder'],
    [{ put: { path: '/rows', constants: { app: 'x' } } }, '- put.constants: have no place in a body'],
    [{ begin: { path: '/begin' } }, '- commit is missing.'],
    [{ delete: { path: '/gone' } }, '- delete: means nothing without upsert'],
    [{ columns: [{ name: 'a' }, { name: 'b', path: 'a.b' }] }, '- columns: have a path that leads through another'],
    [{ script: 'x' }, '- script is not a setting'],
  ])('%j is refused by name', (push, words) => expect(complaintOf(push)).toContain(words))
})

describe('the file of topics', () => {
  const complaintOf = (topics: unknown, role = 'source', url = 'kafka://broker:9092') => {
    fs.writeFileSync(path.join(folder, 'topics.json'), JSON.stringify({ topics }))
    return complaint({ ...good, stores: [{ id: 'a', role, url, topics: 'topics.json' }] })
  }
  const topic = (more: object) => [{ topic: 'companies', columns: [{ name: 'id', type: 'int8', key: true }], ...more }]

  test('says how messages become rows; clusters do without one', () => {
    expect(complaintOf(topic({ rows: 'latest', skip: ['0:17'] }))).toBe('')
    expect(complaint({ ...good, stores: [{ id: 'a', role: 'source', url: 'kafka://broker:9092' }] })).toBe('')
  })

  test.each([
    [topic({ rows: 'all' }), '- topics.0.rows: '],
    [topic({ skip: ['17'] }), '- topics.0.skip.0: is no partition:offset'],
    [topic({ columns: [{ name: '_offset', type: 'int8' }] }), '- topics.0.columns.0.name: is a column that every topic has anyway'],
    [[...topic({}), ...topic({})], '- topics: describes a topic twice'],
    [topic({ script: 'x' }), '- topics.0.script is not a setting'],
  ])('%j is refused by name', (topics, words) => expect(complaintOf(topics)).toContain(words))

  test('means nothing to targets and to other stores', () => {
    expect(complaintOf(topic({}), 'target')).toContain('no source of Kafka topics')
    expect(complaintOf(topic({}), 'source', 'sqlite:///srv/a.db')).toContain('no source of Kafka topics')
  })
})

describe('where secrets come from', () => {
  const from = (urlFrom: object) => ({ ...good, stores: [{ id: 'a', role: 'source', urlFrom }] })
  const file = (name: string, text: string, mode: number) => {
    const at = path.join(folder, name)
    fs.writeFileSync(at, text, { mode })
    fs.chmodSync(at, mode)
    return at
  }

  test('the environment', () => {
    expect(checkConfig(from({ env: 'DB' }), folder, { DB: URL_OF }).stores[0]?.url).toBe(URL_OF)
    expect(complaint(from({ env: 'DB' }))).toContain('environment variable DB, which is not set')
    expect(checkConfig({ ...good, token: 'old' }, folder, { ZHENGHE_NODE_TOKEN: 'new' }).token).toBe('new')
  })

  test('a file that only this user can read', () => {
    file('mine', `${URL_OF}\n`, 0o600)
    file('open', URL_OF, 0o644)
    expect(checkConfig(from({ file: 'mine' }), folder, {}).stores[0]?.url).toBe(URL_OF)
    expect(complaint(from({ file: 'open' }))).toMatch(/can be read by others. Run: chmod 600/)
    expect(complaint(from({ file: 'gone' }))).toContain('cannot be read')
  })

  test('a configuration file with secrets in it is refused where others can read it; one without may be read', () => {
    expect(() => readConfig(file('a.json', JSON.stringify(good), 0o644), {})).toThrow(/chmod 600/)
    expect(readConfig(file('b.json', JSON.stringify(good), 0o600), {}).stores).toHaveLength(1)
    expect(readConfig(file('c.json', JSON.stringify(from({ env: 'DB' })), 0o644), { DB: URL_OF }).stores).toHaveLength(1)
    expect(() => readConfig(file('d.json', `{"token": "s3cret",}`, 0o600), {})).toThrow(/^(?!.*s3cret).*is not JSON/)
    expect(() => readConfig(path.join(folder, 'none.json'), {})).toThrow('cannot be read')
  })
})

describe('nats', () => {
  const nats = (more: object) => ({ ...good, nats: { servers: ['nats://10.0.0.1:4222'], ...more } })

  test('secrets come from files of one’s own or the environment, never from the configuration itself', () => {
    fs.writeFileSync(path.join(folder, 'nkey'), 'SUAM…\n', { mode: 0o600 })
    expect(checkConfig(nats({ nkeyFrom: { file: 'nkey' }, tls: { ca: 'ca.pem' }, subject: '370000.370100.tax', domain: 'city' }), folder, {}).nats).toEqual({
      ...{ servers: ['nats://10.0.0.1:4222'], login: { kind: 'nkey', secret: 'SUAM…' }, tls: { ca: path.join(folder, 'ca.pem') } },
      ...{ subject: '370000.370100.tax', domain: 'city', only: false },
    })
    const login = { user: 'tax-node', passwordFrom: { env: 'NATS_PASSWORD' } }
    expect(checkConfig(nats(login), folder, { NATS_PASSWORD: 'x' }).nats!.login).toEqual({ kind: 'user', user: 'tax-node', password: 'x' })
    expect(complaint(nats(login))).toContain('The password of nats comes from the environment variable NATS_PASSWORD, which is not set.')
  })

  test('a file that others can read is refused', () => {
    fs.writeFileSync(path.join(folder, 'open'), 'x', { mode: 0o644 })
    expect(complaint(nats({ credentialsFrom: { file: 'open' } }))).toContain('chmod 600')
  })

  test.each([
    [{ servers: [] }, '- nats.servers: names no server'],
    [{ servers: ['nats://tax:s3cret@10.0.0.1'] }, '- nats.servers.0: is nats://host:port'],
    [{ user: 'tax' }, '- nats.passwordFrom'],
    [{ user: 'tax', passwordFrom: { env: 'X' }, nkeyFrom: { env: 'Y' } }, 'give one of credentialsFrom, nkeyFrom, or user with passwordFrom'],
    [{ subject: '370000.*' }, '- nats.subject: is made of letters'],
    [{ domain: 'a b' }, '- nats.domain: is the domain of JetStream'],
    [{ password: 's3cret' }, '- nats.password is not a setting of this node.'],
  ])('%j is refused by name', (more, words) => {
    expect(complaint(nats(more))).toContain(words)
    expect(complaint(nats(more))).not.toContain('s3cret')
  })
})
