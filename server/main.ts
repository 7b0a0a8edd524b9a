/** The platform's process: reads its configuration, starts the modules of the list, stops in order at a signal. */
import path from 'node:path'
import { readConfig } from './kernel/config.ts'
import type { Platform } from './kernel/module.ts'
import { openLog } from './kernel/observe.ts'
import { startPlatform } from './kernel/start.ts'
import { modules } from './modules.ts'
import { ensureFirstAdministrator } from './service/identity/first-run.ts'

const web = path.resolve(import.meta.dirname, '..', 'web', 'workbench', 'dist')
let log = openLog('info')

try {
  const config = readConfig()
  log = openLog(config.log)
  const before = (platform: Platform) => ensureFirstAdministrator(platform, config.dataDir)
  const { stop } = await startPlatform({ config, modules: Object.values(modules), log, web, before })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping')
      void stop().then(() => process.exit(0))
    })
  }
} catch (error) {
  log.fatal(`the platform could not start: ${(error as Error).message}`)
  log.debug({ err: error })
  process.exitCode = 1
}
