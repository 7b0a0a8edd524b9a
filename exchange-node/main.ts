#!/usr/bin/env node
/** The exchange node: `node exchange-node/main.ts <configuration file> [--check]`. What an operator does: README.md. */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { addressOf, type Config, readConfig } from './config.ts'
import { fingerprintOf, joinPlatform, readIdentity } from './identity.ts'
import { ExchangeNode } from './node.ts'
import { withClient } from './pg/connect.ts'
import { explain } from './refusal.ts'
import { VERSION } from './version.ts'

const USAGE = 'usage: zhenghe-node <configuration file> [--check]'

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } })
  const [file] = positionals
  if (!file) throw new Error(USAGE)
  const config = readConfig(file)
  if (values.check) await check(config)
  else await run(config)
}

/** Tries every store and tells what an operator has to mend. */
async function check({ stores, data }: Config): Promise<void> {
  const keys = readIdentity(data)
  console.log(keys ? `joined as «${keys.identity.name}», fingerprint ${fingerprintOf(keys)}` : 'has not joined a platform yet')
  for (const store of stores) {
    try {
      await withClient(addressOf(store), 'check', (client) => client.query('select 1'))
      console.log(`${store.role} «${store.id}»: answers`)
    } catch (error) {
      process.exitCode = 1
      console.log(`${store.role} «${store.id}»: ${explain(error, store.role).message}`)
    }
  }
}

async function run(config: Config): Promise<void> {
  const log = pino({ level: config.log, base: null })
  const token = process.env['ZHENGHE_TOKEN'] ?? config.token
  let keys = readIdentity(config.data)
  if (!keys) {
    if (!token) throw new Error('this node has not joined a platform yet: put the one-time token from the workbench into «token» or ZHENGHE_TOKEN')
    keys = await joinPlatform(config.data, config.platform.replace(/\/$/, ''), token, VERSION, config.listen?.advertise ?? null)
    log.info({ node: keys.identity.id, fingerprint: fingerprintOf(keys) }, 'joined; the operator confirms this fingerprint on the workbench')
  }
  const node = await ExchangeNode.start(config, keys, path.join(config.data, 'outbox.sqlite'), log)
  log.info({ node: keys.identity.id, name: keys.identity.name, version: VERSION, fingerprint: fingerprintOf(keys) }, 'exchange node runs')
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      log.info({ signal }, 'stops after the ranges under way; once more stops at once')
      node.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
  }
}

main().catch((error: unknown) => {
  console.error((error as Error).message)
  process.exitCode = 1
})
