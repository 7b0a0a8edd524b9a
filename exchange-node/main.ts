#!/usr/bin/env node
/** The exchange node: `zhenghe-node --config node.json [--check]`. What an operator does: README.md. */
import { parseArgs } from 'node:util'
import { type NodeConfig, readConfig } from './config.ts'
import { fingerprintOf, gmFingerprintOf, readIdentity } from './identity.ts'
import { startNode } from './node.ts'
import { ConfigError } from './settings-file.ts'
import { lookAt } from './stores.ts'

const USAGE = 'usage: zhenghe-node --config <file> [--check]'
/** The configuration or the enrolment: starting again does not help. */
const UNUSABLE = 2

try {
  const { values } = parseArgs({ options: { config: { type: 'string' }, check: { type: 'boolean' } } })
  if (!values.config) throw new ConfigError(USAGE)
  const config = readConfig(values.config)
  if (values.check) await check(config)
  else await run(config)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = UNUSABLE
}

/** Tries every store and tells what an operator has to mend. */
async function check({ stores, home }: NodeConfig): Promise<void> {
  const keys = readIdentity(home)
  const gm = keys && (gmFingerprintOf(keys) ?? 'made at the next start')
  console.log(keys ? `joined as «${keys.identity.name}», fingerprint ${fingerprintOf(keys)} (SM2: ${gm})` : 'has not joined a platform yet')
  for (const store of stores) {
    const { product, reachable, trouble } = await lookAt(store)
    console.log(`${store.role} «${store.id}»: ${reachable ? product : trouble}`)
    if (!reachable) process.exitCode = 1
  }
}

async function run(config: NodeConfig): Promise<void> {
  const node = await startNode(config)
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1)
    stopping = true
    void node.stop()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
  if (process.connected) process.once('disconnect', stop) // whoever started this process is gone
  await node.ended
  process.exit()
}
