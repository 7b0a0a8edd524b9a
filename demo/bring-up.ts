/** Brings the whole demonstration up: platform, departments' databases, the city's content, exchange nodes. Used by start, journey, tests and pictures. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type Config, readConfig } from '@zhenghe/server/kernel/config.ts'
import { startPostgres } from '@zhenghe/server/kernel/embedded.ts'
import { openLog } from '@zhenghe/server/kernel/observe.ts'
import { type Started, startPlatform } from '@zhenghe/server/kernel/start.ts'
import { modules } from '@zhenghe/server/modules.ts'
import pg from 'pg'
import type { Sizes } from './city/databases.ts'
import { type CityNodes, openNodes, readSchemas } from './city-nodes.ts'
import { type Departments, openDepartments } from './departments.ts'
import { keep, prepareHome, remembered } from './home.ts'
import { type Account, type Approver, seedAccounts } from './seed/accounts.ts'
import { seedAffairs } from './seed/affairs.ts'
import { bindCatalogue, seedCatalogue } from './seed/catalogue.ts'
import { seedChannels } from './seed/channels.ts'
import { seedDemand } from './seed/demand.ts'
import { seedInterfaces } from './seed/interfaces.ts'
import { type City, readCity, seedOrganizations } from './seed/organizations.ts'
import { seedPartners } from './seed/partners.ts'
import { startTaxSystem } from './tax-system.ts'

/** What a visitor needs: where it is and who one can be. */
export type CityAccess = { address: string; home: string; accounts: Account[] }
export type RunningCity = { access: CityAccess; stop: () => Promise<void>; started?: Started; departments?: Departments; nodes?: CityNodes }
export type BringUpOptions = {
  home: string
  /** 0 for any free port. */
  port: number
  web?: string
  sizes?: Partial<Sizes>
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  say?: (line: string) => void
}
type People = { accounts: Account[]; approvers: Approver[] }
type Running = { address: string; pid: number }

/** Answers when everything runs. A city that already runs from the same home is visited, not started again. */
export async function bringUpCity(options: BringUpOptions): Promise<RunningCity> {
  const { home, say = () => undefined } = options
  prepareHome(home)
  const running = await runningFrom(home)
  if (running)
    return { access: { address: running.address, home, accounts: remembered<People>(home, 'people', missing).accounts }, stop: async () => undefined }
  const ends: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    return await begin(options, ends, stop, say)
  } catch (error) {
    await stop()
    throw error
  }
}

async function begin(options: BringUpOptions, ends: (() => Promise<unknown>)[], stop: () => Promise<void>, say: (line: string) => void): Promise<RunningCity> {
  const { home, port, web, sizes, logLevel = 'warn' } = options
  const config = { ...readConfig(process.env, { dataDir: home }), dataDir: home, port, log: logLevel }
  const log = openLog(logLevel)
  if (!existsSync(seededMark(home))) await forgetHalfSeeded(config, home)
  const opening = openDepartments(home, sizes)
  opening.catch(() => undefined) // awaited below; until then its failure must not end the process
  const started = await startPlatform({ config, modules: Object.values(modules), log, ...(web ? { web } : {}) })
  ends.push(() => started.stop())
  say('平台已启动')
  const { city, people } = await seedPlatform(started, home, say)
  const departments = await opening
  ends.push(() => departments.server.stop())
  for (const { database, rows, alreadyThere } of departments.seeded) if (!alreadyThere) say(`部门数据库 ${database}：${rows.toLocaleString('en-US')} 行`)
  const nodeLog = log.child({ part: 'node' })
  const nodes = await openNodes(started.platform, {
    home,
    address: started.address,
    departments,
    city,
    approvers: people.approvers,
    onLine: (line) => nodeLog.info(line),
  })
  ends.push(() => nodes.stop())
  say('前置节点已接入')
  if (!existsSync(path.join(home, 'bound.json'))) {
    await readSchemas(started.platform, city, nodes.placed)
    await bindCatalogue(started.platform, city, nodes.placed)
    keep(home, 'bound', true)
    say('目录已挂接数据源')
  }
  if (!existsSync(path.join(home, 'affairs.json'))) {
    await seedAffairs(started.platform, city)
    keep(home, 'affairs', true)
  }
  const taxSystem = await startTaxSystem(home, departments)
  ends.push(() => taxSystem.stop())
  if (!existsSync(path.join(home, 'interface-key.json'))) {
    const { platform, address } = started
    keep(home, 'tax-system', { port: Number(new URL(taxSystem.baseUrl).port) })
    keep(home, 'interface-key', await seedInterfaces({ platform, city, accounts: people.accounts, address, taxSystem: taxSystem.baseUrl }))
    say('服务接口已登记')
  }
  keep(home, 'running', { address: started.address, pid: process.pid } satisfies Running)
  ends.push(async () => rmSync(path.join(home, 'running.json'), { force: true }))
  return { access: { address: started.address, home, accounts: people.accounts }, stop, started, departments, nodes }
}

/** The city's organisations, accounts and catalogue: seeded once. */
async function seedPlatform({ platform }: Started, home: string, say: (line: string) => void): Promise<{ city: City; people: People }> {
  if (existsSync(seededMark(home))) return { city: await readCity(platform), people: remembered<People>(home, 'people', missing) }
  const city = await seedOrganizations(platform)
  const people = await seedAccounts(platform, city)
  keep(home, 'people', people)
  const entries = await seedCatalogue(platform, city)
  const partners = await seedPartners(platform, city)
  const channels = await seedChannels(platform, city, partners, entries)
  const needs = await seedDemand(platform, city, entries)
  keep(home, 'seeded', true)
  say(
    `示范城市：${city.units.size} 个单位，${people.accounts.length} 个账号，${entries.length} 条目录，${partners.size} 个合作单位，${channels} 条归集渠道，${needs} 项需求`,
  )
  return { city, people }
}

const seededMark = (home: string): string => path.join(home, 'seeded.json')

/** A start that was killed while it seeded left a half city: the next begins from an empty platform. */
async function forgetHalfSeeded({ databaseUrl }: Config, home: string): Promise<void> {
  if (databaseUrl || !existsSync(path.join(home, 'platform-db', 'data', 'PG_VERSION'))) return
  const { host, port, user, password, stop } = await startPostgres({ dir: path.join(home, 'platform-db') })
  const admin = new pg.Client({ host, port, user, password, database: 'postgres' })
  await admin.connect()
  await admin.query('drop database if exists zhenghe with (force)')
  await admin.end()
  await stop()
  for (const name of ['people', 'bound', 'affairs', 'interface-key', 'lived', 'nodes'])
    rmSync(path.join(home, name === 'nodes' ? name : `${name}.json`), { recursive: true, force: true })
}

const missing = (): never => {
  throw new Error('the demonstration’s accounts are missing from its data folder')
}

async function runningFrom(home: string): Promise<Running | undefined> {
  const file = path.join(home, 'running.json')
  if (!existsSync(file)) return undefined
  const running = JSON.parse(readFileSync(file, 'utf8')) as Running
  try {
    process.kill(running.pid, 0)
    return (await fetch(`${running.address}/readyz`)).ok ? running : undefined
  } catch {
    return undefined
  }
}
